package org.dormouse.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.dormouse.buffer.BufferPool;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.SocketError;
import org.dormouse.poller.socket.StreamSocket;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.Encryption;
import org.jspecify.annotations.Nullable;

/**
 * A socket that encrypts what is sent and decrypts what comes, after the handshake. Holds a buffer only while a record is not whole, not read to
 * its end, or not sent. Input and output belong to two owners, as those of every socket; the engine lets them work at once.
 *
 * <p><b>What is reported as sent.</b> Who sends is told how many of its bytes were taken, and comes back with the others when there is room.
 * A record that could not leave as a whole waits here, so somebody has to come back for it: of its bytes the last is reported as not taken.
 * It is the first of the next send, which gets on with the record first and leaves that byte out. So at most one record waits, and whoever
 * counts unsent bytes sees one at least.
 *
 * <p><b>What is reported as received.</b> A receive gives what the records that have come hold, up to a bound; {@link #holdsMore} tells if there
 * is more, since no event will: the kernel has nothing left of it.
 */
final class TlsSocket implements StreamSocket, Encryption {
    /**
     * What the handshake has come to.
     *
     * @param authority null if requests for any may come
     */
    record Secret(
            SSLEngine engine,
            @Nullable ServedAuthority authority,
            @Nullable String serverName,
            TlsLog log) {}

    /** Records of a single receive: a client that puts each byte into a record of its own keeps the loop no longer than that. */
    private static final int MAX_RECORDS = 16;

    /**
     * A record without data, such as an update of keys, costs so many of the bytes that came before it; there is credit for some at the
     * beginning. Whoever sends nothing else is refused.
     */
    private static final int EMPTY_RECORD_COST = 4096;

    private static final int MAX_CREDIT = 32 * EMPTY_RECORD_COST;

    /** Updates of keys that may wait for something to be sent: each keeps a cipher of the engine's. */
    private static final int MAX_UNANSWERED = 16;

    /** Records in a row that are not what was to be sent, but answers of the engine's. */
    private static final int MAX_ANSWERS = 2 * MAX_UNANSWERED;

    private static final int FULL = -1;
    private static final int CLOSED = -1;
    private static final byte[] NO_BYTES = {};
    private static final ByteBuffer NOTHING = ByteBuffer.wrap(NO_BYTES);

    private final Connection connection;
    private final StreamSocket plain;
    private final Secret secret;
    private final boolean isTls13;

    // owner of the input
    private @Nullable PooledBuffer records;
    private @Nullable PooledBuffer decrypted;
    private int credit = MAX_CREDIT;
    /** What the kernel said after the last byte: 0 at the end, {@code -errno}; 1 as long as neither came. */
    private int last = 1;

    private byte unanswered;
    private byte answersSeen;
    private boolean isDrained;
    private boolean isTruncated;
    private boolean isDropping;

    // owner of the output
    private @Nullable PooledBuffer unsent;
    private boolean holdsByteBack;
    private byte heldBack;
    private byte answers;
    private boolean hasSaidGoodbye;

    // whoever finds out first; read when nothing is lent any more
    private boolean hasFailed;

    /** @param ciphertext what came behind the handshake; the socket's from now on */
    TlsSocket(Connection connection, StreamSocket plain, Secret secret, @Nullable PooledBuffer ciphertext) {
        this.connection = connection;
        this.plain = plain;
        this.secret = secret;
        this.records = ciphertext;
        isTls13 = secret.engine.getSession().getProtocol().equals("TLSv1.3");
    }

    // --- what the handshake has come to

    @Override
    public SSLSession session() {
        return secret.engine.getSession();
    }

    @Override
    public @Nullable String serverName() {
        return secret.serverName;
    }

    @Override
    public @Nullable String applicationProtocol() {
        String agreed = secret.engine.getApplicationProtocol();
        return agreed == null || agreed.isEmpty() ? null : agreed;
    }

