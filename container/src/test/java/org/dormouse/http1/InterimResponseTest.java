package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.dormouse.http.Exchange;
import org.dormouse.http.Headers;
import org.dormouse.poller.ScriptedPeer;
import org.junit.jupiter.api.Test;

/** What is sent in front of a response (RFC 9110 §15.2). */
class InterimResponseTest {
    private static final String GET = "GET / HTTP/1.1\nHost: h\n\n";
    private static final String HINT = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";

    private static Headers link() {
        var fields = new Headers();
        fields.add("Link", "</a.css>; rel=preload");
        fields.add("Content-Length", "7");
        fields.add("Connection", "close");
        return fields;
    }

    @Test
    void earlyHintsLeaveAtOnceAndTheResponseComesBehindThem() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            server.talk(peer, GET);
            Exchange exchange = server.next();
            assertThat(exchange.interim(103, link())).isTrue();
            assertThat(peer.takeReceivedText()).isEqualTo(HINT);
            assertThat(exchange.interim(103, link())).isTrue();
            assertThat(exchange.isCommitted()).isFalse();
            Http1Server.answer(exchange, 200, "late");
            assertThat(peer.takeReceivedText())
                    .startsWith(HINT + "HTTP/1.1 200 OK\r\n")
                    .endsWith("late");
            server.talk(peer, GET);
            Http1Server.answer(server.next(), 200, "next");
            assertThat(peer.takeReceivedText()).endsWith("next");
        }
    }

    @Test
    void aClientThatWaitsFor100StillGetsItBehindAHint() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            server.talk(peer, "POST / HTTP/1.1\nHost: h\nExpect: 100-continue\nContent-Length: 3\n\n");
            Exchange exchange = server.next();
            exchange.interim(103, link());
            assertThat(exchange.read(new byte[3], 0, 3)).isZero();
            assertThat(peer.takeReceivedText()).isEqualTo(HINT + "HTTP/1.1 100 Continue\r\n\r\n");
            server.talk(peer, "abc");
            assertThat(exchange.read(new byte[3], 0, 3)).isEqualTo(3);
            exchange.interim(103, link());
            Http1Server.answer(exchange, 200, "ok");
            assertThat(peer.takeReceivedText())
                    .startsWith(HINT)
                    .contains("200 OK")
                    .doesNotContain("100 Continue");
        }
    }

    @Test
    void http10GetsNoneAndNobodyGetsOneBehindTheResponse() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer old = server.connect();
            server.talk(old, "GET / HTTP/1.0\n\n");
            Exchange exchange = server.next();
            assertThat(exchange.interim(103, link())).isFalse();
            assertThat(old.takeReceivedText()).isEmpty();
            for (int status : new int[] {100, 101, 200, 99}) {
                assertThatThrownBy(() -> exchange.interim(status, link())).isInstanceOf(IllegalArgumentException.class);
            }
            exchange.commit(200, null, new Headers(), 0);
            assertThatThrownBy(() -> exchange.interim(103, link())).isInstanceOf(IllegalStateException.class);
            exchange.finish();
        }
    }

    @Test
    void aHintToAPipelinedRequestKeepsItsPlaceBehindTheAnswerBefore() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            server.talk(peer, GET + GET);
            Http1Server.answer(server.next(), 200, "first");
            while (!server.hasNext()) server.loop.turn();
            Exchange second = server.next();
            second.interim(103, link());
            Http1Server.answer(second, 200, "second");
            server.loop.settle();
            assertThat(peer.takeReceivedText()).containsSubsequence("first", HINT, "second");
        }
    }

    @Test
    void hintsDoNotPileUpForAClientThatTakesNothing() throws IOException {
        try (var server = Http1Server.holding(Http1Server.limits("http.max-unsent-bytes", "1k"))) {
            ScriptedPeer peer = server.connect().sendBuffer(100).stopReading();
            server.talk(peer, GET);
            Exchange exchange = server.next();
            int sent = 0;
            for (int i = 0; i < 1000; i++) if (exchange.interim(103, link())) sent++;
            assertThat(sent).isBetween(10, 40);
            exchange.abort();
            exchange.finish();
        }
    }
}
