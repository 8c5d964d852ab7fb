package org.dormouse.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.buffer.TrackingBufferPool;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.poller.loop.HandClock;
import org.dormouse.poller.loop.ScriptedLoop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections that begin with a PROXY header, over the kernel in memory, whose peers are at 127.0.0.1. */
class ProxyProtocolTest {
    private static final String HEADER = "PROXY TCP4 192.0.2.1 203.0.113.7 54321 443\r\n";

    private final ScriptedKernel kernel = new ScriptedKernel();
    private final ScriptedLoop loop = new ScriptedLoop(kernel, new HandClock());
    private final TrackingBufferPool pool = new TrackingBufferPool();
    private final Connections family =
            new Connections(loop.loop(), ConnectionLimits.DEFAULT, new AtomicInteger(), pool);
    private final StringBuilder shown = new StringBuilder();
    private int begun;
    private boolean drained;
    private String whyCut = "";

    @AfterEach
    void close() {
        loop.loop().execute(family::abortAll);
        loop.settle();
        assertThat(kernel.openDescriptors()).isZero();
        assertThat(kernel.misuses()).isEmpty();
        loop.close();
        pool.close();
    }

    /** Consumes and remembers. */
    private final class Recorder implements Protocol {
        @Override
        public int received(byte[] bytes, int offset, int length) {
            shown.append(new String(bytes, offset, length, StandardCharsets.ISO_8859_1));
            return length;
        }

        @Override
        public void inputEnded() {}

        @Override
        public void writable() {}

        @Override
        public void deadline() {}

        @Override
        public void drain() {
            drained = true;
        }

        @Override
        public void closed(IOException cause) {}
    }

    private Connection open(ScriptedPeer peer, String trusted, boolean refusesOthers) throws IOException {
        var settings = new ProxySettings(TrustedSources.parse(trusted), refusesOthers, 1024, Duration.ofSeconds(5));
        Connection connection =
                Connection.open(family, peer.socket(), new ProxyProtocol(settings, (cut, why) -> whyCut = why, each -> {
                    begun++;
                    return new Recorder();
                }));
        loop.settle();
        return connection;
    }

    @Test
    void theClientIsShownAndWhatFollowsReachesTheProtocolAtEverySplit() throws IOException {
        String all = HEADER + "hello";
        for (int split = 0; split <= all.length(); split++) {
            shown.setLength(0);
            begun = 0;
            ScriptedPeer peer = kernel.connect();
            Connection connection = open(peer, "127.0.0.0/8", false);
            assertThat(connection.remoteAddress()).isEqualTo("127.0.0.1");
            if (split > 0) peer.send(all.substring(0, split));
            loop.settle();
            assertThat(begun).isEqualTo(split >= HEADER.length() ? 1 : 0);
            if (split < all.length()) peer.send(all.substring(split));
            loop.settle();
            assertThat(shown).as("split at %d", split).hasToString("hello");
            assertThat(begun).isEqualTo(1);
            assertThat(connection.remoteAddress()).isEqualTo("192.0.2.1");
            assertThat(connection.remotePort()).isEqualTo(54321);
            assertThat(connection.localAddress()).isEqualTo("203.0.113.7");
            assertThat(connection.localPort()).isEqualTo(443);
            assertThat(connection.proxy()).startsWith("127.0.0.1:");
            connection.abort();
            loop.settle();
        }
    }

    @Test
    void byteByByteIsAsGoodAsWhole() throws IOException {
        ScriptedPeer peer = kernel.connect();
        Connection connection = open(peer, "127.0.0.1", false);
        for (char each : (HEADER + "abc").toCharArray()) {
            peer.send(String.valueOf(each));
            loop.settle();
        }
        assertThat(shown).hasToString("abc");
        assertThat(connection.remoteAddress()).isEqualTo("192.0.2.1");
    }

