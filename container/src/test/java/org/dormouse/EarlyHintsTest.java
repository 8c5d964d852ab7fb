package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** 103 in front of a response (RFC 8297), as an application sends it. */
@Timeout(60)
class EarlyHintsTest {
    private static final class Hinting extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            var wrapped = new HttpServletResponseWrapper(new HttpServletResponseWrapper(response));
            wrapped.addHeader("Link", "</a.css>; rel=preload");
            EarlyHints.send(wrapped);
            wrapped.addHeader("Link", "</b.js>; rel=preload");
            EarlyHints.send(wrapped);
            wrapped.getWriter().print("page");
            wrapped.flushBuffer();
            EarlyHints.send(wrapped);
        }
    }

    @Test
    void aClientGetsEachHintBeforeTheResponseAndOneOfHttp10GetsNone() throws IOException {
        try (var server = Mode.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .deploy(Mode.app("/").servlet("/", new Hinting()))
                        .start();
                var peer = RawHttp.connect(server.port())) {
            peer.send("GET / HTTP/1.1\nHost: h\n\n");
            peer.expectStatus(103);
            assertThat(peer.fields()).containsExactly("Link: </a.css>; rel=preload");
            peer.expectStatus(103);
            assertThat(peer.fields()).containsExactly("Link: </a.css>; rel=preload", "Link: </b.js>; rel=preload");
            peer.receive();
            assertThat(peer.status()).isEqualTo(200);
            peer.expectBody("page");
            peer.send("GET / HTTP/1.0\n\n").receive();
            assertThat(peer.status()).isEqualTo(200);
            peer.expectBody("page");
        }
    }

    @Test
    void aResponseOfAnotherContainerIsLeftAlone() {
        var other = (HttpServletResponse) Proxy.newProxyInstance(
                HttpServletResponse.class.getClassLoader(),
                new Class<?>[] {HttpServletResponse.class},
                (proxy, method, arguments) -> {
                    throw new AssertionError(method);
                });
        assertThat(EarlyHints.send(new HttpServletResponseWrapper(other))).isFalse();
    }
}
