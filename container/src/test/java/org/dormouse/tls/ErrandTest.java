package org.dormouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.transport.ConnectionEnd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What engines delegate, run when the test says so, as if on another thread. */
class ErrandTest {
    private static final byte[] NOTHING = {};

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void theFlightLeavesFromTheThreadThatComputesAndTheLoopIsNotWoken(String version) throws IOException {
        try (var server = new TlsServer()) {
            server.holdsTasks = true;
            ScriptedPeer peer = server.connect();
            EngineClient client = EngineClient.of(version);
            peer.send(client.advance(NOTHING));
            server.loop.settle();
            assertThat(peer.takeReceived()).isEmpty();
            server.delegated.remove().run();
            byte[] flight = peer.takeReceived();
            assertThat(flight).isNotEmpty();
            server.holdsTasks = false;
            server.talk(peer, client, client.advance(flight));
            assertThat(client.isFinished()).isTrue();
            assertThat(server.handshakes.underWay()).isZero();
        }
    }

    /** Only the errand's end can bring it up: there is no event for what has come already. */
    @Test
    void whatTheClientSendsDuringAnErrandIsReadAtItsEndAtEverySplit() throws IOException {
        int length = 200;
        for (int split = 6; split < length; split++) {
            try (var server = new TlsServer()) {
                ScriptedPeer peer = server.connect();
                EngineClient client = EngineClient.of("TLSv1.2");
                peer.send(client.advance(NOTHING));
                server.loop.settle();
                server.holdsTasks = true;
                byte[] last = client.advance(peer.takeReceived());
                length = last.length;
                peer.send(Arrays.copyOf(last, split));
                server.loop.settle();
                peer.send(Arrays.copyOfRange(last, split, length));
                server.loop.settle();
                while (!server.delegated.isEmpty()) {
                    server.delegated.remove().run();
                    server.loop.settle();
                }
                client.advance(peer.takeReceived());
                assertThat(client.isFinished()).as("split at %d", split).isTrue();
            }
        }
    }

    @Test
    void anErrandThatFailsEndsTheConnectionWithItsAlert() throws IOException {
        try (var server = new TlsServer()) {
            server.holdsTasks = true;
            ScriptedPeer peer = server.connect();
            var client = new EngineClient(EngineClient.TRUSTING, "TLSv1.3", null);
            var parameters = client.engine.getSSLParameters();
            parameters.setSignatureSchemes(new String[] {"ed448"}); // of which the server has no key
            client.engine.setSSLParameters(parameters);
            peer.send(client.advance(NOTHING));
            server.loop.settle();
            server.delegated.remove().run();
            server.loop.settle();
            assertThatThrownBy(() -> client.advance(peer.takeReceived())).hasMessageContaining("handshake_failure");
            assertThat(server.notes).hasSize(1);
            assertThat(peer.seesEnd()).isTrue();
            peer.finish();
            server.loop.settle();
            assertThat(server.ended(ConnectionEnd.HANDSHAKE_FAILED)).isOne();
        }
    }

    @Test
    void nothingIsComputedForAClientThatHasLeft() throws IOException {
        try (var server = new TlsServer()) {
            server.holdsTasks = true;
            ScriptedPeer peer = server.connect();
            peer.send(EngineClient.of("TLSv1.3").advance(NOTHING));
            server.loop.settle();
            Runnable errand = server.delegated.remove();
            peer.reset();
            server.loop.settle();
            assertThat(server.handshakes.underWay()).isOne();
            errand.run();
            server.loop.settle();
            assertThat(server.handshakes.underWay()).isZero();
            assertThat(server.pool.lent()).isZero();
        }
    }

    @Test
    void aClientThatLeavesBehindAFlightNobodyWasToldOfIsNotCountedAnyMore() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            peer.send(EngineClient.of("TLSv1.3").advance(NOTHING));
            server.loop.settle();
            assertThat(server.handshakes.underWay()).isOne();
            peer.reset();
            server.loop.settle();
            assertThat(server.handshakes.underWay()).isZero();
            assertThat(server.kernel.openDescriptors()).isZero();
        }
    }

    @Test
    void aTicketLeavesTogetherWithTheFirstAnswer() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = EngineClient.of("TLSv1.3");
            peer.send(client.advance(NOTHING));
            server.loop.settle();
            peer.send(client.advance(peer.takeReceived()));
            server.loop.settle();
            assertThat(peer.takeReceived()).isEmpty();
            peer.send(client.encrypt("hello"));
            server.loop.settle();
            byte[] answer = peer.takeReceived();
            assertThat(records(answer)).hasSize(2);
            client.advance(answer);
            assertThat(client.takeText()).isEqualTo("hello");
        }
    }

    @Test
    void aTicketIsNotKeptFromAClientThatAsksForNothing() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            peer.send(client.closeNotify()).finish();
            server.loop.settle();
            assertThat(records(peer.takeReceived())).hasSize(2); // the ticket, close_notify
        }
    }

    private static List<Integer> records(byte[] bytes) {
        var lengths = new ArrayList<Integer>();
        for (int at = 0; at < bytes.length; at += Records.length(bytes, at, bytes.length - at))
            lengths.add(Records.length(bytes, at, bytes.length - at));
        return lengths;
    }
}
