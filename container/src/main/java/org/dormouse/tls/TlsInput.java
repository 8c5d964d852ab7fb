package org.dormouse.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.dormouse.buffer.BufferPool;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.poller.socket.SocketError;
import org.dormouse.poller.socket.StreamSocket;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a {@link TlsSocket}: records that are not whole or wait, and decrypted bytes that nobody had room for. Belongs to the
 * owner of the input. A receive gives what the records that have come hold, up to a bound; {@link #holdsMore} tells if there is more, since no
 * event will: the kernel has nothing left of it.
 */
abstract class TlsInput extends TlsOutput {
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

    private static final int FULL = -1;

    private @Nullable PooledBuffer records;
    private @Nullable PooledBuffer decrypted;
    private @Nullable CertificateHandshake asking;
    private int credit = MAX_CREDIT;

    /** What the kernel or the engine said after the last byte: 0 at the end, {@code -errno}; 1 as long as neither came. */
    private short last = 1;

    private byte unanswered;
    private byte answersSeen;
    private boolean isDrained;
    private boolean isTruncated;
    private boolean isDropping;

    /** Whether there is an alert to send; what reads it while the input is lent may see it late. */
    volatile boolean hasFailed;

    /** @param ciphertext what came behind the handshake; the socket's from now on */
    TlsInput(Connection connection, StreamSocket plain, TlsSocket.Secret secret, @Nullable PooledBuffer ciphertext) {
        super(connection, plain, secret);
        records = ciphertext;
    }

    /** {@link org.dormouse.transport.Encryption#isTruncated}. */
    public final boolean isTruncated() {
        return isTruncated;
    }

    /** {@link StreamSocket#receive}. */
    public final int receive(byte[] target, int offset, int length) {
        if (isDropping) return plain.receive(target, offset, length);
        if (asking != null) return receiveRecord();
        isDrained = false;
        PooledBuffer left = decrypted;
        if (left != null) return takeDecrypted(left, target, offset, length);
        if (last <= 0) return last;
        try {
            return decrypt(target, offset, Math.min(length, StreamSocket.MAX_TRANSFER));
        } finally {
            giveBackIfEmpty();
        }
    }

    /** {@link StreamSocket#holdsMore}. */
    public final boolean holdsMore() {
        return !isDrained && !isDropping;
    }

    // --- another handshake

    /** Whether nothing of the client's is here that was sent before it is asked. */
    final boolean isReadyToAsk() {
        return !secret.isTls13() && last > 0 && !hasFailed && records == null && decrypted == null && asking == null;
    }

    /** From now on records are shown to {@code handshake}. */
    final void asks(CertificateHandshake handshake) {
        asking = handshake;
    }

    /** The handshake is over. */
    final void hasAsked() {
        asking = null;
    }

    /** For a receive that is to find out whether something has come: {@link org.dormouse.transport.Renegotiation.Step#NEEDS_INPUT}. */
    private int receiveRecord() {
        if (last <= 0) return last;
        PooledBuffer room = withRoom();
        int count = plain.receive(room.array(), room.end(), Math.min(room.room(), StreamSocket.MAX_TRANSFER));
        if (count > 0) room.produced(count);
        else if (!SocketError.wouldBlock(count)) onNothing(count, 0);
        giveBackIfEmpty();
        return Math.min(count, 1);
    }

    /** What waits; null if nothing does. */
    final @Nullable PooledBuffer waiting() {
        return records;
    }

    final void giveBackIfEmpty() {
        PooledBuffer present = records;
        if (present == null || present.size() > 0) return;
        records = null;
        present.close();
    }

    // --- data

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
            int asked = Math.min(room.room(), StreamSocket.MAX_TRANSFER);
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
        last = (short) result; // no number of an error is that large
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
        if (!secret.isTls13() && bytes[start] == Records.HANDSHAKE) return refuse("the peer asks for renegotiation");
        int length = Records.ready(bytes, start, present.size());
        try {
            SSLEngineResult result = secret.engine()
                    .unwrap(ByteBuffer.wrap(bytes, start, length), ByteBuffer.wrap(target, offset, room));
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
        int most = Math.max(secret.engine().getSession().getApplicationBufferSize(), BufferPool.RECORD_SIZE);
        PooledBuffer whole = connection.pool().take(most);
        try {
            SSLEngineResult result = secret.engine()
                    .unwrap(
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
        if (result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && (isEmpty || !holdsTicket)) onAnswer(isEmpty);
    }

    private void onEmptyRecord(HandshakeStatus status) {
        credit -= EMPTY_RECORD_COST;
        if (status == HandshakeStatus.NEED_TASK) refuse("the peer begins another handshake");
        else if (credit < 0) refuse("the peer sends records without data, more than " + MAX_CREDIT / EMPTY_RECORD_COST);
    }

    /** The engine has something to send, which goes with whatever is sent next (RFC 8446 §4.6.3), or soon if nobody is about to send. */
    private void onAnswer(boolean isNew) {
        byte given = answers;
        if (given != answersSeen) unanswered = 0;
        answersSeen = given;
        if (!isNew && unanswered > 0) return;
        if (++unanswered > MAX_UNANSWERED) refuse("the peer has " + unanswered + " updates of keys unanswered");
        else if (unanswered == 1) connection.execute(this::answer);
    }

    // --- errors

    final int refuse(String why) {
        LastWords.provoke(secret.engine());
        fail(why);
        return 0;
    }

    /** The connection finds it broken when it receives next, and closes: the alert is sent then. */
    final void fail(String why) {
        last = (short) SocketError.ABORTED;
        hasFailed = true;
        secret.tls().log.note(connection, "TLS", why);
        connection.execute(() -> connection.endsBecause(ConnectionEnd.TLS_ERROR));
    }

    /** What comes from now on is not worth decrypting. */
    final void dropInput() {
        isDropping = true;
        giveBackInput();
    }

    final void giveBackInput() {
        CertificateHandshake broken = asking;
        asking = null;
        if (broken != null) broken.drop();
        PooledBuffer present = records;
        records = null;
        if (present != null) present.close();
        PooledBuffer left = decrypted;
        decrypted = null;
        if (left != null) left.close();
    }
}