    @Override
    public boolean serves(byte[] bytes, int start, int end) {
        ServedAuthority served = secret.authority;
        return served == null || served.serves(bytes, start, end);
    }

    @Override
    public boolean isTruncated() {
        return isTruncated;
    }

    // --- input

    @Override
    public int receive(byte[] target, int offset, int length) {
        if (isDropping) return plain.receive(target, offset, length);
        isDrained = false;
        PooledBuffer left = decrypted;
        if (left != null) return takeDecrypted(left, target, offset, length);
        if (last <= 0) return last;
        try {
            return decrypt(target, offset, Math.min(length, MAX_TRANSFER));
        } finally {
            PooledBuffer present = records;
            if (present != null && present.size() == 0) {
                records = null;
                present.close();
            }
        }
    }

    @Override
    public boolean holdsMore() {
        return !isDrained && !isDropping;
    }

    private int takeDecrypted(PooledBuffer left, byte[] target, int offset, int length) {
        int count = Math.min(length, left.size());
        System.arraycopy(left.array(), left.start(), target, offset, count);
        left.consume(count);
        if (left.size() == 0) {
            decrypted = null;
            left.close();
        }
        return count;
    }

    private int decrypt(byte[] target, int offset, int length) {
        int got = 0;
        int seen = 0;
        boolean mayBeEmpty = false;
        while (true) {
            PooledBuffer present = records;
            while (present != null && isReady(present)) {
                if (got > 0 && (got == length || seen == MAX_RECORDS)) return got;
                int count = unwrap(present, target, offset + got, length - got, got == 0);
                if (count == FULL) return got;
                got += count;
                seen++;
                if (decrypted != null) return got;
                if (last <= 0) return got > 0 ? got : last;
            }
            if (mayBeEmpty && got > 0) {
                isDrained = true;
                return got;
            }
            PooledBuffer room = withRoom();
            int asked = Math.min(room.room(), MAX_TRANSFER);
            int count = plain.receive(room.array(), room.end(), asked);
            if (count <= 0) return onNothing(count, got);
            room.produced(count);
            mayBeEmpty = count < asked && !plain.holdsMore();
        }
    }

    /** Would-block is told only if the kernel has just said so: a short read may hide the end of the stream. */
    private int onNothing(int result, int got) {
        if (SocketError.wouldBlock(result)) {
            isDrained = true;
            return got > 0 ? got : result;
        }
        last = result;
        if (result == 0) isTruncated = true;
        return got > 0 ? got : result;
    }

    private static boolean isReady(PooledBuffer present) {
        return Records.ready(present.array(), present.start(), present.size()) > 0;
    }

    /** What waits is less than a record. */
    private PooledBuffer withRoom() {
        PooledBuffer present = records;
        if (present == null) records = present = connection.pool().take(BufferPool.RECORD_SIZE);
        else present.compact();
        return present;
    }

    /**
     * Has the engine read one record.
     *
     * @param isFirst whether the target is empty: a record that does not fit is decrypted elsewhere then
     * @return bytes put into the target; {@link #FULL} if the record does not fit, and waits
     */
    private int unwrap(PooledBuffer present, byte[] target, int offset, int room, boolean isFirst) {
        byte[] bytes = present.array();
        int start = present.start();
        if (!isTls13 && bytes[start] == Records.HANDSHAKE) return refuse("client asks for renegotiation");
        int length = Records.ready(bytes, start, present.size());
        try {
            SSLEngineResult result =
                    secret.engine.unwrap(ByteBuffer.wrap(bytes, start, length), ByteBuffer.wrap(target, offset, room));
            if (result.getStatus() != Status.BUFFER_OVERFLOW) {
                present.consume(result.bytesConsumed());
                judge(result);
                return result.bytesProduced();
            }
            return isFirst ? unwrapElsewhere(present, length, target, offset, room) : FULL;
        } catch (SSLException e) {
            fail(String.valueOf(e.getMessage()));
            return 0;
        }
    }

