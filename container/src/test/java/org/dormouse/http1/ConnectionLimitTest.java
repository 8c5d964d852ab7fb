package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Exchange;
import org.dormouse.http.Headers;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.transport.ConnectionEnd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one connection may ask for altogether, and how slowly its client may take what it gets. */
class ConnectionLimitTest {
    private static final String GET = "GET / HTTP/1.1\nHost: h\n\n";

    private static void assertEnd(Http1Server server, ConnectionEnd end) {
        assertThat(server.connections.counts().closed(end)).isEqualTo(1);
        assertThat(server.connections.counts().closed()).isEqualTo(1);
    }

    // --- requests

    @Test
    void theLastRequestOfAConnectionIsToldSoAndTheNextIsDroppedWithoutAReset() {
        try (var server =
                new Http1Server(Http1Server.HELLO, Http1Server.limits("http.max-requests-per-connection", "3"))) {
            ScriptedPeer peer = server.connect();
            for (int i = 0; i < 2; i++)
                assertThat(server.talk(peer, GET)).doesNotContain("Connection").endsWith("Hello");
            assertThat(server.talk(peer, GET + GET)).containsOnlyOnce("Hello").contains("Connection: close\r\n");
            assertThat(peer.seesEnd()).isTrue();
            assertThat(server.talk(peer, GET)).isEmpty();
            peer.finish();
            server.loop.settle();
            assertThat(peer.seesClose()).isTrue();
            assertThat(peer.seesReset()).isFalse();
            assertEnd(server, ConnectionEnd.ANSWERED);
        }
    }

    @Test
    void oneRequestEachIsALimitToo() {
        try (var server =
                new Http1Server(Http1Server.HELLO, Http1Server.limits("http.max-requests-per-connection", "1"))) {
            assertThat(server.talk(server.connect(), GET))
                    .contains("Connection: close\r\n")
                    .endsWith("Hello");
        }
    }

