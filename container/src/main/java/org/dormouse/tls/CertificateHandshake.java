package org.dormouse.tls;

import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.dormouse.buffer.BufferPool;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.transport.Renegotiation;

/**
 * A handshake of TLS 1.2 in the midst of a connection, which the server begins to ask for a certificate; a client still may not begin one. No
 * session is resumed for it, and it ends the connection if there is no certificate, or none that is trusted. The client may send nothing else
 * until it is over.
 *
 * <p>Held to the limits of every handshake (RFC 5246 §7.4.1.1, RFC 5746 §3.7).
 */
final class CertificateHandshake implements Renegotiation {
    private static final int MAX_CALLS = 64;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final String TLS_1_2 = "TLSv1.2";

    private final TlsSocket socket;
    private final SSLEngine engine;
    private final TlsSide tls;
    private boolean hasBegun;
    private boolean isCounted;
    private int receivedBytes;

    CertificateHandshake(TlsSocket socket) {
        this.socket = socket;
        this.engine = socket.secret.engine();
        this.tls = socket.secret.tls();
    }

    @Override
    public long timeoutNanos() {
        return tls.timeoutNanos;
    }

    @Override
    public Step advance(Runnable computed) throws SSLException {
        try {
            if (!hasBegun) begin();
            for (int calls = 0; calls < MAX_CALLS; calls++) {
                switch (engine.getHandshakeStatus()) {
                    case NEED_WRAP -> wrap();
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                        if (!unwrap()) return Step.NEEDS_INPUT;
                    }
                    case NEED_TASK -> {
                        tls.handshakes.compute(() -> compute(computed));
                        return Step.COMPUTES;
                    }
                    case FINISHED, NOT_HANDSHAKING -> {
                        String version = engine.getSession().getProtocol();
                        if (!version.equals(TLS_1_2)) throw new SSLException("client has gone over to " + version);
                        socket.hasAsked();
                        drop();
                        return Step.AGREED;
                    }
                }
            }
            throw new SSLException("handshake of more than " + MAX_CALLS + " steps at a time");
        } catch (RejectedExecutionException e) {
            throw failed(String.valueOf(e.getMessage()));
        } catch (SSLException e) {
            throw failed(String.valueOf(e.getMessage()));
        }
    }

    private void begin() throws SSLException {
        hasBegun = true;
        int most = tls.settings.maxHandshakes();
        isCounted = tls.handshakes.enter(most);
        if (!isCounted) throw new SSLException(most + " handshakes are under way (" + TlsSettings.MAX_HANDSHAKES + ")");
        engine.setNeedClientAuth(true);
        engine.beginHandshake();
    }

    /** Has the engine make a record, and sends it: there is room for a handshake, unless the client reads nothing. */
    private void wrap() throws SSLException {
        int most = Math.max(engine.getSession().getPacketBufferSize(), BufferPool.RECORD_SIZE);
        PooledBuffer record = socket.connection.pool().take(most);
        try {
            SSLEngineResult result = engine.wrap(NOTHING, ByteBuffer.wrap(record.array()));
            record.produced(result.bytesProduced());
        } catch (SSLException e) {
            record.close();
            throw e;
        }
        if (record.size() == 0) record.close();
        else if (!socket.sendRecord(record)) throw new SSLException("client does not take what it is sent");
    }

    /** Has the engine read a record; false if there is no whole one. */
    private boolean unwrap() throws SSLException {
        PooledBuffer present = socket.waiting();
        int length = present == null ? 0 : Records.ready(present.array(), present.start(), present.size());
        if (present == null || length == 0) return false;
        if (present.array()[present.start()] == Records.APPLICATION_DATA)
            throw new SSLException("client sends data while it is asked for its certificate");
        HandshakeStatus before = engine.getHandshakeStatus();
        SSLEngineResult result = unwrap(present, length);
        present.consume(result.bytesConsumed());
        socket.giveBackIfEmpty();
        if (result.getStatus() != Status.OK || !Handshake.isProgress(result, before))
            throw new SSLException("the engine is stuck with a record: " + result);
        receivedBytes += result.bytesConsumed();
        if (receivedBytes > tls.settings.maxHandshakeBytes())
            throw new SSLException("handshake of " + receivedBytes + " bytes, limit " + tls.settings.maxHandshakeBytes()
                    + " (" + TlsSettings.MAX_HANDSHAKE_BYTES + ")");
        return true;
    }

    /** The engine wants room for data, though there is none in what is no record of data. */
    private SSLEngineResult unwrap(PooledBuffer present, int length) throws SSLException {
        int most = Math.max(engine.getSession().getApplicationBufferSize(), BufferPool.RECORD_SIZE);
        try (PooledBuffer room = socket.connection.pool().take(most)) {
            return engine.unwrap(
                    ByteBuffer.wrap(present.array(), present.start(), length), ByteBuffer.wrap(room.array()));
        }
    }

    /** On a thread for that. What fails here the engine tells its next caller. */
    private void compute(Runnable computed) {
        try {
            for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) task.run();
        } finally {
            computed.run();
        }
    }

    /** The engine has an alert to send, or is made to have one. */
    private SSLException failed(String why) {
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) socket.fail(why);
        else socket.refuse(why);
        socket.wrapAnswers(); // now, since who finds the connection broken may cut it
        socket.hasAsked();
        drop();
        return new SSLException(why);
    }

    /** Not counted any more. */
    void drop() {
        if (isCounted) tls.handshakes.leave();
        isCounted = false;
    }
}