    private int unwrapElsewhere(PooledBuffer present, int length, byte[] target, int offset, int room)
            throws SSLException {
        int most = Math.max(secret.engine.getSession().getApplicationBufferSize(), BufferPool.RECORD_SIZE);
        PooledBuffer whole = connection.pool().take(most);
        try {
            SSLEngineResult result = secret.engine.unwrap(
                    ByteBuffer.wrap(present.array(), present.start(), length),
                    ByteBuffer.wrap(whole.array(), 0, whole.room()));
            present.consume(result.bytesConsumed());
            whole.produced(result.bytesProduced());
            judge(result);
        } catch (SSLException e) {
            whole.close();
            throw e;
        }
        if (whole.size() == 0) {
            whole.close();
            return 0;
        }
        decrypted = whole;
        return takeDecrypted(whole, target, offset, room);
    }

    /** What a record has done, but for its bytes. */
    private void judge(SSLEngineResult result) {
        if (result.getStatus() == Status.CLOSED) {
            last = 0; // close_notify: what comes behind it is not looked at
            return;
        }
        if (result.getStatus() != Status.OK || result.bytesConsumed() == 0) {
            refuse("the engine is stuck with a record: " + result);
            return;
        }
        boolean isEmpty = result.bytesProduced() == 0;
        if (isEmpty) onEmptyRecord(result.getHandshakeStatus());
        else credit = Math.min(MAX_CREDIT, credit + result.bytesProduced());
        if (result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) onAnswer(isEmpty);
    }

    private void onEmptyRecord(HandshakeStatus status) {
        credit -= EMPTY_RECORD_COST;
        if (status == HandshakeStatus.NEED_TASK) refuse("client begins another handshake");
        else if (credit < 0) refuse("client sends records without data, more than " + MAX_CREDIT / EMPTY_RECORD_COST);
    }

    /** The engine has something to send, which goes with whatever is sent next (RFC 8446 §4.6.3), or soon if nobody is about to send. */
    private void onAnswer(boolean isNew) {
        byte given = answers;
        if (given != answersSeen) unanswered = 0;
        answersSeen = given;
        if (!isNew && unanswered > 0) return;
        if (++unanswered > MAX_UNANSWERED) refuse("client has " + unanswered + " updates of keys unanswered");
        else if (unanswered == 1) connection.execute(this::answer);
    }

    // --- errors

    private int refuse(String why) {
        LastWords.provoke(secret.engine);
        fail(why);
        return 0;
    }

    /** The connection finds it broken when it receives next, and closes: the alert is sent then. */
    private void fail(String why) {
        last = SocketError.ABORTED;
        hasFailed = true;
        secret.log.note(connection, "TLS", why);
        connection.execute(() -> connection.endsBecause(ConnectionEnd.TLS_ERROR));
    }

    // --- output

    @Override
    public int send(byte[] source, int offset, int length) {
        int most = Math.min(length, MAX_TRANSFER);
        int waiting = sendUnsent();
        if (waiting < 0) return waiting;
        int taken = 0;
        if (holdsByteBack) {
            assert heldBack == source[offset] : "what was not taken is not what is sent next";
            holdsByteBack = false;
            if (most == 1) return 1;
            taken = 1;
        }
        for (int i = 0; i < MAX_ANSWERS; i++) {
            int count = wrap(source, offset + taken, most - taken);
            int result = sendUnsent();
            if (count == CLOSED) return taken > 0 ? taken : SocketError.ABORTED;
            taken += count;
            if (result < 0) return onFull(result, source, offset, taken, count > 0);
            if (count > 0) return taken;
        }
        return SocketError.ABORTED;
    }

    /** The kernel did not take all of a record. */
    private int onFull(int result, byte[] source, int offset, int taken, boolean hasData) {
        if (!SocketError.wouldBlock(result) || taken == 0) return result;
        if (!hasData) return taken; // there is more to send, so its owner comes back
        holdsByteBack = true;
        heldBack = source[offset + taken - 1];
        return taken == 1 ? result : taken - 1;
    }

