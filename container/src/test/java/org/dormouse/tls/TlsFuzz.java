package org.dormouse.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.dormouse.FuzzTarget;
import org.dormouse.poller.ScriptedPeer;
import org.jspecify.annotations.Nullable;

/**
 * Records of TLS. The first byte says at which place of a handshake the others stand: in the place of the ClientHello, or of a later record of
 * the client, or behind all of them, in either version. They take a few calls of the engine, and leave no buffer, no handshake and no
 * descriptor behind; a ClientHello is the same in pieces, and asks for the name that the engine reads in it.
 */
public final class TlsFuzz implements FuzzTarget {
    /** As many as the records need whose lengths are at their smallest, and what a turn takes anyway. */
    private static final int FEW_CALLS = 200;

    private final CountingContext counting =
            CountingContext.of(TestCertificates.serverContext(TestCertificates.SERVER_EC, TestCertificates.SERVER_RSA));
    private final TlsHost host = new TlsHost(counting, TlsServer.BOTH, null, ClientAuthentication.WANT, List.of());

    @Override
    public void run(byte[] data) throws IOException {
        if (data.length == 0) return;
        String version = TlsServer.BOTH.get(data[0] & 1);
        int place = data[0] >> 1 & 7;
        byte[] bytes = Arrays.copyOfRange(data, 1, data.length);
        if (place > 0) {
            inTheMidst(version, place, bytes);
            return;
        }
        List<String> whole = atTheBeginning(bytes, bytes.length);
        List<String> inPieces = atTheBeginning(bytes, 7);
        if (!whole.equals(inPieces))
            throw new AssertionError(whole + " and " + inPieces + ": " + Arrays.toString(bytes));
        namesAgree(bytes);
    }

    private TlsServer server() {
        return new TlsServer(TlsSettings.DEFAULT, name -> host);
    }

    private List<String> atTheBeginning(byte[] bytes, int step) {
        try (var server = server()) {
            ScriptedPeer peer = server.connect();
            for (int at = 0; at < bytes.length && !peer.seesClose(); at += step) {
                peer.send(Arrays.copyOfRange(bytes, at, Math.min(at + step, bytes.length)));
                server.loop.settle();
            }
            end(server, peer, bytes.length);
            return server.notes;
        }
    }

    private void inTheMidst(String version, int place, byte[] bytes) throws SSLException {
        try (var server = server()) {
            ScriptedPeer peer = server.connect();
            var client = EngineClient.of(version);
            int sent = 0;
            byte[] next = client.advance(new byte[0]);
            while (next.length > 0 && sent < place) {
                for (int at = 0; at < next.length && sent < place; sent++) {
                    int length = Records.length(next, at, next.length - at);
                    peer.send(Arrays.copyOfRange(next, at, at + length));
                    at += length;
                }
                server.loop.settle();
                next = client.advance(peer.takeReceived());
            }
            peer.send(bytes);
            server.loop.settle();
            end(server, peer, bytes.length);
        }
    }

    /** Whatever it waits for does not come. */
    private void end(TlsServer server, ScriptedPeer peer, int length) {
        if (!peer.seesClose()) peer.finish();
        server.loop.settle();
        int calls = counting.takeCalls();
        if (calls > FEW_CALLS + length) throw new AssertionError(calls + " calls for " + length + " bytes");
        for (int i = 0; i < 3 && !peer.seesClose(); i++) server.advance(Duration.ofSeconds(61));
        if (!peer.seesClose()) throw new AssertionError("still open after " + server.notes);
        if (server.pool.lent() > 0) throw new AssertionError(server.pool.lent() + " buffers are still lent");
    }

    /** The certificates are chosen by one reader of the ClientHello, and the engine is another. */
    private static void namesAgree(byte[] bytes) {
        ClientHello hello;
        try {
            hello = ClientHello.parse(bytes, 0, bytes.length, TlsSettings.DEFAULT.maxHelloBytes());
        } catch (Alert.Refused e) {
            return;
        }
        if (hello == null) return;
        var seen = new Name();
        SSLEngine engine = TlsServer.HOST.newEngine();
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setSNIMatchers(List.of(seen));
        engine.setSSLParameters(parameters);
        try {
            ByteBuffer records = ByteBuffer.wrap(bytes);
            engine.unwrap(records, ByteBuffer.allocate(40_000));
            for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) task.run();
            engine.wrap(ByteBuffer.allocate(0), ByteBuffer.allocate(40_000));
        } catch (SSLException e) {
            return; // the engine takes nothing
        }
        if (seen.name == null || seen.name.matches("([0-9A-Za-z_-]+\\.)*[0-9]+")) return; // an address, if anything
        if (!seen.name.equals(hello.serverName()))
            throw new AssertionError(hello.serverName() + " here, " + seen.name + " to the engine");
    }

    private static final class Name extends SNIMatcher {
        @Nullable
        String name;

        Name() {
            super(0);
        }

        @Override
        public boolean matches(SNIServerName serverName) {
            name = new String(serverName.getEncoded(), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
            return true;
        }
    }
}
