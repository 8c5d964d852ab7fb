package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.dormouse.http1.Refusals.Refusal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

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

    @ParameterizedTest
    @FieldSource("org.dormouse.http1.Refusals#ALL")
    void aClientThatSendsOnReadsWhyItWasRefused(Refusal refusal) throws IOException {
        long before = refused(refusal.status());
        try (var peer = RawHttp.connect(server.port())) {
            peer.send(refusal.request()).sendWhole(MORE).finishSending();
            peer.expectStatus(refusal.status()).expectField("Connection", "close");
            peer.expectBodyContaining(refusal.reason());
            peer.expectClosedInOrder();
        }
        assertThat(refused(refusal.status())).isEqualTo(before + 1);
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
    @CsvSource({"413, /read, Content-Length: 268435457", "401, /private, Transfer-Encoding: chunked"})
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
