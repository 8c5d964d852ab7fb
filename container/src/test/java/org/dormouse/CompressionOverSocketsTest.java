package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Compression as clients and servlets see it. */
@Timeout(60)
class CompressionOverSocketsTest {
    private static final String TEXT = "0123456789 abcdefghij\n".repeat(500);

    private final HttpClient client = HttpClient.newHttpClient();
    private final CountDownLatch received = new CountDownLatch(1);
    private Dormouse server;

    @BeforeEach
    void start() {
        server = Mode.builder()
                .host("127.0.0.1")
                .port(0)
                .set("compression.enabled", "true")
                .set("compression.types", "text/*")
                .set("compression.requests", "true")
                .set("compression.max-request-bytes", "1m")
                .deploy(Mode.app("/")
                        .servlet("/text", new Text())
                        .servlet("/events", new Events())
                        .servlet("/async", new Async())
                        .servlet("/include", new Include())
                        .servlet("/echo", new Echo())
                        .servlet("/fail", new Fail()))
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static final class Text extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("text/plain");
            String text = request.getParameter("text");
            response.getWriter().write(text == null ? TEXT : text.repeat(2000));
        }
    }

    private final class Events extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            response.setContentType("text/event-stream");
            response.getWriter().write("data: one\n\n");
            response.flushBuffer();
            try {
                if (!received.await(20, TimeUnit.SECONDS)) throw new ServletException("the event did not arrive");
            } catch (InterruptedException e) {
                throw new ServletException(e);
            }
            response.getWriter().write("data: two\n\n");
        }
    }

    private static final class Async extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            AsyncContext async = request.startAsync();
            response.setContentType("text/plain");
            ServletOutputStream out = response.getOutputStream();
            byte[] bytes = TEXT.getBytes(StandardCharsets.UTF_8);
            out.setWriteListener(new WriteListener() {
                private int at;

                @Override
                public void onWritePossible() throws IOException {
                    while (out.isReady()) {
                        if (at == 100 * bytes.length) {
                            async.complete();
                            return;
                        }
                        int length = Math.min(1000, bytes.length - at % bytes.length);
                        out.write(bytes, at % bytes.length, length);
                        at += length;
                    }
                }

                @Override
                public void onError(Throwable failure) {
                    async.complete();
                }
            });
        }
    }

    private static final class Include extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            response.setContentType("text/plain");
            response.getWriter().write("[");
            request.getRequestDispatcher("/text").include(request, response);
            response.getWriter().write("]");
        }
    }

    private static final class Echo extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("application/octet-stream");
            response.setHeader("Seen", request.getHeader("Content-Encoding") + " " + request.getContentLengthLong());
            request.getInputStream().transferTo(response.getOutputStream());
        }
    }

    private static final class Fail extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("text/plain");
            response.getWriter().write(TEXT);
            response.flushBuffer();
            throw new IOException("in the midst");
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    private HttpResponse<byte[]> get(String path, String coding) throws IOException, InterruptedException {
        return client.send(
                request(path).header("Accept-Encoding", coding).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String gunzip(byte[] coded) throws IOException {
        try (var in = new GZIPInputStream(new ByteArrayInputStream(coded))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static byte[] gzip(byte[] body) throws IOException {
        var coded = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(coded)) {
            out.write(body);
        }
        return coded.toByteArray();
    }

    @Test
    void whatServletsWriteArrivesCodedThroughAsyncIncludeAndAll() throws Exception {
        for (String path : new String[] {"/text", "/async", "/include"}) {
            var got = get(path, "gzip");
            assertThat(got.headers().firstValue("Content-Encoding")).hasValue("gzip");
            assertThat(got.headers().firstValue("Vary")).hasValue("Accept-Encoding");
            String expected =
                    path.equals("/include") ? "[" + TEXT + "]" : path.equals("/async") ? TEXT.repeat(100) : TEXT;
            assertThat(gunzip(got.body()).equals(expected)).as(path).isTrue();
            assertThat(new String(get(path, "identity").body(), StandardCharsets.UTF_8).equals(expected))
                    .as(path)
                    .isTrue();
        }
        for (String coding : new String[] {"br", "zstd"})
            assertThat(get("/text", coding).headers().firstValue("Content-Encoding"))
                    .hasValue(coding);
        assertThat(get("/text?text=", "gzip").headers().firstValue("Content-Encoding"))
                .as("empty")
                .isEmpty();
    }

    @Test
    void aFlushedEventArrivesBeforeTheNextIsWritten() throws Exception {
        var got = client.send(
                request("/events").header("Accept-Encoding", "gzip").build(),
                HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = new GZIPInputStream(got.body(), 1)) {
            assertThat(in.readNBytes(11)).asString().isEqualTo("data: one\n\n");
            received.countDown();
            assertThat(in.readAllBytes()).asString().isEqualTo("data: two\n\n");
        }
    }

    @Test
    void aResponseThatFailsInTheMidstIsCutAndNotWhole() throws Exception {
        try (var http = Http.connect(server)) {
            http.send("GET /fail HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> gunzip(http.answer().body().getBytes()))
                    .isInstanceOf(IOException.class);
        }
        assertThat(gunzip(get("/text", "gzip").body())).isEqualTo(TEXT);
    }

    @Test
    void manyAtOnceNeverSeeOneAnothersBytes() throws Exception {
        try (var threads = Executors.newFixedThreadPool(8)) {
            var done = new ArrayList<Future<?>>();
            for (int t = 0; t < 8; t++) {
                String canary = "canary-" + t + "-";
                done.add(threads.submit(() -> {
                    for (int i = 0; i < 40; i++) {
                        String own = canary + i % 7;
                        assertThat(gunzip(get("/text?text=" + own, "gzip").body())
                                        .equals(own.repeat(2000)))
                                .isTrue();
                        byte[] body = own.repeat(1000).getBytes(StandardCharsets.UTF_8);
                        var echo = client.send(
                                request("/echo")
                                        .header("Content-Encoding", "gzip")
                                        .POST(HttpRequest.BodyPublishers.ofByteArray(gzip(body)))
                                        .build(),
                                HttpResponse.BodyHandlers.ofByteArray());
                        assertThat(echo.body()).isEqualTo(body);
                    }
                    return null;
                }));
            }
            for (Future<?> each : done) each.get(50, TimeUnit.SECONDS);
        }
    }

    private HttpResponse<byte[]> post(String coding, byte[] body) throws IOException, InterruptedException {
        return client.send(
                request("/echo")
                        .header("Content-Encoding", coding)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void bodiesOfRequestsAreDecodedAndBrokenOnesRefused() throws Exception {
        byte[] body = TEXT.getBytes(StandardCharsets.UTF_8);
        var echoed = post("gzip", gzip(body));
        assertThat(echoed.body()).isEqualTo(body);
        assertThat(echoed.headers().firstValue("Seen")).hasValue("null -1");
        assertThat(post("gzip", body).statusCode()).isEqualTo(400);
        assertThat(post("gzip, gzip, gzip", gzip(body)).statusCode()).isEqualTo(415);
        var unknown = post("deflate", body);
        assertThat(unknown.statusCode()).isEqualTo(415);
        assertThat(unknown.headers().firstValue("Accept-Encoding")).hasValue("zstd, br, gzip");
        assertThat(post("gzip", gzip(gzip(new byte[100]))).body()).isEqualTo(gzip(new byte[100]));
    }

    @Test
    void withoutTheKeysNothingIsCodedOrDecoded() throws Exception {
        try (var plain = Mode.builder()
                .host("127.0.0.1")
                .port(0)
                .deploy(Mode.app("/").servlet("/text", new Text()).servlet("/echo", new Echo()))
                .start()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + plain.port() + "/text"))
                    .header("Accept-Encoding", "gzip")
                    .build();
            var got = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(got.headers().firstValue("Vary")).isEmpty();
            assertThat(got.body()).isEqualTo(TEXT);
        }
    }
}