    // --- pipelining

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 100})
    void noMoreRequestsAreBegunThanAnswersMayWaitForAClientThatTakesNone(int most) {
        int[] begun = {0};
        try (var server = new Http1Server(
                exchange -> {
                    begun[0]++;
                    Http1Server.answer(exchange, 200, "");
                },
                Http1Server.limits("http.max-pipelined", Integer.toString(most)))) {
            ScriptedPeer peer = server.connect().sendBuffer(1).stopReading();
            server.talk(peer, GET.repeat(200));
            assertThat(begun[0]).isBetween(most, most + 1);
            peer.resumeReading();
            server.loop.settle();
            assertThat(begun[0]).isEqualTo(200);
            assertThat(peer.takeReceivedText().split("HTTP/1.1 200 OK", -1)).hasSize(201);
        }
    }

    // --- the rate at which a client takes what it is sent

    @Test
    void aClientThatTakesItsResponseSlowerThanTheLeastRateIsCutHoweverSteadily() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect().sendBuffer(1000).stopReading();
            server.talk(peer, GET);
            Exchange exchange = server.next();
            exchange.commit(200, null, new Headers(), -1);
            int seconds = 0;
            boolean[] gone = {false};
            exchange.whenGone(() -> gone[0] = true);
            for (; !gone[0]; seconds += 5) {
                assertThat(seconds).isLessThan(400);
                fill(exchange);
                exchange.whenWritable(() -> {});
                server.loop.settle();
                peer.read(500); // 100 bytes a second
                server.advance(Duration.ofSeconds(5));
            }
            assertThat(seconds).isBetween(30, 120);
            assertThatThrownBy(() -> exchange.write(new byte[1], 0, 1))
                    .isInstanceOf(org.dormouse.http.ClientGone.class);
            exchange.finish();
            server.loop.settle();
            assertEnd(server, ConnectionEnd.WRITE_TIMEOUT);
        }
    }

    @Test
    void aClientThatTakesItsResponseAtTheLeastRateIsServedForAsLongAsItTakes() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect().sendBuffer(4000).stopReading();
            server.talk(peer, GET);
            Exchange exchange = server.next();
            exchange.commit(200, null, new Headers(), -1);
            exchange.whenGone(() -> {
                throw new AssertionError("cut");
            });
            for (int seconds = 0; seconds < 600; seconds += 5) {
                fill(exchange);
                exchange.whenWritable(() -> {});
                server.advance(Duration.ofSeconds(5));
                peer.read(2000); // 400 bytes a second
                server.loop.settle();
            }
            exchange.whenGone(null);
            exchange.abort();
            exchange.finish();
        }
    }

    private static void fill(Exchange exchange) throws IOException {
        byte[] much = new byte[10_000];
        int taken = much.length;
        while (taken == much.length) taken = exchange.write(much, 0, much.length);
        exchange.flush();
    }

    @Test
    void aPipelinedClientThatTakesItsAnswersSlowerThanTheLeastRateIsCut() {
        try (var server = new Http1Server(exchange -> Http1Server.answer(exchange, 200, "x".repeat(15_000)))) {
            ScriptedPeer peer = server.connect().sendBuffer(10).stopReading();
            server.talk(peer, GET.repeat(20));
            int seconds = 0;
            for (; !peer.seesEnd() && !peer.seesClose(); seconds += 5) {
                assertThat(seconds).isLessThan(200);
                peer.read(10);
                server.advance(Duration.ofSeconds(5));
            }
            assertThat(seconds).isBetween(30, 70);
            for (; server.connections.counts().closed() == 0; seconds += 5) {
                assertThat(seconds).isLessThan(200);
                peer.read(10);
                server.advance(Duration.ofSeconds(5));
            }
            assertEnd(server, ConnectionEnd.WRITE_TIMEOUT);
        }
    }

    @Test
    void theLastBytesOfAConnectionAreNotWaitedForForEver() {
        try (var server = new Http1Server(exchange -> Http1Server.answer(exchange, 200, "x".repeat(60_000)))) {
            ScriptedPeer slow = server.connect().sendBuffer(1000).stopReading();
            server.talk(slow, "GET / HTTP/1.0\n\n");
            int seconds = 0;
            for (; !slow.seesClose(); seconds += 5) {
                assertThat(seconds).isLessThan(200);
                slow.read(500); // 100 bytes a second
                server.advance(Duration.ofSeconds(5));
            }
            assertThat(seconds).isBetween(30, 70);
            assertEnd(server, ConnectionEnd.WRITE_TIMEOUT);
            ScriptedPeer steady = server.connect().sendBuffer(4000).stopReading();
            server.talk(steady, "GET / HTTP/1.0\n\n");
            for (seconds = 0; seconds < 200; seconds += 5) {
                steady.read(2000); // 400 bytes a second
                server.advance(Duration.ofSeconds(5));
            }
            assertThat(steady.takeReceived()).hasSizeGreaterThan(60_000);
        }
    }

    // --- what nobody reads

    @Test
    void aResponseThatLeavesTooLargeABodyUnreadSaysThatItIsTheLast() {
        String post = "POST / HTTP/1.1\nHost: h\nContent-Length: ";
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer peer = server.connect();
            assertThat(server.talk(peer, post + "1000000\n\nabc"))
                    .containsOnlyOnce("Connection: close\r\n\r\nHello")
                    .contains("Content-Length: 5\r\n");
            assertThat(peer.seesEnd()).isTrue();
            peer.finish();
            server.loop.settle();
            assertEnd(server, ConnectionEnd.BODY_UNREAD);
            assertThat(server.talk(server.connect(), post + "1000\n\nabc")).doesNotContain("Connection");
        }
    }

    @Test
    void aResponseThatBeganBeforeItsBodyWasReadKeepsTheConnection() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            server.talk(peer, "POST / HTTP/1.1\nHost: h\nContent-Length: 300000\n\n");
            Exchange exchange = server.next();
            exchange.commit(200, null, new Headers(), -1);
            exchange.flush();
            assertThat(peer.takeReceivedText()).doesNotContain("Connection");
            peer.send(new byte[300_000]);
            server.loop.settle();
            byte[] buffer = new byte[10_000];
            while (exchange.read(buffer, 0, buffer.length) > 0) server.loop.settle();
            exchange.finish();
            server.loop.settle();
            assertThat(peer.takeReceivedText()).isEqualTo("0\r\n\r\n");
            server.talk(peer, GET);
            Http1Server.answer(server.next(), 200, "next");
            assertThat(peer.takeReceivedText()).endsWith("next");
        }
    }

    // --- slow clients end with a reason and, where they broke something, a count

    @Test
    void slowHeadsSlowBodiesAndSlowReadersAreCountedApart() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer head = server.connect();
            ScriptedPeer body = server.connect();
            ScriptedPeer reader = server.connect().sendBuffer(10).stopReading();
            server.talk(body, "POST / HTTP/1.1\nHost: h\nContent-Length: 1000\n\n");
            Exchange uploading = server.next();
            server.talk(reader, GET);
            Exchange downloading = server.next();
            downloading.commit(200, null, new Headers(), -1);
            for (int seconds = 0; seconds < 60; seconds++) {
                uploading.whenReadable(() -> {});
                fillIfOpen(downloading);
                server.advance(Duration.ofSeconds(1));
                if (!head.seesEnd()) head.send("x");
                body.send("x");
                reader.read(1);
                server.loop.settle();
                try {
                    uploading.read(new byte[10], 0, 10);
                } catch (BadRequest e) {
                    assertThat(e.status()).isEqualTo(408);
                }
            }
            assertThat(server.counts.refused(408)).isEqualTo(2);
            Http1Server.answer(uploading, 408, "");
            downloading.finish();
            head.finish();
            body.finish();
            server.loop.settle();
            assertThat(server.connections.counts().closed(ConnectionEnd.HEAD_TIMEOUT))
                    .isEqualTo(1);
            assertThat(server.connections.counts().closed(ConnectionEnd.BODY_TIMEOUT))
                    .isEqualTo(1);
            assertThat(server.connections.counts().closed(ConnectionEnd.WRITE_TIMEOUT))
                    .isEqualTo(1);
            assertThat(server.counts.refused()).isEqualTo(2);
        }
    }

    private static void fillIfOpen(Exchange exchange) {
        try {
            fill(exchange);
            exchange.whenWritable(() -> {});
        } catch (IOException e) {
            // it was cut, which the test looks for
        }
    }
}
