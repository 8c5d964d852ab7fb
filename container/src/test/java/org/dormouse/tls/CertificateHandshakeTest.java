package org.dormouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.transport.Connection;
import org.dormouse.transport.Encryption;
import org.dormouse.transport.PeerLeft;
import org.dormouse.transport.Protocol;
import org.dormouse.transport.Renegotiation;
import org.dormouse.transport.Renegotiation.Step;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that is asked for its certificate in the midst of a connection, over the kernel in memory. */
class CertificateHandshakeTest {
    private static final byte[] NOTHING = {};

    /** Lends the connection to the test with the first bytes. */
    private static final class Lender implements Protocol {
        final Connection connection;

        Lender(Connection connection) {
            this.connection = connection;
        }

        @Override
        public int received(byte[] bytes, int offset, int length) {
            connection.keepFrom(bytes, offset + length, 0);
            connection.lend();
            return length;
        }

        @Override
        public void inputEnded() {}

        @Override
        public void writable() {}

        @Override
        public void deadline() {}

        @Override
        public void drain() {}

        @Override
        public void closed(@Nullable IOException cause) {}
    }

    private static TlsHost host(ClientAuthentication clients, boolean knowsAuthorities) {
        SSLContext context = TestCertificates.serverContext(TestCertificates.SERVER_EC);
        return new TlsHost(context, TlsServer.BOTH, null, clients, List.of(), null, knowsAuthorities);
    }

    /** A connection that has been lent to the test, and its client. */
    private static final class Talk implements AutoCloseable {
        final Lender[] lender = new Lender[1];
        final TlsServer server;
        final ScriptedPeer peer;
        final EngineClient client;

        Talk(String version, TlsHost host, TestCertificates.@Nullable Identity identity) throws IOException {
            this(TlsSettings.DEFAULT, version, host, identity);
        }

        Talk(TlsSettings settings, String version, TlsHost host, TestCertificates.@Nullable Identity identity)
                throws IOException {
            server = new TlsServer(settings, name -> host, at -> lender[0] = new Lender(at));
            peer = server.connect();
            client = new EngineClient(TestCertificates.clientContext(identity), version, null);
            server.talk(peer, client);
            peer.send(client.encrypt("ask me"));
            server.loop.settle();
            client.advance(peer.takeReceived());
        }

        Connection connection() {
            return lender[0].connection;
        }

        Encryption encryption() {
            Encryption known = connection().encryption();
            if (known == null) throw new AssertionError("not encrypted");
            return known;
        }

        /** As far as it goes now; null if more has to come. */
        @Nullable
        Step drive(Renegotiation asked) throws SSLException, PeerLeft {
            while (true) {
                Step step = asked.advance(() -> {});
                if (step == Step.AGREED) return step;
                if (step == Step.NEEDS_INPUT && connection().receive(new byte[1], 0, 1) < 1) return null;
            }
        }

        @Override
        public void close() {
            Connection lent = connection();
            lent.abort();
            lent.giveBack(true);
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 100, 20_000})
    void theAnswerMayComeInPiecesOfAnySize(int size) throws Exception {
        try (var talk = new Talk("TLSv1.2", host(ClientAuthentication.NONE, true), TestCertificates.CLIENT)) {
            assertThat(talk.encryption().mayAskForCertificate()).isTrue();
            Renegotiation asked = talk.encryption().askForCertificate();
            assertThat(talk.peer.takeReceived()).isEmpty();
            Step step = talk.drive(asked);
            for (int turns = 0; turns < 10 && step == null; turns++) {
                byte[] next = talk.client.advance(talk.peer.takeReceived());
                for (int at = 0; at < next.length && step == null; at += size) {
                    talk.peer.send(java.util.Arrays.copyOfRange(next, at, Math.min(next.length, at + size)));
                    talk.server.loop.settle();
                    step = talk.drive(asked);
                }
            }
            assertThat(step).isEqualTo(Step.AGREED);
            var shown = (X509Certificate) talk.encryption().session().getPeerCertificates()[0];
            assertThat(shown).isEqualTo(TestCertificates.CLIENT.certificate());
            assertThat(talk.encryption().mayAskForCertificate()).isFalse();
            assertThat(talk.server.handshakes.underWay()).isZero();
            assertThat(talk.server.pool.lent()).isZero();
            talk.client.advance(talk.peer.takeReceived());
            talk.peer.send(talk.client.encrypt("hello"));
            talk.server.loop.settle();
            byte[] came = new byte[10];
            assertThat(talk.connection().receive(came, 0, 10)).isEqualTo(5);
        }
    }

