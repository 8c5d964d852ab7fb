package org.dormouse.tls;

import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Uses once what a loop would use first at its first client, error paths included: the first use of a class takes locks of its class loader
 * and reads files, and a loop does neither. Our own classes at once; those of the engine by a handshake with itself, on a thread that does
 * the arithmetic of handshakes, so that a start does not wait for it.
 */
final class FirstUse implements Runnable {
    private static final Class<?>[] CLASSES = {
        Handshake.class,
        ServerHandshake.class,
        Errand.class,
        TlsSocket.class,
        TlsSocket.Secret.class,
        ServedAuthority.class,
        LastWords.class,
        PlainHttp.class,
        TlsLog.Note.class
    };

    /** A record of a handshake whose message is none that begins one. */
    private static final byte[] NO_HELLO = {22, 3, 1, 0, 4, 2, 0, 0, 0};

    private static final int MAX_STEPS = 20;
    private static final AtomicBoolean DONE = new AtomicBoolean();

    private final TlsHosts hosts;

    FirstUse(TlsHosts hosts) {
        this.hosts = hosts;
    }

    static void load(TlsHosts hosts, Handshakes handshakes) {
        if (!DONE.compareAndSet(false, true)) return;
        org.dormouse.poller.loop.FirstUse.of(CLASSES);
        try {
            ClientHello.parse(NO_HELLO, 0, NO_HELLO.length, NO_HELLO.length);
        } catch (Alert.Refused e) {
            e.alert().record(); // meant to be
        }
        handshakes.compute(new FirstUse(hosts));
    }

    @Override
    public void run() {
        try {
            TlsHost host = hosts.host(null);
            if (host == null) return; // clients without a name are refused, and others' names are not known here
            SSLContext trusting = SSLContext.getInstance("TLS");
            trusting.init(null, new TrustManager[] {new Trusting()}, null);
            SSLEngine client = trusting.createSSLEngine();
            client.setUseClientMode(true);
            talk(client, host.newEngine());
        } catch (GeneralSecurityException | SSLException e) {
            // Such as for want of a client's certificate: what is left to be loaded is little.
        }
    }

    /** A handshake, a byte each way, and an error. */
    private static void talk(SSLEngine client, SSLEngine server) throws SSLException {
        ByteBuffer toServer = ByteBuffer.allocate(2 * Records.MAX_BYTES);
        ByteBuffer toClient = ByteBuffer.allocate(2 * Records.MAX_BYTES);
        for (int i = 0; i < MAX_STEPS; i++) {
            boolean clientMoved = step(client, toServer, toClient);
            boolean serverMoved = step(server, toClient, toServer);
            if (!clientMoved && !serverMoved) break;
        }
        LastWords.provoke(server);
        step(server, toClient, toServer);
    }

    private static boolean step(SSLEngine engine, ByteBuffer out, ByteBuffer in) throws SSLException {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) task.run();
        SSLEngineResult sent = engine.wrap(ByteBuffer.allocate(1), out);
        in.flip();
        SSLEngineResult received = engine.unwrap(in, ByteBuffer.allocate(Records.MAX_BYTES));
        in.compact();
        boolean isOpen = sent.getStatus() == Status.OK || received.getStatus() == Status.OK;
        return isOpen && sent.bytesProduced() + received.bytesConsumed() > 0;
    }

    /** The server is this one. */
    private static final class Trusting extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