    /** Encrypts some of the bytes, or what the engine has to send before them; returns how many bytes that were, or {@link #CLOSED}. */
    private int wrap(byte[] source, int offset, int length) {
        ByteBuffer bytes = length == 0 ? NOTHING : ByteBuffer.wrap(source, offset, length);
        PooledBuffer record = connection.pool().take(BufferPool.RECORD_SIZE);
        try {
            SSLEngineResult result = secret.engine.wrap(bytes, ByteBuffer.wrap(record.array(), 0, record.room()));
            if (result.getStatus() == Status.BUFFER_OVERFLOW) {
                record.close();
                record = connection.pool().take(secret.engine.getSession().getPacketBufferSize());
                result = secret.engine.wrap(bytes, ByteBuffer.wrap(record.array(), 0, record.room()));
            }
            record.produced(result.bytesProduced());
            if (result.bytesConsumed() == 0) answers++;
            return result.bytesConsumed() == 0 && (result.getStatus() != Status.OK || result.bytesProduced() == 0)
                    ? CLOSED
                    : result.bytesConsumed();
        } catch (SSLException e) {
            return CLOSED; // who receives finds out why
        } finally {
            if (record.size() == 0) record.close();
            else unsent = record;
        }
    }

    /** Returns 0 if nothing waits any more, or {@code -errno}. */
    private int sendUnsent() {
        PooledBuffer waiting = unsent;
        if (waiting == null) return 0;
        while (waiting.size() > 0) {
            int count = plain.send(waiting.array(), waiting.start(), Math.min(waiting.size(), MAX_TRANSFER));
            if (count < 0) return count;
            waiting.consume(count);
        }
        unsent = null;
        waiting.close();
        return 0;
    }

    /** Sends what the engine has to say, if nobody is sending. Loop owner. */
    private void answer() {
        if (!connection.borrowOutput()) return;
        wrapAnswers();
        boolean given = connection.giveBackOutput();
        while (!given) given = connection.giveBackOutput();
    }

    private void wrapAnswers() {
        for (int i = 0; i < MAX_ANSWERS; i++) {
            if (sendUnsent() < 0 || secret.engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) return;
            if (wrap(NO_BYTES, 0, 0) == CLOSED) {
                sendUnsent();
                return;
            }
        }
    }

    // --- the end

    /** close_notify, if the kernel takes it at once and nothing waits before it. */
    @Override
    public void endOutput() {
        if (hasSaidGoodbye || hasFailed) return;
        hasSaidGoodbye = true;
        secret.engine.closeOutbound();
        wrapAnswers();
    }

    @Override
    public void shutdownOutput() {
        endOutput();
        plain.shutdownOutput();
        isDropping = true; // not worth decrypting
        giveBackInput();
    }

    @Override
    public void shutdown() {
        plain.shutdown();
    }

    @Override
    public void close() {
        if (hasFailed) {
            wrapAnswers();
            sayLastWords();
        }
        giveBackInput();
        PooledBuffer waiting = unsent;
        unsent = null;
        if (waiting != null) waiting.close();
        plain.close();
    }

    /** So that the alert reaches the client, and no reset in its place. */
    private void sayLastWords() {
        PooledBuffer scratch = connection.pool().take();
        plain.finish(scratch.array());
        scratch.close();
    }

    private void giveBackInput() {
        PooledBuffer present = records;
        records = null;
        if (present != null) present.close();
        PooledBuffer left = decrypted;
        decrypted = null;
        if (left != null) left.close();
    }

    // --- the plain socket's

    @Override
    public int descriptor() {
        return plain.descriptor();
    }

    @Override
    public boolean isUnix() {
        return plain.isUnix();
    }

    @Override
    public long peerHigh() {
        return plain.peerHigh();
    }

    @Override
    public long peerLow() {
        return plain.peerLow();
    }

    @Override
    public int peerPort() {
        return plain.peerPort();
    }

    @Override
    public @Nullable SocketAddress local() {
        return plain.local();
    }
}
