package org.dormouse.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.dormouse.buffer.BufferPool;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.transport.Connection;
import org.jspecify.annotations.Nullable;

/**
 * What a server sends in a handshake: records are collected, so that those of one step leave together. Loop owner, or an {@link Errand} while
 * that is under way.
 */
final class Flight {
    /** An engine that has failed has an alert to send, and perhaps what it had wanted to send before. */
    private static final int MAX_LAST_RECORDS = 16;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    final Connection connection;
    private @Nullable PooledBuffer collected;

    Flight(Connection connection) {
        this.connection = connection;
    }

    /** Has the engine make one record. */
    SSLEngineResult wrap(SSLEngine engine) throws SSLException {
        int most = engine.getSession().getPacketBufferSize();
        PooledBuffer present = collected;
        if (present != null && present.room() < most) {
            send();
            present = null;
        }
        if (present == null) collected = present = connection.pool().take(Math.max(most, BufferPool.RECORD_SIZE));
        SSLEngineResult result = engine.wrap(NOTHING, ByteBuffer.wrap(present.array(), present.end(), present.room()));
        present.produced(result.bytesProduced());
        return result;
    }

    /** Sends what was collected, if anything. */
    void send() {
        PooledBuffer present = collected;
        collected = null;
        if (present != null) send(present);
    }

    /** The same for who may find the output taken for ever, because the connection is closed; whether it was not. */
    boolean sendIfPossible() {
        if (!connection.borrowOutput()) return false;
        PooledBuffer present = collected;
        collected = null;
        if (present != null) connection.send(present);
        giveBackOutput();
        return true;
    }

    /** Sends bytes that no engine has made. */
    void send(PooledBuffer bytes) {
        if (!connection.borrowOutput()) throw new IllegalStateException("output is lent in a handshake");
        connection.send(bytes);
        giveBackOutput();
    }

    private void giveBackOutput() {
        boolean given = connection.giveBackOutput();
        while (!given) given = connection.giveBackOutput();
    }

    /** Sends the alert of an engine that has failed. */
    void sendLastWords(SSLEngine engine) {
        try {
            for (int i = 0; i < MAX_LAST_RECORDS && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP; i++)
                if (wrap(engine).bytesProduced() == 0) break;
        } catch (SSLException e) {
            // it has told why before
        }
        send();
    }

    /** Gives back what will not be sent. */
    void drop() {
        PooledBuffer present = collected;
        collected = null;
        if (present != null) present.close();
    }
}
