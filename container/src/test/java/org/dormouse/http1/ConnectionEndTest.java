package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Exchange;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.transport.ConnectionEnd;
import org.junit.jupiter.api.Test;

/** Each HTTP connection ends with one reason, which is counted. */
class ConnectionEndTest {
    private static final String GET = "GET / HTTP/1.1\nHost: h\n\n";

    private static void assertEnds(Http1Server server, ConnectionEnd... ends) {
        var expected = new EnumMap<ConnectionEnd, Long>(ConnectionEnd.class);
        for (ConnectionEnd end : ends) expected.merge(end, 1L, Long::sum);
        var counted = new EnumMap<ConnectionEnd, Long>(ConnectionEnd.class);
        var counts = server.connections.counts();
        for (ConnectionEnd end : ConnectionEnd.values())
            if (counts.closed(end) > 0) counted.put(end, counts.closed(end));
        assertThat(counted).isEqualTo(Map.copyOf(expected));
        assertThat(counts.closed()).isEqualTo(ends.length);
    }

    @Test
    void clientsThatCloseAndClientsThatResetAreCountedApart() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer polite = server.connect();
            server.talk(polite, GET);
            polite.finish();
            ScriptedPeer rude = server.connect();
            server.talk(rude, GET);
            rude.reset();
            ScriptedPeer cutShort = server.connect();
            server.talk(cutShort, "GET / HTTP/1.1\nHo");
            cutShort.finish();
            server.loop.settle();
            assertEnds(server, ConnectionEnd.PEER_CLOSED, ConnectionEnd.PEER_RESET, ConnectionEnd.PEER_CLOSED);
            assertThat(server.connections.counts().accepted()).isEqualTo(3);
        }
    }

    @Test
    void aClientThatResetsWhileItsRequestIsAtWorkIsNotTheApplicationsDoing() {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            server.talk(peer, GET);
            peer.reset();
            server.loop.settle();
            Exchange exchange = server.next();
            exchange.abort();
            exchange.finish();
            server.loop.settle();
            assertEnds(server, ConnectionEnd.PEER_RESET);
        }
    }

    @Test
    void whoeverIsSilentIsToldFromWhoeverIsIdleAndFromAHeadThatDoesNotEnd() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            server.connect();
            server.talk(server.connect(), GET);
            server.talk(server.connect(), "GET / HTTP/1.1\nHo");
            server.advance(Duration.ofSeconds(21));
            server.advance(Duration.ofSeconds(6)); // who is still sending is heard out for a while
            assertEnds(server, ConnectionEnd.HEAD_TIMEOUT, ConnectionEnd.HEAD_TIMEOUT);
            server.advance(Duration.ofSeconds(60));
            assertEnds(server, ConnectionEnd.HEAD_TIMEOUT, ConnectionEnd.HEAD_TIMEOUT, ConnectionEnd.IDLE_TIMEOUT);
        }
    }

    @Test
    void aBodyThatStopsIsCountedHoweverTheApplicationAnswersIt() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            server.talk(peer, "POST / HTTP/1.1\nHost: h\nContent-Length: 10\n\n");
            Exchange exchange = server.next();
            exchange.whenReadable(() -> {});
            server.advance(Duration.ofSeconds(31));
            assertThatThrownBy(() -> exchange.read(new byte[1], 0, 1)).isInstanceOf(BadRequest.class);
            Http1Server.answer(exchange, 408, "too slow");
            server.loop.settle();
            peer.finish();
            server.loop.settle();
            assertEnds(server, ConnectionEnd.BODY_TIMEOUT);
        }
    }

    @Test
    void aClientThatTakesNothingIsAWriteTimeoutAlsoIfItsConnectionWasToEnd() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer waitedFor = server.connect();
            waitedFor.sendBuffer(10).stopReading();
            server.talk(waitedFor, GET);
            Exchange exchange = server.next();
            exchange.commit(200, null, new org.dormouse.http.Headers(), 1_000_000);
            while (exchange.write(new byte[10_000], 0, 10_000) > 0) server.loop.settle();
            exchange.whenWritable(() -> {});
            server.advance(Duration.ofSeconds(31));
            exchange.finish();
            server.loop.settle();
            assertEnds(server, ConnectionEnd.WRITE_TIMEOUT);

            ScriptedPeer last = server.connect();
            last.sendBuffer(10).stopReading();
            server.talk(last, "GET / HTTP/1.0\n\n");
            Http1Server.answer(server.next(), 200, "Hello");
            server.loop.settle();
            server.advance(Duration.ofSeconds(31));
            assertEnds(server, ConnectionEnd.WRITE_TIMEOUT, ConnectionEnd.WRITE_TIMEOUT);
        }
    }

    @Test
    void whatIsRefusedWhatIsLeftUnreadAndWhatIsAnsweredForGoodAreCountedApart() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer refused = server.connect();
            server.talk(refused, "GET / HTTP/1.1\nHost : h\n\n");
            refused.finish();
            ScriptedPeer unread = server.connect();
            server.talk(unread, "POST / HTTP/1.1\nHost: h\nContent-Length: 100000000\n\n");
            Http1Server.answer(server.next(), 200, "I do not care");
            server.loop.settle();
            unread.finish();
            server.talk(server.connect(), "GET / HTTP/1.0\n\n");
            Http1Server.answer(server.next(), 200, "Hello");
            server.loop.settle();
            assertEnds(server, ConnectionEnd.REFUSED, ConnectionEnd.BODY_UNREAD, ConnectionEnd.ANSWERED);
        }
    }

    @Test
    void drainingCuttingAbortingAndBugsAreCountedApart() {
        var faulty = new boolean[1];
        try (var server = new Http1Server(Http1Limits.DEFAULT, exchange -> {
            if (faulty[0]) throw new IllegalStateException("a bug");
            exchange.abort();
            exchange.finish();
        })) {
            server.talk(server.connect(), GET);
            assertEnds(server, ConnectionEnd.ABORTED);
            faulty[0] = true;
            server.talk(server.connect(), GET);
            assertThat(server.loop.takeFaults()).hasSize(1);
            assertEnds(server, ConnectionEnd.ABORTED, ConnectionEnd.BUG);
            server.connect();
            server.loop.settle();
            server.connections.abortAll();
            server.loop.settle();
            assertEnds(server, ConnectionEnd.ABORTED, ConnectionEnd.BUG, ConnectionEnd.CUT);
        }
        try (var server = new Http1Server(Http1Server.HELLO)) {
            server.talk(server.connect(), GET);
            server.connections.drainAll();
            server.loop.settle();
            assertEnds(server, ConnectionEnd.DRAINED);
        }
    }
}
