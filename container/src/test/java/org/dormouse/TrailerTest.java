package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Fields behind the body of a request (RFC 9112 §7.1.2), as a servlet sees them. */
@Timeout(60)
class TrailerTest {
    private static final class Showing extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            boolean early = request.isTrailerFieldsReady();
            String body = new String(request.getInputStream().readAllBytes());
            Map<String, String> trailers = new TreeMap<>(request.getTrailerFields());
            response.getWriter()
                    .print(body + " " + early + request.isTrailerFieldsReady() + " " + trailers + " "
                            + request.getHeader("X-Sum"));
        }
    }

    @Test
    void theTrailersOfAChunkedBodyAreThereWhenItIsRead() throws IOException {
        try (var server = Mode.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .deploy(Mode.app("/").servlet("/", new Showing()))
                        .start();
                var peer = RawHttp.connect(server.port())) {
            peer.send("""
                    POST / HTTP/1.1
                    Host: h
                    Transfer-Encoding: chunked

                    4
                    body
                    0
                    X-Sum: 12
                    List: a
                    LIST:  b\s

                    """);
            peer.expectStatus(200).expectBody("body falsetrue {list=a, b, x-sum=12} null");
            peer.send("POST / HTTP/1.1\nHost: h\nContent-Length: 4\n\nbody");
            peer.expectStatus(200).expectBody("body falsetrue {} null");
        }
    }

    private static final class Sending extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            var written = new int[1];
            response.setTrailerFields(() -> Map.of("X-Written", Integer.toString(written[0])));
            boolean flushes = request.getQueryString() != null;
            for (int i = 0; i < 1000; i++) {
                response.getOutputStream().print("line " + i + "\n");
                written[0]++;
                if (flushes && i == 10) response.flushBuffer();
            }
        }
    }

    @Test
    void theTrailersOfAResponseFollowItsBodyAndTheConnectionGoesOn() throws IOException {
        try (var server = Mode.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .deploy(Mode.app("/").servlet("/", new Sending()))
                        .start();
                var peer = RawHttp.connect(server.port())) {
            for (String query : new String[] {"", "?flush", ""}) {
                peer.send("GET /" + query + " HTTP/1.1\nHost: h\n\n").expectStatus(200);
                assertThat(peer.trailers()).containsExactly("X-Written: 1000");
                assertThat(peer.text()).startsWith("line 0\n").endsWith("line 999\n");
            }
            peer.afterHead().send("HEAD / HTTP/1.1\nHost: h\n\n").expectStatus(200);
            peer.send("GET / HTTP/1.1\nHost: h\n\n").expectStatus(200);
            assertThat(peer.trailers()).containsExactly("X-Written: 1000");
        }
    }
}