    /** CVE-2024-7885: a reader shared between connections mixes their headers up. */
    @Test
    void headersOfConnectionsThatArriveInTurnsStayWithTheirOwn() throws IOException {
        var settings = new ProxySettings(TrustedSources.parse("127.0.0.1"), false, 1024, Duration.ofSeconds(5));
        var shared = new ProxyProtocol(settings, (cut, why) -> whyCut = why, each -> new Recorder());
        var peers = new ScriptedPeer[8];
        var connections = new Connection[peers.length];
        for (int i = 0; i < peers.length; i++) {
            peers[i] = kernel.connect();
            connections[i] = Connection.open(family, peers[i].socket(), shared);
        }
        for (int at = 0; at < HEADER.length(); at++) {
            for (int i = 0; i < peers.length; i++) {
                peers[i].send(HEADER.replace("192.0.2.1 ", "192.0.2." + i + " ").substring(at, at + 1));
            }
            loop.settle();
        }
        for (int i = 0; i < peers.length; i++) {
            assertThat(connections[i].remoteAddress()).isEqualTo("192.0.2." + i);
        }
        assertThat(whyCut).isEmpty();
    }

    @Test
    void whoDoesNotBeginWithAHeaderIsCutBeforeAnythingIsBelieved() throws IOException {
        ScriptedPeer peer = kernel.connect();
        open(peer, "127.0.0.1", false);
        peer.send("GET / HTTP/1.1\r\n\r\n");
        loop.settle();
        assertThat(whyCut).isEqualTo("byte 0 is not that of a PROXY header");
        assertThat(begun).isZero();
        assertThat(kernel.openDescriptors()).isZero();
    }

    @Test
    void whoEndsWithoutAHeaderOrTakesTooLongIsClosed() throws IOException {
        ScriptedPeer leaving = kernel.connect();
        open(leaving, "127.0.0.1", false);
        leaving.finish();
        loop.settle();
        assertThat(whyCut).contains("ended before its PROXY header");
        assertThat(kernel.openDescriptors()).isZero();

        ScriptedPeer slow = kernel.connect();
        open(slow, "127.0.0.1", false);
        slow.send("PROXY ");
        loop.advance(Duration.ofMillis(4900));
        slow.send("TCP4 ");
        loop.settle();
        assertThat(kernel.openDescriptors()).isOne();
        loop.advance(Duration.ofMillis(200));
        assertThat(whyCut).isEqualTo("no PROXY header within 5000 ms (proxy-protocol.timeout)");
        assertThat(kernel.openDescriptors()).isZero();
        assertThat(begun).isZero();
    }

    @Test
    void theDeadlineOfTheHeaderEndsWithIt() throws IOException {
        ScriptedPeer peer = kernel.connect();
        open(peer, "127.0.0.1", false);
        peer.send(HEADER);
        loop.settle();
        loop.advance(Duration.ofMinutes(1));
        assertThat(kernel.openDescriptors()).isOne();
    }

    @Test
    void aStrangersHeaderIsHisFirstRequestOrTheEndOfHisConnection() throws IOException {
        ScriptedPeer plain = kernel.connect();
        Connection connection = open(plain, "192.0.2.0/24", false);
        plain.send(HEADER);
        loop.settle();
        assertThat(shown).hasToString(HEADER);
        assertThat(connection.remoteAddress()).isEqualTo("127.0.0.1");
        assertThat(connection.proxy()).isNull();
        connection.abort();
        loop.settle();

        begun = 0;
        open(kernel.connect(), "192.0.2.0/24", true);
        assertThat(whyCut).contains("proxy-protocol.others");
        assertThat(begun).isZero();
        assertThat(kernel.openDescriptors()).isZero();
    }

    @Test
    void aProxyThatSpeaksForItselfIsTheClient() throws IOException {
        ScriptedPeer peer = kernel.connect();
        Connection connection = open(peer, "127.0.0.1", false);
        peer.send("PROXY UNKNOWN\r\nhello");
        loop.settle();
        assertThat(shown).hasToString("hello");
        assertThat(connection.remoteAddress()).isEqualTo("127.0.0.1");
        assertThat(connection.proxy()).isNull();
    }

    @Test
    void whenTheServerStopsANewcomerHasASecondAndIsThenDrainedToo() throws IOException {
        ScriptedPeer peer = kernel.connect();
        open(peer, "127.0.0.1", false);
        open(kernel.connect(), "127.0.0.1", false);
        loop.loop().execute(family::drainAll);
        loop.settle();
        peer.send(HEADER);
        loop.settle();
        assertThat(drained).isTrue();
        assertThat(kernel.openDescriptors()).isEqualTo(2);
        loop.advance(Duration.ofMillis(1001));
        assertThat(kernel.openDescriptors()).isOne();
    }
}
