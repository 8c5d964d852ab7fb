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
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a {@link TlsSocket}: what is encrypted, and the one record that may wait. Belongs to the owner of the output.
 *
 * <p>Who sends is told how many of its bytes were taken, and comes back with the others when there is room. A record that could not leave as a
 * whole waits here, so somebody has to come back for it: of its bytes the last is reported as not taken. It is the first of the next send,
 * which gets on with the record first and leaves that byte out. So at most one record waits, and whoever counts unsent bytes sees one at
 * least.
 */
abstract class TlsOutput {
    /** Records in a row that are not what was to be sent, but answers of the engine's. */
    private static final int MAX_ANSWERS = 32;

    private static final int CLOSED = -1;
    private static final byte[] NO_BYTES = {};
    private static final ByteBuffer NOTHING = ByteBuffer.wrap(NO_BYTES);

    final Connection connection;
    final StreamSocket plain;
    final TlsSocket.Secret secret;

    private @Nullable PooledBuffer unsent;
    private boolean holdsByteBack;
    private byte heldBack;

    /** How often the engine had something of its own to send; read by the owner of the input. */
    byte answers;

    /** Whether the engine has a ticket for the client, which goes with the first bytes that are sent. */
    boolean holdsTicket;

    TlsOutput(Connection connection, StreamSocket plain, TlsSocket.Secret secret) {
        this.connection = connection;
        holdsTicket = secret.engine().getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
        this.plain = plain;
        this.secret = secret;
    }

    /** {@link StreamSocket#send}. */
    public final int send(byte[] source, int offset, int length) {
        int most = Math.min(length, StreamSocket.MAX_TRANSFER);
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
            if (count == 0 && hasRoomForRecord()) continue; // what the engine has to say leaves together with the bytes
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
        PooledBuffer record = unsent;
        if (record == null) record = connection.pool().take(BufferPool.RECORD_SIZE);
        else assert hasRoomForRecord() : record.room();
        try {
            SSLEngineResult result =
                    secret.engine().wrap(bytes, ByteBuffer.wrap(record.array(), record.end(), record.room()));
            if (result.getStatus() == Status.BUFFER_OVERFLOW) {
                record.close();
                record = connection.pool().take(secret.engine().getSession().getPacketBufferSize());
                result = secret.engine().wrap(bytes, ByteBuffer.wrap(record.array(), 0, record.room()));
            }
            record.produced(result.bytesProduced());
            holdsTicket = false;
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

    /** Whether another record fits behind the one that waits; there is one. The engine asks for room for the longest. */
    private boolean hasRoomForRecord() {
        PooledBuffer waiting = unsent;
        return waiting != null && waiting.room() >= secret.engine().getSession().getPacketBufferSize();
    }

    /** Returns 0 if nothing waits any more, or {@code -errno}. */
    private int sendUnsent() {
        PooledBuffer waiting = unsent;
        if (waiting == null) return 0;
        while (waiting.size() > 0) {
            int count =
                    plain.send(waiting.array(), waiting.start(), Math.min(waiting.size(), StreamSocket.MAX_TRANSFER));
            if (count < 0) return count;
            waiting.consume(count);
        }
        unsent = null;
        waiting.close();
        return 0;
    }

    /** Sends what the engine has to say, if nobody is sending. Loop owner. */
    final void answer() {
        if (!connection.borrowOutput()) return;
        wrapAnswers();
        boolean given = connection.giveBackOutput();
        while (!given) given = connection.giveBackOutput();
    }

    /** Sends a record that somebody else had made, while nobody sends anything; false if the kernel did not take all of it. */
    final boolean sendRecord(PooledBuffer record) {
        if (sendUnsent() < 0) {
            record.close();
            return false;
        }
        unsent = record;
        return sendUnsent() == 0;
    }

    /** Sends what the engine has to say, as far as the kernel takes it. */
    final void wrapAnswers() {
        for (int i = 0; i < MAX_ANSWERS; i++) {
            if (sendUnsent() < 0 || secret.engine().getHandshakeStatus() != HandshakeStatus.NEED_WRAP) return;
            if (wrap(NO_BYTES, 0, 0) == CLOSED) {
                sendUnsent();
                return;
            }
        }
    }

    final void giveBackOutput() {
        PooledBuffer waiting = unsent;
        unsent = null;
        if (waiting != null) waiting.close();
    }
}
