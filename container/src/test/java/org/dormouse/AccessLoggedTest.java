package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.dormouse.filter.AccessLogFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server writes into its access log. */
@Timeout(60)
class AccessLoggedTest {
    @TempDir
    Path folder;

    private static final class Answering extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            switch (request.getPathInfo()) {
                case "/async" -> {
                    AsyncContext async = request.startAsync();
                    async.start(() -> {
                        try {
                            response.getWriter().print("later");
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                        async.complete();
                    });
                }
                case "/fails" -> throw new IllegalStateException("on purpose");
                case "/missing" -> response.sendError(404);
                case "/large" -> response.getOutputStream().write(new byte[100_000]);
                default -> response.getWriter().print("hello");
            }
        }
    }

    private Dormouse.Builder builder() {
        return Mode.builder().host("127.0.0.1").port(0).loops(1);
    }

    private static WebApp app() {
        return Mode.app("/app").servlet("/*", new Answering());
    }

    private static void ask(Dormouse server, String request) throws IOException {
        try (var peer = RawHttp.connect(server.port())) {
            peer.send(request).receive();
        }
    }

    private List<String> lines(String name) throws IOException {
        return Files.readAllLines(folder.resolve(name));
    }

    @Test
    void everyRequestHasOneLineAlsoThoseThatNoApplicationSees() throws IOException {
        try (Dormouse server = builder()
                .set("access-log.file", folder.resolve("access.log").toString())
                .set("access-log.format", "%s %B \"%r\"")
                .deploy(app())
                .start()) {
            ask(server, "GET /app/x?q=1 HTTP/1.1\nHost: h\n\n");
            ask(server, "GET /app/async HTTP/1.1\nHost: h\n\n");
            ask(server, "GET /app/large HTTP/1.1\nHost: h\n\n");
            ask(server, "GET /app/missing HTTP/1.1\nHost: h\n\n");
            ask(server, "GET /app/fails HTTP/1.1\nHost: h\n\n");
            ask(server, "GET /app HTTP/1.1\nHost: h\n\n");
            ask(server, "GET /elsewhere HTTP/1.1\nHost: h\n\n");
            ask(server, "OPTIONS * HTTP/1.1\nHost: h\n\n");
            ask(server, "GET / HTTP/1.1\nHost : h\n\n");
            ask(server, "GET /a HTTP/1.1\n\n");
            ask(server, "GET / HTTP/1.1\nA: " + "x".repeat(20_000) + "\n\n");
        }
        List<String> lines = lines("access.log");
        assertThat(lines).hasSize(11);
        assertThat(lines.get(0)).isEqualTo("200 5 \"GET /app/x?q=1 HTTP/1.1\"");
        assertThat(lines.get(1)).isEqualTo("200 5 \"GET /app/async HTTP/1.1\"");
        assertThat(lines.get(2)).isEqualTo("200 100000 \"GET /app/large HTTP/1.1\"");
        assertThat(lines.get(3)).startsWith("404 ").endsWith(" \"GET /app/missing HTTP/1.1\"");
        assertThat(lines.get(4)).startsWith("500 ").endsWith(" \"GET /app/fails HTTP/1.1\"");
        assertThat(lines.get(5)).isEqualTo("302 0 \"GET /app HTTP/1.1\"");
        assertThat(lines.get(6)).startsWith("404 ").endsWith(" \"GET /elsewhere HTTP/1.1\"");
        assertThat(lines.get(7)).isEqualTo("200 0 \"OPTIONS * HTTP/1.1\"");
        assertThat(lines.get(8)).startsWith("400 ").endsWith(" \"-\"");
        assertThat(lines.get(9)).startsWith("400 ").endsWith(" \"GET /a HTTP/1.1\"");
        assertThat(lines.get(10)).startsWith("431 ").endsWith(" \"-\"");
    }

    @Test
    void whatIsRefusedBeforeAServletHasALineWithItsStatusAndItsRequestIfThatWasRead() throws Exception {
        try (Dormouse server = builder()
                .set("access-log.file", folder.resolve("access.log").toString())
                .set("access-log.format", "%s \"%r\"")
                .set("http.max-body-bytes", "100")
                .set("http.max-target-bytes", "100")
                .deploy(app())
                .start()) {
            ask(server, "POST /app/x HTTP/1.1\nHost: h\nContent-Length: 101\n\n");
            ask(server, "POST /app/x HTTP/1.1\nHost: h\nExpect: 200-maybe\n\n");
            ask(server, "POST /app/x HTTP/1.1\nHost: h\nTransfer-Encoding: gzip, chunked\n\n");
            ask(server, "TRACE /app/x HTTP/1.1\nHost: h\n\n");
            ask(server, "CONNECT h:80 HTTP/1.1\nHost: h\n\n");
            ask(server, "GET /app/" + "x".repeat(100) + " HTTP/1.1\nHost: h\n\n");
            ask(server, "GET /app/ HTTP/2.0\nHost: h\n\n");
            ask(server, "GET /app/..%2fx HTTP/1.1\nHost: h\n\n");
        }
        assertThat(lines("access.log"))
                .containsExactly(
                        "413 \"POST /app/x HTTP/1.1\"",
                        "417 \"-\"",
                        "501 \"POST /app/x HTTP/1.1\"",
                        "405 \"-\"",
                        "501 \"-\"",
                        "414 \"-\"",
                        "505 \"-\"",
                        "400 \"GET /app/..%2fx HTTP/1.1\"");
    }

    @Test
    void whoFindsNoRoomHasALineToo() throws Exception {
        var entered = new CountDownLatch(1);
        var released = new CountDownLatch(1);
        var slow = new HttpServlet() {
            private static final long serialVersionUID = 1;

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) {
                entered.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        int length;
        try (Dormouse server = builder()
                        .set("access-log.file", folder.resolve("access.log").toString())
                        .set("access-log.format", "%s %B \"%r\" %h %v")
                        .set("server.max-requests-in-flight", "1")
                        .set("server.queue-length", "0")
                        .deploy(Mode.app("/").servlet("/*", slow))
                        .start();
                var first = RawHttp.connect(server.port());
                var second = RawHttp.connect(server.port())) {
            first.send("GET /1 HTTP/1.1\nHost: h\n\n");
            entered.await();
            second.send("GET /2?q HTTP/1.1\nHost: shop.example\n\n").expectStatus(503);
            released.countDown();
            first.expectStatus(200);
            length = second.body().length;
        }
        assertThat(lines("access.log"))
                .containsExactly(
                        "503 " + length + " \"GET /2?q HTTP/1.1\" 127.0.0.1 shop.example",
                        "200 0 \"GET /1 HTTP/1.1\" 127.0.0.1 h");
    }

    @Test
    void aHeadThatNeverEndsHasALineWithItsTimeout() throws IOException {
        try (Dormouse server = builder()
                .set("access-log.file", folder.resolve("access.log").toString())
                .set("access-log.format", "%s")
                .set("http.head-timeout", "200ms")
                .deploy(app())
                .start()) {
            ask(server, "GET / HTTP/1.1\nHost: h\n");
        }
        assertThat(lines("access.log")).containsExactly("408");
    }

    @Test
    void aLineHasTheClientThatATrustedProxyNamesAndTheIdOfTheRequest() throws IOException {
        String id;
        try (Dormouse server = builder()
                        .set("access-log.file", folder.resolve("access.log").toString())
                        .set("access-log.format", "%h %v %L")
                        .set("forwarded.trusted", "127.0.0.1")
                        .set("request-id.enabled", "true")
                        .deploy(app())
                        .start();
                var peer = RawHttp.connect(server.port())) {
            peer.send("""
                    GET /app/ HTTP/1.1
                    Host: h
                    X-Forwarded-For: 192.0.2.7
                    X-Forwarded-Host: shop.example

                    """).expectStatus(200);
            id = peer.field("X-Request-ID");
        }
        assertThat(lines("access.log")).containsExactly("192.0.2.7 shop.example " + id);
    }

    @Test
    void anApplicationMayHaveALogOfItsOwnBesideThatOfTheServer() throws IOException {
        try (Dormouse server = builder()
                .set("access-log.file", folder.resolve("server.log").toString())
                .set("access-log.format", "%U")
                .deploy(app().filter(
                                "/*",
                                new AccessLogFilter()
                                        .with("file", folder.resolve("app.log").toString())
                                        .with("format", "%s %U")))
                .start()) {
            ask(server, "GET /app/x HTTP/1.1\nHost: h\n\n");
            ask(server, "GET /app/fails HTTP/1.1\nHost: h\n\n");
            ask(server, "GET /else HTTP/1.1\nHost: h\n\n");
        }
        assertThat(lines("server.log")).containsExactly("/app/x", "/app/fails", "/else");
        assertThat(lines("app.log")).containsExactly("200 /app/x", "500 /app/fails");
    }

    @Test
    void aFileThatWasMovedIsBegunAnew() throws IOException, InterruptedException {
        try (Dormouse server = builder()
                .set("access-log.file", folder.resolve("access.log").toString())
                .set("access-log.format", "%U")
                .deploy(app())
                .start()) {
            ask(server, "GET /app/1 HTTP/1.1\nHost: h\n\n");
            while (Files.size(folder.resolve("access.log")) == 0) Thread.onSpinWait();
            Files.move(folder.resolve("access.log"), folder.resolve("moved"));
            for (int i = 0; Files.notExists(folder.resolve("access.log")); i++) {
                ask(server, "GET /app/2 HTTP/1.1\nHost: h\n\n");
            }
        }
        assertThat(lines("moved").getFirst()).isEqualTo("/app/1");
        assertThat(lines("access.log").getFirst()).isEqualTo("/app/2");
    }
}
