package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Exchange;
import org.dormouse.http.Headers;
import org.dormouse.poller.ScriptedPeer;
import org.junit.jupiter.api.Test;

/** What happens to a client that takes too long, with a clock moved by hand. The defaults: head 20 s, keep-alive 60 s, body and write 30 s. */
class Http1TimeoutTest {
    private static final String GET = "GET / HTTP/1.1\nHost: h\n\n";

    @Test
    void aConnectionOnWhichNothingComesIsClosedAfterTheHeadTimeout() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer peer = server.connect();
            server.advance(Duration.ofSeconds(19));
            assertThat(peer.seesEnd()).isFalse();
            server.advance(Duration.ofSeconds(2));
            assertThat(peer.seesClose()).isTrue();
            assertThat(peer.takeReceivedText()).isEmpty();
        }
    }

    @Test
    void aHeadThatNeverEndsIsAnswered408HoweverSteadilyItDrips() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer peer = server.connect();
            assertThat(server.talk(peer, GET)).endsWith("Hello");
            server.talk(peer, "GET / HTTP/1.1\nA: ");
            for (int i = 0; i < 19; i++) {
                server.advance(Duration.ofSeconds(1));
                server.talk(peer, "x");
            }
            assertThat(peer.seesEnd()).isFalse();
            server.advance(Duration.ofMillis(1100));
            assertThat(peer.takeReceivedText()).startsWith("HTTP/1.1 408 ").contains("(http.head-timeout)");
            assertThat(peer.seesEnd()).isTrue();
        }
    }

    @Test
    void anIdleConnectionIsClosedAfterTheKeepAliveTimeoutCountedFromItsLastAnswer() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer peer = server.connect();
            for (int i = 0; i < 3; i++) {
                assertThat(server.talk(peer, GET)).endsWith("Hello");
                server.advance(Duration.ofSeconds(59));
                assertThat(peer.seesEnd()).isFalse();
            }
            server.advance(Duration.ofSeconds(2));
            assertThat(peer.seesClose()).isTrue();
        }
    }

    @Test
    void aServletMayTakeLongerThanAnyTimeout() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            server.talk(peer, GET);
            server.advance(Duration.ofHours(1));
            Http1Server.answer(server.next(), 200, "late");
            server.loop.settle();
            assertThat(peer.takeReceivedText()).endsWith("late");
            server.advance(Duration.ofSeconds(59));
            assertThat(peer.seesEnd()).isFalse();
            server.advance(Duration.ofSeconds(2));
            assertThat(peer.seesClose()).isTrue();
        }
    }

    @Test
    void aBodyThatStopsFailsTheRead() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            server.talk(peer, "POST / HTTP/1.1\nHost: h\nContent-Length: 10\n\n12345");
            Exchange exchange = server.next();
            byte[] buffer = new byte[10];
            assertThat(exchange.read(buffer, 0, 10)).isEqualTo(5);
            assertThat(exchange.read(buffer, 0, 10)).isZero();
            var woken = new ArrayList<String>();
            server.advance(Duration.ofMinutes(5)); // nobody waits: the application is slow, not the client
            assertThat(exchange.read(buffer, 0, 10)).isZero();
            exchange.whenReadable(() -> woken.add("readable"));
            server.advance(Duration.ofSeconds(29));
            assertThat(woken).isEmpty();
            server.advance(Duration.ofSeconds(2));
            assertThat(woken).containsExactly("readable");
            assertThatThrownBy(() -> exchange.read(buffer, 0, 10))
                    .isInstanceOf(BadRequest.class)
                    .hasMessageContaining("http.body-timeout")
                    .extracting("status")
                    .isEqualTo(408);
            Http1Server.answer(exchange, 408, "too slow");
            server.loop.settle();
            assertThat(peer.takeReceivedText())
                    .contains("Connection: close\r\n")
                    .endsWith("too slow");
            assertThat(peer.seesEnd()).isTrue();
        }
    }

    @Test
    void aBodyThatDripsSlowerThanTheLeastRateFailsTheRead() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            server.talk(peer, "POST / HTTP/1.1\nHost: h\nContent-Length: 1000\n\n");
            Exchange exchange = server.next();
            byte[] buffer = new byte[10];
            var woken = new ArrayList<String>();
            int seconds = 0;
            for (boolean failed = false; !failed; seconds += 5) {
                assertThat(seconds).isLessThan(60);
                exchange.whenReadable(() -> woken.add("readable"));
                server.advance(Duration.ofSeconds(5));
                server.talk(peer, "x");
                try {
                    assertThat(exchange.read(buffer, 0, 10)).isPositive();
                } catch (BadRequest e) {
                    failed = true;
                }
            }
            assertThat(seconds).isBetween(30, 40);
            exchange.abort();
            exchange.finish();
        }
    }

    @Test
    void anUnreadBodyThatStopsClosesTheConnection() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer peer = server.connect();
            assertThat(server.talk(peer, "POST / HTTP/1.1\nHost: h\nContent-Length: 10\n\n12345"))
                    .endsWith("Hello");
            server.advance(Duration.ofSeconds(29));
            assertThat(peer.seesEnd()).isFalse();
            server.advance(Duration.ofSeconds(2));
            assertThat(peer.seesEnd()).isTrue();
        }
    }

    @Test
    void aClientThatStopsReadingIsCutOff() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect().sendBuffer(10_000).stopReading();
            server.talk(peer, GET);
            Exchange exchange = server.next();
            byte[] much = new byte[1_000_000];
            exchange.commit(200, null, new Headers(), much.length);
            int sent = 0;
            for (int count = exchange.write(much, 0, much.length);
                    count > 0;
                    count = exchange.write(much, sent, much.length - sent)) sent += count;
            assertThat(sent).isBetween(64 * 1024, 128 * 1024);
            var events = new ArrayList<String>();
            exchange.whenGone(() -> events.add("gone"));
            exchange.whenWritable(() -> events.add("writable"));
            server.advance(Duration.ofSeconds(29));
            assertThat(events).isEmpty();
            server.advance(Duration.ofSeconds(2));
            assertThat(events).containsExactlyInAnyOrder("gone", "writable");
            assertThatThrownBy(() -> exchange.write(much, 0, 1)).isInstanceOf(org.dormouse.http.ClientGone.class);
            assertThat(peer.seesClose()).isFalse();
            exchange.finish();
            server.loop.settle();
            assertThat(peer.seesClose()).isTrue();
        }
    }

    @Test
    void theLastBytesForAClientThatStoppedReadingAreGivenUp() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer peer = server.connect().sendBuffer(10).stopReading();
            server.talk(peer, "GET / HTTP/1.1\nHost: h\nConnection: close\n\n");
            server.advance(Duration.ofSeconds(29));
            assertThat(peer.seesClose()).isFalse();
            server.advance(Duration.ofSeconds(2));
            assertThat(peer.seesClose()).isTrue();
        }
    }

    @Test
    void lingeringAfterARefusalEndsByTimeAndByBytes() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer slow = server.connect();
            assertThat(server.talk(slow, "nonsense\n\n")).startsWith("HTTP/1.1 400");
            ScriptedPeer busy = server.connect();
            assertThat(server.talk(busy, "nonsense\n\n")).startsWith("HTTP/1.1 400");
            for (int i = 0; i < 63; i++) {
                busy.send(new byte[256 * 1024]);
                server.loop.settle();
            }
            assertThat(busy.seesClose()).isFalse();
            busy.send(new byte[512 * 1024]);
            server.loop.settle();
            assertThat(busy.seesClose()).isTrue();
            assertThat(slow.seesClose()).isFalse();
            server.advance(Duration.ofSeconds(6));
            assertThat(slow.seesClose()).isTrue();
        }
    }

    @Test
    void scheduledTasksRunUnlessTakenBack() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            server.talk(peer, GET);
            Exchange exchange = server.next();
            var ran = new ArrayList<String>();
            exchange.schedule(Duration.ofSeconds(1).toNanos(), () -> ran.add("one"));
            Runnable cancel = exchange.schedule(Duration.ofSeconds(2).toNanos(), () -> ran.add("two"));
            exchange.schedule(Duration.ofSeconds(3).toNanos(), () -> ran.add("three"));
            server.advance(Duration.ofMillis(1500));
            cancel.run();
            assertThat(ran).containsExactly("one");
            server.advance(Duration.ofSeconds(3));
            assertThat(ran).containsExactly("one", "three");
            Http1Server.answer(exchange, 200, "");
        }
    }
}
