package org.dormouse;

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
}