    @Test
    void nobodyIsAskedWhoWasOrCannotBe() throws Exception {
        TlsHost asking = host(ClientAuthentication.WANT, true);
        TlsHost silent = host(ClientAuthentication.NONE, false);
        TlsHost ready = host(ClientAuthentication.NONE, true);
        try (var asked = new Talk("TLSv1.2", asking, null);
                var unknown = new Talk("TLSv1.2", silent, null);
                var tooNew = new Talk("TLSv1.3", ready, null)) {
            for (Talk each : List.of(asked, unknown, tooNew)) {
                assertThat(each.encryption().mayAskForCertificate()).isFalse();
                assertThatThrownBy(() -> each.encryption().askForCertificate())
                        .isInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void dataInThePlaceOfAnAnswerIsRefusedWithAnAlert() throws Exception {
        try (var talk = new Talk("TLSv1.2", host(ClientAuthentication.NONE, true), TestCertificates.CLIENT)) {
            Renegotiation asked = talk.encryption().askForCertificate();
            assertThat(talk.drive(asked)).isNull();
            talk.peer.takeReceived();
            talk.peer.send(talk.client.encrypt("something else"));
            talk.server.loop.settle();
            assertThatThrownBy(() -> talk.drive(asked))
                    .isInstanceOf(SSLException.class)
                    .hasMessage("client sends data while it is asked for its certificate");
            assertThatThrownBy(() -> talk.connection().receive(new byte[1], 0, 1))
                    .isInstanceOf(PeerLeft.class);
            talk.connection().giveBack(true);
            talk.server.loop.settle();
            assertThat(talk.peer.takeReceived()).startsWith(21, 3, 3);
            assertThat(talk.server.kernel.openDescriptors()).isZero();
            assertThat(talk.server.handshakes.underWay()).isZero();
        }
    }

    @Test
    void anAnswerThatGoesOnAndOnIsEndedAtTheLimitOfHandshakes() throws Exception {
        var settings = new TlsSettings(100, Duration.ofSeconds(10), 1024, 1024);
        try (var talk = new Talk(settings, "TLSv1.2", host(ClientAuthentication.NONE, true), TestCertificates.CLIENT)) {
            Renegotiation asked = talk.encryption().askForCertificate();
            assertThatThrownBy(() -> {
                        for (int turns = 0; turns < 10 && talk.drive(asked) == null; turns++) {
                            talk.peer.send(talk.client.advance(talk.peer.takeReceived()));
                            talk.server.loop.settle();
                        }
                    })
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("limit 1024 (tls.max-handshake-bytes)");
        }
    }

    @Test
    void aConnectionThatIsCutWhileItsClientIsAskedLeavesNothingBehind() throws Exception {
        try (var talk = new Talk("TLSv1.2", host(ClientAuthentication.NONE, true), TestCertificates.CLIENT)) {
            Renegotiation asked = talk.encryption().askForCertificate();
            assertThat(talk.drive(asked)).isNull();
            assertThat(talk.server.handshakes.underWay()).isOne();
            byte[] next = talk.client.advance(talk.peer.takeReceived());
            talk.peer.send(java.util.Arrays.copyOf(next, next.length / 2));
            talk.server.loop.settle();
            assertThat(talk.drive(asked)).isNull();
        } // which fails if a buffer or a handshake is left
    }

    @Test
    void moreHandshakesThanMayBeAreRefusedHereToo() throws Exception {
        var settings = new TlsSettings(1, Duration.ofSeconds(10), 16 * 1024, 256 * 1024);
        TlsHost host = host(ClientAuthentication.NONE, true);
        try (var talk = new Talk(settings, "TLSv1.2", host, TestCertificates.CLIENT)) {
            talk.server.handshakes.enter(1);
            Renegotiation asked = talk.encryption().askForCertificate();
            assertThatThrownBy(() -> talk.drive(asked)).hasMessageContaining("tls.max-handshakes");
            talk.server.handshakes.leave();
        }
    }
}
