package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.dormouse.http.Exchange;
import org.dormouse.http.Headers;
import org.dormouse.poller.ScriptedPeer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields behind the body of a response (RFC 9110 §6.5, RFC 9112 §7.1.2). */
class ResponseTrailerTest {
    private static final String GET = "GET / HTTP/1.1\nHost: h\n\n";

    private static Headers fields(String name, String value) {
        var fields = new Headers();
        fields.add(name, value);
        return fields;
    }

    @Test
    void theyFollowTheLastChunkAndTheConnectionGoesOn() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            for (int round = 0; round < 2; round++) {
                server.talk(peer, GET);
                Exchange exchange = server.next();
                assertThat(exchange.mayHaveTrailers()).isTrue();
                exchange.commit(200, null, new Headers(), -1);
                exchange.write("abc".getBytes(), 0, 3);
                Headers trailers = fields("X-Sum", "6");
                trailers.add("X-More", "yes");
                exchange.endWith(trailers);
                exchange.finish();
                assertThat(peer.takeReceivedText())
                        .endsWith("\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 6\r\nX-More: yes\r\n\r\n");
            }
        }
    }

    @Test
    void anEmptyBodyAndOneThatHasLeftAlreadyMayHaveThem() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            ScriptedPeer peer = server.connect();
            server.talk(peer, GET);
            Exchange empty = server.next();
            empty.endWith(fields("A", "b"));
            empty.commit(200, null, new Headers(), -1);
            empty.finish();
            assertThat(peer.takeReceivedText()).endsWith("chunked\r\n\r\n0\r\nA: b\r\n\r\n");
            server.talk(peer, GET);
            Exchange flushed = server.next();
            flushed.commit(200, null, new Headers(), -1);
            flushed.write(new byte[100_000], 0, 100_000);
            flushed.flush();
            flushed.endWith(fields("Large", "y".repeat(40_000)));
            flushed.finish();
            server.loop.settle();
            assertThat(peer.takeReceivedText()).endsWith("\r\n0\r\nLarge: " + "y".repeat(40_000) + "\r\n\r\n");
        }
    }

    @Test
    void aBodyWithALengthAndOneOfHttp10HaveNone() throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            server.talk(server.connect(), GET);
            Exchange counted = server.next();
            counted.commit(200, null, new Headers(), 3);
            assertThat(counted.mayHaveTrailers()).isFalse();
            assertThatThrownBy(() -> counted.endWith(new Headers())).isInstanceOf(IllegalStateException.class);
            counted.finish();
            server.talk(server.connect(), "GET / HTTP/1.0\n\n");
            Exchange old = server.next();
            assertThat(old.mayHaveTrailers()).isFalse();
            assertThatThrownBy(() -> old.endWith(new Headers())).isInstanceOf(IllegalStateException.class);
            Http1Server.answer(old, 200, "");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding",
                "content-length",
                "Trailer",
                "Host",
                "Set-Cookie",
                "Content-Type",
                "Authorization"
            })
    void whatFramesRoutesOrDescribesTheMessageMayNotFollowIt(String name) throws IOException {
        try (var server = Http1Server.holding(Http1Limits.DEFAULT)) {
            server.talk(server.connect(), GET);
            Exchange exchange = server.next();
            assertThatThrownBy(() -> exchange.endWith(fields(name, "1")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(name);
            Http1Server.answer(exchange, 200, "");
        }
    }
}
