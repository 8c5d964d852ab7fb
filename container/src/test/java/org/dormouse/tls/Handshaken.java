package org.dormouse.tls;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Two engines that have shaken hands in memory. */
final class Handshaken {
    private static final int ROUNDS = 200;

    final SSLEngine client;
    final SSLEngine server;

    private final ByteBuffer toServer = ByteBuffer.allocate(1 << 17);
    private final ByteBuffer toClient = ByteBuffer.allocate(1 << 17);
    private final ByteBuffer plain = ByteBuffer.allocate(1 << 17);

    private Handshaken(SSLEngine client, SSLEngine server) {
        this.client = client;
        this.server = server;
    }

    /**
     * @param name by SNI; null for none
     * @param suites the only ones of the client; null: its own
     * @throws SSLException if either refuses the other
     */
    static Handshaken with(TlsHost host, SSLContext clientContext, @Nullable String name, String @Nullable [] suites)
            throws SSLException {
        SSLEngine client = clientContext.createSSLEngine(
                "peer.example", 443); // the same each time, so that sessions are found again
        client.setUseClientMode(true);
        SSLParameters parameters = client.getSSLParameters();
        parameters.setServerNames(name == null ? List.of() : List.of(new SNIHostName(name)));
        if (suites != null) parameters.setCipherSuites(suites);
        client.setSSLParameters(parameters);
        var both = new Handshaken(client, host.newEngine());
        both.shakeHands();
        return both;
    }

    static Handshaken with(TlsHost host) throws SSLException {
        return with(host, TestCertificates.clientContext(null), null, null);
    }

    private void shakeHands() throws SSLException {
        toServer.flip();
        toClient.flip();
        for (int i = 0; i < ROUNDS; i++) {
            step(client, toClient, toServer);
            step(server, toServer, toClient);
        }
        if (isAtIt(client) || isAtIt(server)) throw new AssertionError("the handshake does not end");
    }

    private static boolean isAtIt(SSLEngine engine) {
        return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
    }

    private void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        Runnable task;
        while ((task = engine.getDelegatedTask()) != null) task.run();
        out.compact();
        engine.wrap(ByteBuffer.allocate(0), out);
        out.flip();
        if (in.hasRemaining()) {
            plain.clear();
            engine.unwrap(in, plain);
        }
    }

    SSLSession session() {
        return server.getSession();
    }

    /** What the client was shown. */
    X509Certificate shown() throws SSLException {
        return (X509Certificate) client.getSession().getPeerCertificates()[0];
    }
}
