package org.dormouse.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.dormouse.poller.ScriptedPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that do a handshake wrong, by chance or on purpose: what they cost, and that nothing is left of them. */
class BadHandshakesTest {
    /** More than an ordinary step takes. A turn shows what is kept and what has come, each with a bound of 64. */
    private static final int MAX_CALLS = 140;

    private static final int[] TYPES = {0, 20, 21, 22, 23, 24, 255};
    private static final int[] LENGTHS = {0, 1, 2, 4, 40, 16_384, 16_385, 16_704, 16_705, 18_432, 65_535};

    private static final SSLContext KNOWN = TestCertificates.clientContext(TestCertificates.CLIENT);

    private final CountingContext counting =
            CountingContext.of(TestCertificates.serverContext(TestCertificates.SERVER_EC, TestCertificates.SERVER_RSA));
    private final TlsHost host = new TlsHost(counting, TlsServer.BOTH, null, ClientAuthentication.WANT, List.of());

    private TlsServer server() {
        return new TlsServer(TlsSettings.DEFAULT, name -> host);
    }

    private static List<byte[]> records(byte[] bytes) {
        var records = new ArrayList<byte[]>();
        for (int at = 0; at < bytes.length; ) {
            int length = Records.length(bytes, at, bytes.length - at);
            records.add(Arrays.copyOfRange(bytes, at, at + length));
            at += length;
        }
        return records;
    }

    private static byte[] record(int type, int length) {
        byte[] record = new byte[5 + length];
        record[0] = (byte) type;
        record[1] = 3;
        record[2] = 3;
        record[3] = (byte) (length >> 8);
        record[4] = (byte) length;
        return record;
    }

    /** Shakes hands but for one record of the client, in whose place {@code bad} is sent; false if it has no such record. */
    private boolean shakeBut(TlsServer server, String version, int place, byte[] bad) throws SSLException {
        ScriptedPeer peer = server.connect();
        var client = new EngineClient(KNOWN, version, null);
        int seen = 0;
        byte[] next = client.advance(new byte[0]);
        while (next.length > 0) {
            for (byte[] each : records(next)) {
                counting.takeCalls();
                boolean isIt = seen++ == place;
                peer.send(isIt ? bad : each);
                server.loop.settle();
                assertThat(counting.takeCalls()).isLessThan(MAX_CALLS);
                if (isIt) return end(server, peer);
            }
            next = client.advance(peer.takeReceived());
        }
        peer.send(bad);
        server.loop.settle();
        return !end(server, peer) || seen > place;
    }

    /** Whatever it waits for does not come. */
    private boolean end(TlsServer server, ScriptedPeer peer) {
        if (!peer.seesClose()) peer.finish();
        server.loop.settle();
        assertThat(counting.takeCalls()).isLessThan(MAX_CALLS);
        assertThat(peer.seesClose()).isTrue();
        assertThat(server.pool.lent()).isZero();
        assertThat(server.handshakes.underWay()).isZero();
        return true;
    }

    /** CVE-2021-28165, CVE-2021-41079, CVE-2023-1108, CVE-2024-5971: a loop that an odd record keeps busy for ever. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void everyOddRecordAtEveryStepEndsTheHandshakeInAFewCalls(String version) throws IOException {
        try (var server = server()) {
            for (int type : TYPES) {
                for (int length : LENGTHS) {
                    boolean hasMore = true;
                    for (int place = 0; hasMore && place < 12; place++)
                        hasMore = shakeBut(server, version, place, record(type, length));
                }
            }
        }
    }

    /** CVE-2022-2191: buffers that a failed handshake keeps. */
    @Test
    void buffersAndPlacesComeBackAfterThousandsOfBadHandshakes() throws IOException {
        var random = new Random(20261121);
        byte[][] hellos = new byte[8][];
        for (int i = 0; i < hellos.length; i++)
            hellos[i] = EngineClient.of(TlsServer.BOTH.get(i % 2)).advance(new byte[0]);
        try (var server = server()) {
            for (int i = 0; i < 2000; i++) {
                byte[] bad = hellos[random.nextInt(hellos.length)].clone();
                for (int j = random.nextInt(3); j > 0; j--)
                    bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
                if (random.nextBoolean()) bad = Arrays.copyOf(bad, random.nextInt(bad.length + 40));
                ScriptedPeer peer = server.connect();
                counting.takeCalls();
                peer.send(bad);
                server.loop.settle();
                switch (random.nextInt(3)) {
                    case 0 -> peer.reset();
                    case 1 -> peer.close();
                    default ->
                        peer.send(record(TYPES[random.nextInt(TYPES.length)], random.nextInt(600)))
                                .finish();
                }
                server.loop.settle();
                assertThat(counting.takeCalls()).isLessThan(MAX_CALLS);
                assertThat(server.pool.lent()).as("round %d", i).isZero();
                assertThat(server.kernel.openDescriptors()).as("round %d", i).isZero();
            }
            assertThat(server.handshakes.underWay()).isZero();
        }
    }

    /** CVE-2024-38286: handshakes that begin and never end. */
    @Test
    void tenThousandHalfHandshakesAreBoundedInNumberAndTime() throws IOException {
        byte[] hello = EngineClient.of("TLSv1.3").advance(new byte[0]);
        var settings = new TlsSettings(500, Duration.ofSeconds(10), 16 * 1024, 256 * 1024);
        try (var server = new TlsServer(settings, name -> host)) {
            for (int i = 0; i < 10_000; i++) {
                ScriptedPeer peer = server.connect();
                if (i % 2 == 0) peer.send(hello);
                else peer.send(Arrays.copyOf(hello, i % hello.length));
                if (i % 100 == 0) server.loop.settle();
            }
            server.loop.settle();
            assertThat(server.handshakes.underWay()).isEqualTo(500);
            server.advance(Duration.ofSeconds(10));
            server.advance(Duration.ofSeconds(5)); // those that were turned away linger
            assertThat(server.kernel.openDescriptors()).isZero();
            assertThat(server.handshakes.underWay()).isZero();
            assertThat(server.pool.lent()).isZero();
        }
    }

    @Test
    void manyTinyRecordsTakeManyTurnsAndNoLongOne() throws IOException {
        try (var server = server()) {
            ScriptedPeer peer = server.connect();
            EngineClient client = EngineClient.of("TLSv1.2");
            peer.send(client.advance(new byte[0]));
            server.loop.settle();
            counting.takeCalls();
            // A certificate of 8000 bytes, each in a record of its own.
            var flood = new ByteArrayOutputStream();
            flood.writeBytes(new byte[] {22, 3, 3, 0, 4, 11, 0, 0x1f, 0x40});
            for (int i = 0; i < 7000; i++) flood.writeBytes(new byte[] {22, 3, 3, 0, 1, 0});
            peer.send(flood.toByteArray());
            int most = 0;
            int all = 0;
            for (int i = 0; i < 500 && all < 7001; i++) {
                server.loop.turn();
                int calls = counting.takeCalls();
                most = Math.max(most, calls);
                all += calls;
            }
            assertThat(all).isEqualTo(7001);
            assertThat(most).isLessThan(MAX_CALLS);
            end(server, peer);
        }
    }
}
