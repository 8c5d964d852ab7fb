package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.dormouse.http.Headers;
import org.dormouse.poller.ScriptedPeer;
import org.junit.jupiter.api.Test;

/** One connection over the kernel in memory: persistence, pipelining, framing of requests and responses. */
class Http1ConnectionTest {
    private static final String DATE = "Date: Sat, 21 Nov 2026 10:00:00 GMT\r\n";

    @Test
    void aRequestIsAnsweredAndTheConnectionWaitsForAnother() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer peer = server.connect();
            for (int i = 0; i < 3; i++) {
                assertThat(server.talk(peer, """
                        GET / HTTP/1.1
                        Host: localhost

                        """))
                        .isEqualTo("HTTP/1.1 200 OK\r\n" + DATE + "Content-Length: 5\r\n\r\nHello");
                assertThat(server.pool.lent()).isZero();
            }
            assertThat(peer.seesEnd()).isFalse();
        }
    }

    @Test
    void aHeadMayComeByteByByte() {
        try (var server = new Http1Server(Http1Server.ECHO)) {
            ScriptedPeer peer = server.connect();
            String request = "POST /a?b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nxyz";
            for (int i = 0; i < request.length(); i++) {
                peer.send(request.substring(i, i + 1));
                server.loop.settle();
            }
            assertThat(peer.takeReceivedText()).endsWith("\r\n\r\nPOST /a [xyz]");
            assertThat(server.pool.lent()).isZero();
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() {
        try (var server = new Http1Server(Http1Server.ECHO)) {
            ScriptedPeer peer = server.connect();
            String answers = server.talk(peer, """
                    GET /1 HTTP/1.1
                    Host: localhost

                    POST /2 HTTP/1.1
                    Host: localhost
                    Content-Length: 5

                    12345POST /3 HTTP/1.1
                    Host: localhost
                    Transfer-Encoding: chunked

                    3
                    abc
                    0

                    GET /4 HTTP/1.1
                    Host: localhost

                    """);
            assertThat(answers.split("HTTP/1.1 200 OK")).hasSize(5);
            assertThat(answers).containsSubsequence("GET /1 []", "POST /2 [12345]", "POST /3 [abc]", "GET /4 []");
        }
    }

    @Test
    void aBodyThatComesLaterIsWaitedFor() {
        try (var server = new Http1Server(Http1Server.ECHO)) {
            ScriptedPeer peer = server.connect();
            assertThat(server.talk(peer, """
                    POST / HTTP/1.1
                    Host: localhost
                    Content-Length: 6

                    ab""")).isEmpty();
            assertThat(server.talk(peer, "cd")).isEmpty();
            assertThat(server.talk(peer, "ef")).endsWith("POST / [abcdef]");
            assertThat(server.talk(peer, "GET / HTTP/1.1\nHost: localhost\n\n")).endsWith("GET / []");
        }
    }

    @Test
    void theClientIsAskedForItsBodyWhenSomebodyReads() {
        try (var server = new Http1Server(Http1Server.ECHO)) {
            ScriptedPeer peer = server.connect();
            assertThat(server.talk(peer, """
                    POST / HTTP/1.1
                    Host: localhost
                    Expect: 100-continue
                    Content-Length: 3

                    """)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(server.talk(peer, "abc")).startsWith("HTTP/1.1 200 OK").endsWith("POST / [abc]");
        }
    }

    @Test
    void aClientWhoseBodyNobodyWantsIsNotAskedAndTheConnectionCloses() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer peer = server.connect();
            assertThat(server.talk(peer, """
                    POST / HTTP/1.1
                    Host: localhost
                    Expect: 100-continue
                    Content-Length: 3

                    """))
                    .startsWith("HTTP/1.1 200 OK")
                    .contains("Connection: close\r\n")
                    .endsWith("Hello");
            assertThat(peer.seesEnd()).isTrue();
        }
    }

    @Test
    void anUnreadBodyIsDroppedAndTheNextRequestFound() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer peer = server.connect();
            assertThat(server.talk(peer, "POST / HTTP/1.1\nHost: localhost\nContent-Length: 10\n\n12345"))
                    .endsWith("Hello");
            assertThat(server.talk(peer, "67890GET / HTTP/1.1\nHost: localhost\n\n"))
                    .endsWith("Hello");
            assertThat(server.talk(peer, "POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n3\nabc\n"))
                    .endsWith("Hello");
            assertThat(server.talk(peer, "2\nde\n0\n\nGET / HTTP/1.1\nHost: localhost\n\n"))
                    .endsWith("Hello");
        }
    }

    @Test
    void moreBytesThanTheContentLengthAreDropped() {
        try (var server = new Http1Server(exchange -> {
            exchange.commit(200, null, new Headers(), 3);
            assertThat(exchange.write("abcdef".getBytes(), 0, 6)).isEqualTo(6);
            exchange.finish();
        })) {
            ScriptedPeer peer = server.connect();
            for (int i = 0; i < 2; i++)
                assertThat(server.talk(peer, "GET / HTTP/1.1\nHost: localhost\n\n"))
                        .endsWith("\r\n\r\nabc");
        }
    }

    @Test
    void fewerBytesThanTheContentLengthCloseTheConnection() {
        try (var server = new Http1Server(exchange -> {
            exchange.commit(200, null, new Headers(), 10);
            exchange.write("abc".getBytes(), 0, 3);
            exchange.finish();
        })) {
            ScriptedPeer peer = server.connect();
            String answer =
                    server.talk(peer, "GET /1 HTTP/1.1\nHost: localhost\n\nGET /2 HTTP/1.1\nHost: localhost\n\n");
            assertThat(answer).endsWith("Content-Length: 10\r\n\r\nabc");
            assertThat(peer.seesEnd()).isTrue();
        }
    }

    @Test
    void answersWithoutABodyHaveNone() {
        for (int status : new int[] {204, 304}) {
            try (var server = new Http1Server(exchange -> {
                exchange.commit(status, null, new Headers(), -1);
                assertThat(exchange.write("abc".getBytes(), 0, 3)).isEqualTo(3);
                exchange.finish();
            })) {
                ScriptedPeer peer = server.connect();
                String answer = server.talk(peer, "GET / HTTP/1.1\nHost: localhost\n\n");
                assertThat(answer).endsWith(DATE + "\r\n").doesNotContain("Transfer-Encoding");
                assertThat(server.talk(peer, "GET / HTTP/1.1\nHost: localhost\n\n"))
                        .isEqualTo(answer);
            }
        }
    }

    @Test
    void headGetsTheLengthAndNoBody() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer peer = server.connect();
            assertThat(server.talk(peer, "HEAD / HTTP/1.1\nHost: localhost\n\n"))
                    .endsWith("Content-Length: 5\r\n\r\n");
            assertThat(server.talk(peer, "GET / HTTP/1.1\nHost: localhost\n\n")).endsWith("Hello");
        }
    }

    @Test
    void aBodyWithoutALengthIsChunked() {
        try (var server = new Http1Server(exchange -> {
            exchange.commit(200, null, new Headers(), -1);
            exchange.write("Hello, ".getBytes(), 0, 7);
            exchange.flush();
            exchange.write("a somewhat longer piece".getBytes(), 0, 23);
            exchange.finish();
        })) {
            ScriptedPeer peer = server.connect();
            assertThat(server.talk(peer, "GET / HTTP/1.1\nHost: localhost\n\n"))
                    .endsWith(
                            "Transfer-Encoding: chunked\r\n\r\n7\r\nHello, \r\n17\r\na somewhat longer piece\r\n0\r\n\r\n");
        }
    }

    @Test
    void http10GetsCloseUnlessItAsksToStay() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer peer = server.connect();
            assertThat(server.talk(peer, "GET / HTTP/1.0\nConnection: keep-alive\n\n"))
                    .startsWith("HTTP/1.1 200 OK")
                    .contains("Connection: keep-alive\r\n");
            assertThat(server.talk(peer, "GET / HTTP/1.0\n\n"))
                    .contains("Connection: close\r\n")
                    .endsWith("Hello");
            assertThat(peer.seesEnd()).isTrue();
        }
    }

    @Test
    void http10WithoutALengthIsEndedByClose() {
        try (var server = new Http1Server(exchange -> {
            exchange.commit(200, null, new Headers(), -1);
            exchange.write("abc".getBytes(), 0, 3);
            exchange.finish();
        })) {
            ScriptedPeer peer = server.connect();
            assertThat(server.talk(peer, "GET / HTTP/1.0\nConnection: keep-alive\n\n"))
                    .contains("Connection: close\r\n")
                    .doesNotContain("chunked")
                    .endsWith("\r\n\r\nabc");
            assertThat(peer.seesEnd()).isTrue();
        }
    }

    @Test
    void connectionCloseIsHonoured() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer peer = server.connect();
            assertThat(server.talk(peer, "GET / HTTP/1.1\nHost: h\nConnection: close\n\n"))
                    .contains("Connection: close\r\n");
            assertThat(peer.seesClose()).isTrue();
        }
    }

    @Test
    void aHalfCloseBehindARequestIsNoDisconnect() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer peer = server.connect();
            peer.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").finish();
            server.loop.settle();
            assertThat(peer.takeReceivedText()).endsWith("Hello");
            assertThat(peer.seesClose()).isTrue();
        }
    }

    @Test
    void aMalformedHeadIsAnswered400AndTheConnectionClosesInStages() {
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer peer = server.connect();
            assertThat(server.talk(peer, "GET / HTTP/1.1\nHost : h\n\nmore and more"))
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .contains("Connection: close\r\n");
            assertThat(peer.seesEnd()).isTrue();
            assertThat(peer.seesClose()).isFalse();
            peer.finish();
            server.loop.settle();
            assertThat(peer.seesClose()).isTrue();
            assertThat(peer.seesReset()).isFalse();
        }
    }

    @Test
    void aFloodOfPipelinedRequestsIsHeldUpByTheWindowInsteadOfMemory() {
        byte[] flood = "GET / HTTP/1.1\r\nHost: h\r\n\r\n".repeat(10_000).getBytes(StandardCharsets.ISO_8859_1);
        try (var server = new Http1Server(Http1Server.HELLO)) {
            ScriptedPeer peer = server.connect();
            for (int turn = 0; turn < 40; turn++) {
                peer.send(flood);
                server.loop.turn();
                peer.takeReceived();
                assertThat(server.pool.largest()).isLessThanOrEqualTo(64 * 1024);
            }
            peer.reset();
            server.loop.settle();
        }
    }
}
