package org.dormouse.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** A client of TLS without a socket: takes what the server sent, gives what to send. */
final class EngineClient {
    static final SSLContext TRUSTING = TestCertificates.clientContext(null);
    private static final int ROOM = 40_000;
    private static final AtomicInteger PORTS = new AtomicInteger();

    final SSLEngine engine;
    private final ByteArrayOutputStream plaintext = new ByteArrayOutputStream();
    private byte[] waiting = {};
    private boolean isFinished;
    private boolean seesEnd;

    EngineClient(SSLContext context, String protocol, String serverName, String... applicationProtocols) {
        // Sessions are resumed with the same server only; a port that is another each time makes it another server.
        this(context.createSSLEngine("localhost", PORTS.incrementAndGet()), protocol, serverName, applicationProtocols);
    }

    private EngineClient(SSLEngine engine, String protocol, String serverName, String... applicationProtocols) {
        this.engine = engine;
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {protocol});
        if (serverName != null) parameters.setServerNames(List.of(new SNIHostName(serverName)));
        parameters.setApplicationProtocols(applicationProtocols);
        engine.setSSLParameters(parameters);
    }

    static EngineClient of(String protocol) {
        return new EngineClient(TRUSTING, protocol, null);
    }

    /** One that resumes the sessions of others of its kind. */
    static EngineClient resuming(SSLContext context, String protocol) {
        return new EngineClient(context.createSSLEngine("localhost", 443), protocol, null);
    }

    /** Takes what came; returns what is to be sent because of that. The first call needs nothing. */
    byte[] advance(byte[] received) throws SSLException {
        int before = waiting.length;
        waiting = Arrays.copyOf(waiting, before + received.length);
        System.arraycopy(received, 0, waiting, before, received.length);
        if (engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING && !isFinished) engine.beginHandshake();
        var out = new ByteArrayOutputStream();
        while (true) {
            HandshakeStatus status = engine.getHandshakeStatus();
            if (status == HandshakeStatus.NEED_TASK) {
                for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask())
                    task.run();
            } else if (status == HandshakeStatus.NEED_WRAP) {
                if (note(wrap(new byte[0], out)).bytesProduced() == 0 && engine.isOutboundDone()) break;
            } else if (!unwrap()) {
                break;
            }
        }
        return out.toByteArray();
    }

    private boolean unwrap() throws SSLException {
        if (waiting.length == 0 || engine.isInboundDone()) return false;
        ByteBuffer source = ByteBuffer.wrap(waiting);
        ByteBuffer target = ByteBuffer.allocate(ROOM);
        SSLEngineResult result = note(engine.unwrap(source, target));
        waiting = Arrays.copyOfRange(waiting, source.position(), waiting.length);
        plaintext.write(target.array(), 0, target.position());
        if (result.getStatus() == Status.CLOSED) seesEnd = true;
        return result.bytesConsumed() > 0;
    }

    private SSLEngineResult note(SSLEngineResult result) {
        if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) isFinished = true;
        return result;
    }

    private SSLEngineResult wrap(byte[] bytes, ByteArrayOutputStream out) throws SSLException {
        ByteBuffer target = ByteBuffer.allocate(ROOM);
        SSLEngineResult result = engine.wrap(ByteBuffer.wrap(bytes), target);
        out.write(target.array(), 0, target.position());
        return result;
    }

    boolean isFinished() {
        return isFinished;
    }

    /** Whether the server has said goodbye. */
    boolean seesEnd() {
        return seesEnd;
    }

    /** Records with {@code text}. */
    byte[] encrypt(String text) throws SSLException {
        return encrypt(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    byte[] encrypt(byte[] bytes) throws SSLException {
        var out = new ByteArrayOutputStream();
        int at = 0;
        while (at < bytes.length) {
            SSLEngineResult result = note(wrap(Arrays.copyOfRange(bytes, at, bytes.length), out));
            if (result.getStatus() != Status.OK) throw new SSLException("cannot wrap: " + result);
            at += result.bytesConsumed();
        }
        return out.toByteArray();
    }

    byte[] closeNotify() throws SSLException {
        engine.closeOutbound();
        var out = new ByteArrayOutputStream();
        wrap(new byte[0], out);
        return out.toByteArray();
    }

    byte[] takePlaintext() {
        byte[] taken = plaintext.toByteArray();
        plaintext.reset();
        return taken;
    }

    String takeText() {
        return new String(takePlaintext(), StandardCharsets.ISO_8859_1);
    }
}
