package org.dormouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.Encryption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes over the kernel in memory, with the JDK's engine for a client. */
class HandshakeTest {
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void afterTheHandshakeBytesGoBothWays(String version) throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, version);
            server.talk(peer, client, client.encrypt("hello"));
            assertThat(client.takeText()).isEqualTo("hello");
            assertThat(server.lastEcho().seen).hasToString("hello");
            Encryption encryption = server.lastEcho().connection.encryption();
            assertThat(encryption).isNotNull();
            assertThat(encryption.session().getProtocol()).isEqualTo(version);
            assertThat(encryption.serverName()).isNull();
            assertThat(encryption.applicationProtocol()).isNull();
            assertThat(server.handshakes.underWay()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void byteByByteIsAsGoodAsWhole(String version) throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = EngineClient.of(version);
            byte[] next = client.advance(new byte[0]);
            for (int i = 0; i < 10; i++) {
                for (byte each : next) {
                    peer.send(new byte[] {each});
                    server.loop.settle();
                }
                next = client.advance(peer.takeReceived());
            }
            assertThat(client.isFinished()).isTrue();
            for (byte each : client.encrypt("hello")) {
                peer.send(new byte[] {each});
                server.loop.settle();
            }
            client.advance(peer.takeReceived());
            assertThat(client.takeText()).isEqualTo("hello");
        }
    }

    /** The last flight of the client and its first data in one piece, and in two at every place. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void whatComesRightBehindTheHandshakeReachesTheProtocolAtEverySplit(String version) throws IOException {
        int length = 1000;
        for (int split = 0; split < length; split += split < 120 ? 1 : 7) {
            try (var server = new TlsServer()) {
                ScriptedPeer peer = server.connect();
                EngineClient client = EngineClient.of(version);
                peer.send(client.advance(new byte[0]));
                server.loop.settle();
                byte[] last = client.advance(peer.takeReceived());
                if (client.isFinished()) last = join(last, client.encrypt("hello"));
                length = last.length;
                peer.send(Arrays.copyOf(last, split));
                server.loop.settle();
                peer.send(Arrays.copyOfRange(last, split, last.length));
                server.loop.settle();
                server.talk(peer, client);
                if (version.equals("TLSv1.2")) server.talk(peer, client, client.encrypt("hello"));
                assertThat(client.takeText()).as("split at %d", split).isEqualTo("hello");
            }
        }
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    @Test
    void theNameChoosesTheHostAndIsKnownAfterwards() throws IOException {
        TlsHost other = new TlsHost(
                TestCertificates.serverContext(TestCertificates.OTHER_SERVER),
                TlsServer.BOTH,
                null,
                ClientAuthentication.NONE,
                java.util.List.of());
        try (var server =
                new TlsServer(TlsSettings.DEFAULT, name -> "b.example.org".equals(name) ? other : TlsServer.HOST)) {
            ScriptedPeer peer = server.connect();
            var client = new EngineClient(EngineClient.TRUSTING, "TLSv1.3", "B.example.org");
            server.talk(peer, client);
            assertThat(client.engine.getSession().getPeerCertificates()[0])
                    .isEqualTo(TestCertificates.OTHER_SERVER.certificate());
            assertThat(server.lastEcho().connection.encryption().serverName()).isEqualTo("b.example.org");
        }
    }

    @Test
    void aNameThatNobodyServesIsRefusedWithItsAlert() throws IOException {
        try (var server = new TlsServer(TlsSettings.DEFAULT, name -> null)) {
            ScriptedPeer peer = server.connect();
            var client = new EngineClient(EngineClient.TRUSTING, "TLSv1.3", "c.example.org");
            assertThatThrownBy(() -> server.talk(peer, client))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("unrecognized_name");
            assertThat(server.notes)
                    .containsExactly(
                            "handshake: server_name c.example.org is not served here, alert unrecognized_name");
            peer.finish();
            server.loop.settle();
            assertThat(server.ended(ConnectionEnd.HANDSHAKE_FAILED)).isOne();
        }
    }

    @Test
    void theFirstProtocolThatBothKnowIsSpoken() throws IOException {
        TlsHost host = TlsServer.host(ClientAuthentication.NONE, "h2", "http/1.1");
        try (var server = new TlsServer(TlsSettings.DEFAULT, name -> host)) {
            ScriptedPeer peer = server.connect();
            server.talk(peer, new EngineClient(EngineClient.TRUSTING, "TLSv1.3", null, "http/1.1", "h2"));
            assertThat(server.lastEcho().connection.encryption().applicationProtocol())
                    .isEqualTo("h2");

            ScriptedPeer stranger = server.connect();
            var client = new EngineClient(EngineClient.TRUSTING, "TLSv1.3", null, "smtp");
            assertThatThrownBy(() -> server.talk(stranger, client)).hasMessageContaining("no_application_protocol");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aClientShowsItsCertificate(String version) throws IOException {
        TlsHost host = TlsServer.host(ClientAuthentication.NEED);
        try (var server = new TlsServer(TlsSettings.DEFAULT, name -> host)) {
            ScriptedPeer peer = server.connect();
            var known = new EngineClient(TestCertificates.clientContext(TestCertificates.CLIENT), version, null);
            server.talk(peer, known);
            server.talk(peer, known, known.encrypt("hello"));
            assertThat(known.takeText()).isEqualTo("hello");
            var shown = (X509Certificate)
                    server.lastEcho().connection.encryption().session().getPeerCertificates()[0];
            assertThat(shown).isEqualTo(TestCertificates.CLIENT.certificate());

            ScriptedPeer unknown = server.connect();
            assertThatThrownBy(() -> server.talk(unknown, EngineClient.of(version)))
                    .isInstanceOf(SSLException.class);
            assertThat(server.echoes).hasSize(1);
            assertThat(server.notes).hasSize(1);
        }
    }

    @Test
    void aClientThatIsWantedToShowACertificateMayHaveNone() throws IOException {
        TlsHost host = TlsServer.host(ClientAuthentication.WANT);
        try (var server = new TlsServer(TlsSettings.DEFAULT, name -> host)) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            server.talk(peer, client, client.encrypt("hello"));
            Encryption encryption = server.lastEcho().connection.encryption();
            assertThatThrownBy(() -> encryption.session().getPeerCertificates())
                    .isInstanceOf(SSLPeerUnverifiedException.class);
        }
    }

    @Test
    void aVersionThatIsNotEnabledIsRefused() throws IOException {
        var host = new TlsHost(
                TestCertificates.serverContext(TestCertificates.SERVER_EC),
                java.util.List.of("TLSv1.3"),
                null,
                ClientAuthentication.NONE,
                java.util.List.of());
        try (var server = new TlsServer(TlsSettings.DEFAULT, name -> host)) {
            ScriptedPeer peer = server.connect();
            assertThatThrownBy(() -> server.talk(peer, EngineClient.of("TLSv1.2")))
                    .hasMessageContaining("protocol_version");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffdhe2048", "ffdhe8192"})
    void aClientThatKnowsFiniteFieldsOnlyIsRefused(String group) throws IOException {
        try (var server = new TlsServer()) {
            EngineClient client = EngineClient.of("TLSv1.3");
            var parameters = client.engine.getSSLParameters();
            parameters.setNamedGroups(new String[] {group});
            client.engine.setSSLParameters(parameters);
            assertThatThrownBy(() -> server.talk(server.connect(), client)).isInstanceOf(SSLException.class);
            assertThat(client.isFinished()).isFalse();
        }
    }

    @Test
    void whoSpeaksHttpWithoutTlsIsToldSo() {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            peer.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            server.loop.settle();
            assertThat(peer.takeReceivedText()).isEqualTo("""
                            HTTP/1.1 400 Bad Request\r
                            Content-Type: text/plain;charset=US-ASCII\r
                            Content-Length: 47\r
                            Connection: close\r
                            \r
                            This combination of host and port requires TLS.""");
            assertThat(peer.seesEnd()).isTrue();
            assertThat(peer.seesReset()).isFalse();
            assertThat(server.notes).containsExactly("handshake: it speaks HTTP without TLS");
        }
    }

    @Test
    void whoTakesTooLongIsCutFromTheAcceptOnWhateverItSends() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer silent = server.connect();
            ScriptedPeer slow = server.connect();
            ScriptedPeer halfway = server.connect();
            byte[] hello = EngineClient.of("TLSv1.3").advance(new byte[0]);
            halfway.send(hello);
            for (int i = 0; i < 9; i++) {
                slow.send(new byte[] {hello[i]});
                server.advance(Duration.ofMillis(1100));
            }
            assertThat(server.kernel.openDescriptors()).isEqualTo(3);
            assertThat(server.handshakes.underWay()).isOne();
            server.advance(Duration.ofMillis(101));
            assertThat(server.kernel.openDescriptors()).isZero();
            assertThat(server.ended(ConnectionEnd.HANDSHAKE_TIMEOUT)).isEqualTo(3);
            assertThat(server.handshakes.underWay()).isZero();
            assertThat(server.notes).contains("handshake: not complete after PT10S (tls.handshake-timeout)");
            assertThat(silent.seesClose()).isTrue();
        }
    }

    @Test
    void theTimeoutEndsWithTheHandshake() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            server.advance(Duration.ofMinutes(5));
            server.talk(peer, client, client.encrypt("still here"));
            assertThat(client.takeText()).isEqualTo("still here");
        }
    }

    @Test
    void aConnectionThatEndsWhileItsArithmeticIsDoneElsewhereIsCountedUntilThatEnds() throws IOException {
        try (var server = new TlsServer()) {
            server.holdsTasks = true;
            ScriptedPeer peer = server.connect();
            peer.send(EngineClient.of("TLSv1.3").advance(new byte[0]));
            server.loop.settle();
            assertThat(server.delegated).hasSize(1);
            peer.reset();
            server.loop.settle();
            assertThat(server.kernel.openDescriptors()).isZero();
            assertThat(server.handshakes.underWay()).isOne();
            server.delegated.remove().run();
            server.loop.settle();
            assertThat(server.handshakes.underWay()).isZero();
        }
    }

    @Test
    void moreHandshakesThanMayBeAreClosedAndThePlacesComeBack() throws IOException {
        var settings = new TlsSettings(2, Duration.ofSeconds(10), 16 * 1024, 256 * 1024);
        try (var server = new TlsServer(settings, name -> TlsServer.HOST)) {
            byte[] hello = EngineClient.of("TLSv1.3").advance(new byte[0]);
            ScriptedPeer first = server.connect().send(hello);
            server.connect().send(hello);
            server.loop.settle();
            ScriptedPeer third = server.connect().send(hello);
            server.loop.settle();
            assertThat(third.seesEnd()).isTrue();
            assertThat(third.takeReceived()).isEmpty();
            assertThat(server.notes).containsExactly("handshake: 2 handshakes are under way (tls.max-handshakes)");
            third.finish();
            first.finish();
            server.loop.settle();
            assertThat(server.ended(ConnectionEnd.HANDSHAKE_LIMIT)).isOne();
            server.shake(server.connect(), "TLSv1.3");
        }
    }

    @Test
    void aClientThatEndsItsStreamIsClosed() throws IOException {
        try (var server = new TlsServer()) {
            server.connect().finish();
            server.connect().send(new byte[] {22, 3}).finish();
            server.connect()
                    .send(EngineClient.of("TLSv1.2").advance(new byte[0]))
                    .finish();
            server.loop.settle();
            assertThat(server.kernel.openDescriptors()).isZero();
            assertThat(server.ended(ConnectionEnd.PEER_CLOSED)).isOne();
            assertThat(server.ended(ConnectionEnd.HANDSHAKE_FAILED)).isEqualTo(2);
        }
    }

    @Test
    void whenTheServerStopsANewcomerHasASecondForItsHandshakeAndIsThenDrainedToo() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            server.connect();
            server.loop.settle();
            server.connections.drainAll();
            server.advance(Duration.ofMillis(500));
            server.shake(peer, "TLSv1.3");
            assertThat(server.lastEcho().drained).isTrue();
            server.advance(Duration.ofMillis(501));
            assertThat(server.kernel.openDescriptors()).isOne();
            assertThat(server.ended(ConnectionEnd.DRAINED)).isOne();
        }
    }

    /** The server's flight does not leave while the client does not read; what follows it waits, in order. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aClientThatReadsSlowlyGetsEverythingInOrder(String version) throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            peer.sendBuffer(10).stopReading();
            EngineClient client = EngineClient.of(version);
            byte[] next = client.advance(new byte[0]);
            for (int i = 0; i < 5000; i++) {
                if (next.length > 0) peer.send(next);
                server.loop.settle();
                peer.read(1 + i % 10);
                next = client.advance(peer.takeReceived());
                if (client.isFinished() && next.length == 0) break;
            }
            assertThat(client.isFinished()).isTrue();
            peer.resumeReading();
            server.talk(peer, client, client.encrypt("hello"));
            assertThat(client.takeText()).isEqualTo("hello");
        }
    }

    @Test
    void aHandshakeThatGoesOnAndOnIsEndedAtItsLimit() throws IOException {
        var settings = new TlsSettings(10, Duration.ofSeconds(10), 1024, 1024);
        TlsHost host = TlsServer.host(ClientAuthentication.WANT);
        try (var server = new TlsServer(settings, name -> host)) {
            ScriptedPeer peer = server.connect();
            var client = new EngineClient(TestCertificates.clientContext(TestCertificates.CLIENT), "TLSv1.2", null);
            assertThatThrownBy(() -> server.talk(peer, client)).isInstanceOf(SSLException.class);
            assertThat(server.notes.getFirst()).contains("limit 1024 (tls.max-handshake-bytes)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aSessionIsResumedAlsoAfterAnotherConnectionOfItFailed(String version) throws IOException {
        var context = TestCertificates.clientContext(null);
        try (var server = new TlsServer()) {
            for (int i = 0; i < 3; i++) {
                ScriptedPeer peer = server.connect();
                EngineClient client = EngineClient.resuming(context, version);
                server.talk(peer, client);
                server.talk(peer, client, client.encrypt("hello"));
                long made = server.lastEcho().connection.encryption().session().getCreationTime();
                long madeThere = client.engine.getSession().getCreationTime();
                assertThat(client.takeText()).isEqualTo("hello");
                assertThat(made).isGreaterThan(0);
                if (i == 0) first = madeThere;
                // A resumed session keeps the moment at which the client made it.
                else assertThat(madeThere).isEqualTo(first);
                ScriptedPeer bad = server.connect();
                EngineClient failing = EngineClient.resuming(context, version);
                server.talk(bad, failing);
                server.talk(bad, failing, failing.encrypt("hello")); // whose answer brings the next ticket
                byte[] record = failing.encrypt("hello");
                record[record.length - 1] ^= 1;
                bad.send(record);
                server.loop.settle();
                assertThat(server.notes).hasSize(i + 1);
            }
        }
    }

    private long first;

    @Test
    void textThatIsNoHandshakeIsNoReasonToSayMuch() {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            peer.send("\0\1\2".getBytes(StandardCharsets.ISO_8859_1));
            server.loop.settle();
            assertThat(peer.takeReceived()).containsExactly(21, 3, 3, 0, 2, 2, 10);
        }
    }
}
