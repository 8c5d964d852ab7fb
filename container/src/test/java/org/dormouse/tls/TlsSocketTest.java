package org.dormouse.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.PeerLeft;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over a connection after its handshake. */
class TlsSocketTest {
    private final Random random = new Random(20261121);

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void sendAll(ScriptedPeer peer, TlsServer server, byte[] bytes, int piece) {
        for (int at = 0; at < bytes.length; at += piece) {
            peer.send(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + piece)));
            server.loop.settle();
        }
    }

    private static void giveBack(TlsServer server, Connection connection) {
        if (!connection.giveBackIdle()) connection.giveBack(true);
        server.loop.settle();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void manyBytesComeBackAsTheyWereInPiecesOfAnySize(String version) throws IOException {
        for (int piece : new int[] {7, 1000, 16 * 1024, 16_405, 16_406, 16_407, 17 * 1024, 40_000, 200_000}) {
            try (var server = new TlsServer()) {
                ScriptedPeer peer = server.connect();
                EngineClient client = server.shake(peer, version);
                byte[] sent = bytes(piece < 100 ? 3_000 : 150_000);
                sendAll(peer, server, client.encrypt(sent), piece);
                server.talk(peer, client);
                assertThat(client.takePlaintext()).as("pieces of %d", piece).isEqualTo(sent);
                assertThat(server.pool.lent()).isZero();
            }
        }
    }

    /** More records than one receive looks at, which no event announces again. */
    @Test
    void nothingOfManySmallRecordsIsForgotten() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            var all = new ByteArrayOutputStream();
            for (int i = 0; i < 1000; i++) all.writeBytes(client.encrypt("x"));
            server.talk(peer, client, all.toByteArray());
            assertThat(client.takePlaintext()).hasSize(1000);
        }
    }

    /** What a borrower receives into arrays of its own, smaller than a record. */
    @Test
    void aBorrowerOfTheInputReceivesAllOfARecordInSmallPieces() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            Connection connection = server.lastEcho().connection;
            byte[] sent = bytes(60_000);
            connection.lend();
            peer.send(client.encrypt(sent));
            server.loop.settle();
            var got = new ByteArrayOutputStream();
            byte[] target = new byte[999];
            for (int count = connection.receive(target, 0, 999); count > 0; count = connection.receive(target, 0, 999))
                got.write(target, 0, count);
            assertThat(got.toByteArray()).isEqualTo(sent);
            giveBack(server, connection);
            server.talk(peer, client, client.encrypt("then"));
            assertThat(server.lastEcho().seen).hasToString("then");
        }
    }

    @Test
    void whatABorrowerLeavesUnreadIsShownWhenTheInputComesBack() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            Connection connection = server.lastEcho().connection;
            connection.lend();
            peer.send(client.encrypt("0123456789"));
            server.loop.settle();
            assertThat(connection.receive(new byte[4], 0, 4)).isEqualTo(4);
            assertThat(connection.giveBackIdle()).isFalse();
            connection.giveBack(true);
            server.loop.settle();
            connection.showMore();
            server.talk(peer, client);
            assertThat(server.lastEcho().seen).hasToString("456789");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aSlowReaderGetsEveryByteOnceAndInOrder(String version) throws IOException {
        for (int room : new int[] {1, 13, 1000, 16_000, 16_405}) {
            try (var server = new TlsServer()) {
                ScriptedPeer peer = server.connect();
                EngineClient client = server.shake(peer, version);
                byte[] sent = bytes(room < 100 ? 300 : 100_000);
                peer.sendBuffer(room).stopReading();
                peer.send(client.encrypt(sent));
                server.loop.settle();
                var got = new ByteArrayOutputStream();
                for (int i = 0; i < 100_000 && got.size() < sent.length; i++) {
                    peer.read(1 + random.nextInt(room));
                    server.loop.settle();
                    client.advance(peer.takeReceived());
                    got.writeBytes(client.takePlaintext());
                }
                assertThat(got.toByteArray()).as("room %d", room).isEqualTo(sent);
                server.loop.settle();
                assertThat(server.lastEcho().connection.unsentBytes()).isZero();
                assertThat(server.pool.lent()).isZero();
            }
        }
    }

    /** One byte whose record does not leave is not reported as sent, or nobody would come back for the record. */
    @Test
    void aSingleByteThatDoesNotLeaveIsStillUnsent() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            peer.sendBuffer(5).stopReading();
            Connection connection = server.lastEcho().connection;
            server.lastEcho().send(new byte[] {'a'}, 0, 1);
            assertThat(connection.unsentBytes()).isOne();
            server.lastEcho().send(new byte[] {'b', 'c'}, 0, 2); // more than before is offered now
            assertThat(connection.unsentBytes()).isEqualTo(3);
            peer.sendBuffer(1000).resumeReading();
            server.talk(peer, client);
            assertThat(client.takeText()).isEqualTo("abc");
            assertThat(connection.unsentBytes()).isZero();
        }
    }

    @Test
    void aByteHeldBackIsNotSentTwiceWhoeverSendsNext() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            Connection connection = server.lastEcho().connection;
            connection.lend();
            peer.sendBuffer(100).stopReading();
            byte[] body = bytes(10_000);
            int taken = connection.sendDirectly(body, 0, body.length);
            assertThat(taken).isEqualTo(9_999);
            assertThat(connection.sendDirectly(body, taken, 1)).isZero();
            peer.sendBuffer(100_000).resumeReading();
            server.loop.settle();
            assertThat(connection.sendDirectly(body, taken, 1)).isOne();
            giveBack(server, connection);
            server.talk(peer, client);
            assertThat(client.takePlaintext()).isEqualTo(body);
        }
    }

    @Test
    void bothSidesUpdateTheirKeys() throws Exception {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            for (int i = 0; i < 40; i++) {
                // In an engine that has shaken hands this asks both sides for new keys.
                client.engine.beginHandshake();
                byte[] update = client.advance(new byte[0]);
                assertThat(update).isNotEmpty();
                server.talk(peer, client, update);
                byte[] data = bytes(5_000); // enough to be allowed another
                server.talk(peer, client, client.encrypt(data));
                assertThat(client.takePlaintext()).isEqualTo(data);
            }
        }
    }

    /** The answer to an update is sent although nobody has anything else to send. */
    @Test
    void anUpdateOfKeysIsAnsweredBySilentServersToo() throws Exception {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            client.engine.beginHandshake();
            peer.send(client.advance(new byte[0]));
            server.loop.settle();
            assertThat(peer.takeReceived()).isNotEmpty();
            assertThat(server.pool.lent()).isZero();
        }
    }

    @Test
    void nothingButUpdatesOfKeysIsRefused() throws Exception {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            for (int i = 0; i < 100 && server.notes.isEmpty(); i++) {
                client.engine.beginHandshake();
                peer.send(client.advance(new byte[0]));
                server.loop.settle();
                if (server.notes.isEmpty()) client.advance(peer.takeReceived());
            }
            assertThat(server.notes).containsExactly("TLS: the peer sends records without data, more than 32");
            assertThat(peer.seesClose()).isTrue();
            assertThat(server.ended(ConnectionEnd.TLS_ERROR)).isOne();
        }
    }

    @Test
    void updatesOfKeysThatCannotBeAnsweredAreRefusedSooner() throws Exception {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            peer.sendBuffer(1).stopReading();
            server.lastEcho().send(new byte[] {1}, 0, 1);
            for (int i = 0; i < 100 && server.notes.isEmpty(); i++) {
                client.engine.beginHandshake();
                peer.send(client.advance(new byte[0]));
                server.loop.settle();
            }
            assertThat(server.notes).containsExactly("TLS: the peer has 17 updates of keys unanswered");
        }
    }

    @Test
    void anotherHandshakeOfAnOldVersionIsRefused() throws Exception {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.2");
            client.engine.beginHandshake();
            byte[] hello = client.advance(new byte[0]);
            assertThat(hello[0]).isEqualTo((byte) 22);
            peer.send(hello);
            server.loop.settle();
            assertThat(server.notes).containsExactly("TLS: the peer asks for renegotiation");
            assertThat(server.ended(ConnectionEnd.TLS_ERROR)).isOne();
            assertThatThrownBy(() -> client.advance(peer.takeReceived()))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("unexpected_message");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aChangedRecordIsAnsweredWithAnAlertAndNothingOfItIsShown(String version) throws IOException {
        byte[] reference = {};
        for (int at = 0; at == 0 || at < reference.length; at++) {
            if (at == 1 || at == 2) continue; // the version in a record means nothing (RFC 8446 §5.1)
            try (var server = new TlsServer()) {
                ScriptedPeer peer = server.connect();
                EngineClient client = server.shake(peer, version);
                byte[] record = client.encrypt("hello");
                reference = record;
                record[at] ^= (byte) (at == 3 || at == 4 ? 0x40 : 0x81);
                peer.send(record);
                if (at == 3 || at == 4) peer.send(new byte[17_000]); // it waits for the rest of a longer one
                server.loop.settle();
                assertThat(server.echoes.getLast().seen).as("byte %d", at).isEmpty();
                assertThat(server.notes).as("byte %d", at).hasSize(1);
                assertThat(server.ended(ConnectionEnd.TLS_ERROR))
                        .as("byte %d", at)
                        .isOne();
                assertThatThrownBy(() -> client.advance(peer.takeReceived()))
                        .as("byte %d", at)
                        .isInstanceOf(SSLException.class)
                        .hasMessageContaining("Received fatal alert");
                assertThat(peer.seesReset()).isFalse();
            }
        }
    }

    @Test
    void theEndInOrderIsAnEndAndTheServerSaysGoodbyeToo() throws IOException {
        for (String version : TlsServer.BOTH) {
            try (var server = new TlsServer()) {
                ScriptedPeer peer = server.connect();
                EngineClient client = server.shake(peer, version);
                server.talk(peer, client, client.encrypt("hello"));
                peer.send(client.closeNotify());
                server.loop.settle();
                assertThat(server.lastEcho().sawEnd).isTrue();
                client.advance(peer.takeReceived());
                assertThat(client.takeText()).isEqualTo("hello");
                assertThat(client.seesEnd()).isTrue();
                assertThat(peer.seesClose()).isTrue();
                assertThat(server.ended(ConnectionEnd.PEER_CLOSED)).isOne();
            }
        }
    }

    /** In 1.3 each direction has an end of its own (RFC 8446 §6.1). */
    @Test
    void whoHasSaidGoodbyeStillGetsWhatIsSent() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            server.lastEcho().closesAtEnd = false;
            peer.send(client.closeNotify());
            server.loop.settle();
            assertThat(server.lastEcho().sawEnd).isTrue();
            assertThat(server.lastEcho().connection.encryption().isTruncated()).isFalse();
            server.lastEcho().send(new byte[] {'o', 'k'}, 0, 2);
            server.talk(peer, client);
            assertThat(client.takeText()).isEqualTo("ok");
        }
    }

    @Test
    void anEndWithoutGoodbyeIsAnEndThatCanBeToldFromTheOther() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            server.lastEcho().closesAtEnd = false;
            byte[] hello = client.encrypt("hello");
            byte[] cut = client.encrypt("lost");
            peer.send(hello).send(Arrays.copyOf(cut, 10)).finish();
            server.loop.settle();
            assertThat(server.lastEcho().seen).hasToString("hello");
            assertThat(server.lastEcho().sawEnd).isTrue();
            assertThat(server.lastEcho().connection.encryption().isTruncated()).isTrue();
        }
    }

    @Test
    void aCloseInOrderSaysGoodbyeAfterTheLastBytes() throws IOException {
        for (boolean lingers : new boolean[] {true, false}) {
            try (var server = new TlsServer()) {
                ScriptedPeer peer = server.connect();
                EngineClient client = server.shake(peer, "TLSv1.3");
                Connection connection = server.lastEcho().connection;
                peer.sendBuffer(1000).stopReading();
                byte[] sent = bytes(50_000);
                server.lastEcho().send(sent, 0, sent.length);
                if (lingers) connection.closeWhenSent(ConnectionEnd.ANSWERED);
                else connection.closeWhenSentAtOnce(ConnectionEnd.ANSWERED);
                server.loop.settle();
                peer.sendBuffer(100_000).resumeReading();
                server.loop.settle();
                client.advance(peer.takeReceived());
                assertThat(client.takePlaintext()).isEqualTo(sent);
                assertThat(client.seesEnd()).isTrue();
                assertThat(peer.seesEnd()).isTrue();
            }
        }
    }

    /** What a client still sends after the last answer is dropped without being decrypted. */
    @Test
    void lingeringTakesWhateverComes() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            server.shake(peer, "TLSv1.3");
            server.lastEcho().connection.closeWhenSent(ConnectionEnd.ANSWERED);
            server.loop.settle();
            assertThat(peer.seesEnd()).isTrue();
            peer.send(bytes(100_000));
            server.loop.settle();
            assertThat(server.notes).isEmpty();
            assertThat(server.pool.lent()).isZero();
            peer.finish();
            server.loop.settle();
            assertThat(peer.seesClose()).isTrue();
            assertThat(peer.seesReset()).isFalse();
        }
    }

    @Test
    void anAbortSaysNoGoodbye() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            server.lastEcho().connection.abort();
            server.loop.settle();
            assertThat(peer.seesClose()).isTrue();
            assertThat(peer.takeReceived()).isEmpty();
            assertThat(client.seesEnd()).isFalse();
        }
    }

    @Test
    void buffersComeBackWhenAConnectionIsCutWithBytesUnderWay() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            peer.sendBuffer(100).stopReading();
            peer.send(client.encrypt(bytes(30_000)));
            byte[] half = client.encrypt(bytes(5_000));
            peer.send(Arrays.copyOf(half, 3_000));
            server.loop.settle();
            assertThat(server.pool.lent()).isPositive();
            peer.reset();
            server.loop.settle();
            assertThat(server.pool.lent()).isZero();
            assertThat(peer.seesClose()).isTrue();
        }
    }

    @Test
    void aBorrowerMeetsAnErrorWhenTheStreamIsBroken() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            Connection connection = server.lastEcho().connection;
            connection.lend();
            byte[] record = client.encrypt("hello");
            record[10] ^= 1;
            peer.send(client.encrypt("never read")); // in the wrong order, too
            peer.send(record);
            server.loop.settle();
            assertThatThrownBy(() -> connection.receive(new byte[100], 0, 100)).isInstanceOf(PeerLeft.class);
            connection.giveBack(true);
            server.loop.settle();
            assertThat(peer.seesClose()).isTrue();
            assertThat(server.ended(ConnectionEnd.TLS_ERROR)).isOne();
        }
    }

    /** An exchange that meets the error has not answered yet, and cuts what it cannot answer. */
    @Test
    void theAlertArrivesAlsoIfTheBorrowerCutsTheConnection() throws IOException {
        try (var server = new TlsServer()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = server.shake(peer, "TLSv1.3");
            server.talk(peer, client, client.encrypt("first"));
            Connection connection = server.lastEcho().connection;
            connection.lend();
            byte[] record = client.encrypt("hello");
            record[record.length - 1] ^= 1;
            peer.send(record);
            server.loop.settle();
            assertThatThrownBy(() -> connection.receive(new byte[100], 0, 100)).isInstanceOf(PeerLeft.class);
            connection.abort();
            server.loop.settle();
            connection.giveBack(true);
            server.loop.settle();
            assertThatThrownBy(() -> client.advance(peer.takeReceived()))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("Received fatal alert");
            assertThat(peer.seesClose()).isTrue();
            assertThat(server.ended(ConnectionEnd.TLS_ERROR)).isOne();
        }
    }

    @Test
    void anIdleConnectionHoldsNoBuffer() throws IOException {
        try (var server = new TlsServer()) {
            for (int i = 0; i < 50; i++) {
                ScriptedPeer peer = server.connect();
                EngineClient client = server.shake(peer, i % 2 == 0 ? "TLSv1.3" : "TLSv1.2");
                server.talk(peer, client, client.encrypt(bytes(100 + 1000 * i)));
                assertThat(server.pool.lent()).isZero();
                SSLEngine engine = client.engine;
                assertThat(engine.isInboundDone()).isFalse();
            }
        }
    }
}
