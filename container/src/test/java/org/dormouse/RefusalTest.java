package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is refused, seen by a client that first sends all it has, 10 MiB more than the server wants, and only then reads. */
@Timeout(60)
class RefusalTest {
    private static final byte[] MORE = new byte[10 * 1024 * 1024];

    private static Dormouse server;

    private static final class Reading extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            request.getInputStream().transferTo(OutputStream.nullOutputStream());
        }
    }

    private static final class Unauthorized extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setHeader("WWW-Authenticate", "Basic realm=\"r\"");
            response.sendError(401);
        }
    }

    private static final class NotReading extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("no, thank you");
        }
    }

    @BeforeAll
    static void start() throws IOException {
        server = Mode.builder()
                .host("127.0.0.1")
                .port(0)
                .set("http.max-body-bytes", "16m")
                .deploy(Mode.app("/")
                        .servlet("/read", new Reading())
                        .servlet("/ignore", new NotReading())
                        .servlet("/private", new Unauthorized()))
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Stream<Arguments> refused() {
        String post = "POST /read HTTP/1.1\nHost: h\n";
        String chunked = post + "Transfer-Encoding: chunked\n\n";
        return Stream.of(
                Arguments.of(400, "byte 32 in field name", "GET / HTTP/1.1\nHost : h\n\n"),
                Arguments.of(400, "no Host field", "GET / HTTP/1.1\n\n"),
                Arguments.of(414, "limit 8192 (http.max-target-bytes)", "GET /" + "x".repeat(8192) + " HTTP/1.1\n"),
                Arguments.of(431, "limit 16384 (http.max-head-bytes)", post + "A: " + "x".repeat(20_000)),
                Arguments.of(431, "more than 100 fields (http.max-fields)", post + "A: b\n".repeat(100)),
                Arguments.of(501, "method of at least 65 bytes", "X".repeat(10_000)),
                Arguments.of(501, "transfer coding", post + "Transfer-Encoding: gzip, chunked\n\n"),
                Arguments.of(501, "CONNECT", "CONNECT h:1 HTTP/1.1\nHost: h:1\n\n"),
                Arguments.of(405, "TRACE", "TRACE / HTTP/1.1\nHost: h\n\n"),
                Arguments.of(417, "expectation", post + "Expect: tea\nContent-Length: 1\n\n"),
                Arguments.of(505, "version HTTP/2.0", "GET / HTTP/2.0\n\n"),
                Arguments.of(413, "limit 16777216 (http.max-body-bytes)", post + "Content-Length: 16777217\n\n"),
                Arguments.of(413, "limit 16777216 (http.max-body-bytes)", chunked + "1000001\n"),
                Arguments.of(413, "limit 16777216 (http.max-body-bytes)", chunked + "80000000\n"),
                Arguments.of(400, "chunk size of more than 15 digits", chunked + "10000000000000001\n"),
                Arguments.of(
                        400,
                        "more than 4096 bytes (http.max-chunk-extension-bytes)",
                        chunked + "1;" + "a".repeat(5000) + "\n"),
                Arguments.of(
                        431,
                        "more than 8192 bytes (http.max-trailer-bytes)",
                        chunked + "0\nA: " + "a".repeat(9000) + "\n"),
                Arguments.of(431, "more than 100 trailers (http.max-fields)", chunked + "0\n" + "A: b\n".repeat(101)));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void aClientThatSendsOnReadsWhyItWasRefused(int status, String reason, String request) throws IOException {
        try (var peer = RawHttp.connect(server.port())) {
            peer.send(request).sendWhole(MORE).finishSending();
            peer.expectStatus(status).expectField("Connection", "close").expectBodyContaining(reason);
            peer.expectClosedInOrder();
        }
    }

    @Test
    void aClientWhoseBodyNobodyReadsReadsItsAnswer() throws IOException {
        try (var peer = RawHttp.connect(server.port())) {
            peer.send("POST /ignore HTTP/1.1\nHost: h\nContent-Length: " + MORE.length + "\n\n");
            peer.sendWhole(MORE).finishSending();
            peer.expectStatus(200).expectBody("no, thank you").expectClosedInOrder();
        }
    }

    @ParameterizedTest
    @CsvSource({"413, /read, Content-Length: 67108864", "401, /private, Transfer-Encoding: chunked"})
    void aClientInTheMidstOf64MebibytesReadsItsEarlyAnswerWhole(int status, String path, String framing)
            throws Exception {
        byte[] piece = ("10000\r\n" + "x".repeat(64 * 1024) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        try (var peer = RawHttp.connect(server.port())) {
            peer.send("POST " + path + " HTTP/1.1\nHost: h\n" + framing + "\n\n");
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < 1024; i++) peer.sendWhole(piece);
                } catch (IOException e) {
                    // beyond connections.max-linger-bytes nobody listens any more: it has its answer by then
                }
            });
            peer.expectStatus(status);
            assertThat(peer.body()).isNotEmpty();
            sender.join();
        }
    }

    @Test
    void eachRefusalIsCountedByItsStatus() throws IOException {
        long before = refused(431);
        try (var peer = RawHttp.connect(server.port())) {
            peer.send("GET / HTTP/1.1\nHost: h\n" + "A: b\n".repeat(100)).expectStatus(431);
        }
        assertThat(refused(431)).isEqualTo(before + 1);
        before = refused(400);
        try (var peer = RawHttp.connect(server.port())) {
            peer.send("GET /%zz HTTP/1.1\nHost: h\n\n").expectStatus(400);
        }
        assertThat(refused(400)).isEqualTo(before + 1);
    }

    private static long refused(int status) {
        return server.loops().stream().mapToLong(loop -> loop.refused(status)).sum();
    }
}
