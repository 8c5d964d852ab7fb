package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.io.OutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused behind the protocol: by filters of the server, codings, handshakes, limits of time and of requests at work. */
@Timeout(60)
class RefusedByFiltersTest {
    private static final String HANDSHAKE =
            "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n";

    private Dormouse server;

    @ServerEndpoint("/socket")
    public static final class Echo {
        @OnMessage
        public String echo(String text) {
            return text;
        }
    }

    private static final class Reading extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            request.getInputStream().transferTo(OutputStream.nullOutputStream());
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {}
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void start(String... settings) throws IOException {
        start(Mode.builder(), Mode.app("/"), settings);
    }

    private void start(Dormouse.Builder builder, WebApp application, String... settings) throws IOException {
        builder.host("127.0.0.1").port(0).loops(1);
        for (int i = 0; i < settings.length; i += 2) builder.set(settings[i], settings[i + 1]);
        server = builder.deploy(application.servlet("/*", new Reading()).endpoint(Echo.class))
                .start();
    }

    private long refused(int status) {
        return server.loops().stream().mapToLong(loop -> loop.refused(status)).sum();
    }

    private void isRefusedAndCounted(int status, String request) throws IOException {
        try (var peer = RawHttp.connect(server.port())) {
            peer.send(request).expectStatus(status);
        }
        assertThat(refused(status)).isOne();
        assertThat(server.loops().stream().mapToLong(loop -> loop.refused()).sum())
                .isOne();
    }

    @ParameterizedTest
    @CsvSource({
        "421, hosts.allowed, a.example, GET / HTTP/1.1|Host: b.example",
        "400, hosts.allowed, a.example, GET / HTTP/1.0",
        "400, https-redirect.enabled, true, GET / HTTP/1.0",
        "400, forwarded.trusted, 127.0.0.1, GET / HTTP/1.1|Host: h|X-Forwarded-For: nobody",
        "403, cors.allowed-origins, https://a.example, OPTIONS / HTTP/1.1|Host: h|Origin:"
                + " https://b.example|Access-Control-Request-Method: PUT",
        "415, compression.requests, true, 'POST / HTTP/1.1|Host: h|Content-Encoding: lzma|Content-Length: 1'",
        "408, http.body-timeout, 50ms, POST / HTTP/1.1|Host: h|Content-Length: 1",
        "408, http.head-timeout, 50ms, 'GET / HTTP/1.1|Host: h|A: b|C: '"
    })
    void whatASettingRefusesIsCountedByItsStatus(int status, String key, String value, String request)
            throws IOException {
        start(key, value);
        isRefusedAndCounted(status, request.replace('|', '\n') + (request.endsWith(" ") ? "" : "\n\n"));
    }

    @Test
    void aHandshakeOfAnotherVersionIsCounted() throws IOException {
        start();
        isRefusedAndCounted(426, "GET /socket HTTP/1.1\nHost: h\n" + HANDSHAKE + "Sec-WebSocket-Version: 12\n\n");
    }

    @Test
    void aRequestTooManyOfAClientIsCounted() throws IOException {
        start("rate-limit.requests", "1", "rate-limit.period", "24h");
        try (var peer = RawHttp.connect(server.port())) {
            peer.send("GET / HTTP/1.1\nHost: h\n\n").expectStatus(200);
        }
        isRefusedAndCounted(429, "GET / HTTP/1.1\nHost: h\n\n");
    }

    @Test
    void aRequestForWhichThereIsNoRoomIsCounted() throws Exception {
        var gate = new Gate();
        start(
                Dormouse.builder().execution(Execution.VIRTUAL),
                WebApp.at("/").servlet("/wait", gate),
                "server.max-requests-in-flight",
                "1",
                "server.queue-length",
                "0");
        try (var peer = RawHttp.connect(server.port())) {
            peer.send("GET /wait HTTP/1.1\nHost: h\n\n");
            gate.entered.await();
            isRefusedAndCounted(503, "GET / HTTP/1.1\nHost: h\n\n");
            gate.open.countDown();
            peer.expectStatus(200);
        }
    }
}
