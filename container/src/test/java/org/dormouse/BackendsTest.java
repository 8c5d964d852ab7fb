package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole server on each backend. That of kqueue is skipped where there is none. */
@Timeout(60)
class BackendsTest {
    private static final int BODY_BYTES = 300_000;

    @ParameterizedTest
    @ValueSource(strings = {"auto", "kqueue", "nio"})
    void servesRequestsBodiesAndWebSockets(String backend) throws Exception {
        for (Execution execution : new Execution[] {Execution.LOOP, Execution.VIRTUAL, Execution.INLINE}) {
            try (var server = start(backend, execution)) {
                try (var http = Http.connect(server)) {
                    assertThat(http.get("/echo").body()).isEqualTo("hello");
                    String body = "0123456789".repeat(BODY_BYTES / 10);
                    http.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + BODY_BYTES + "\r\n\r\n");
                    for (int i = 0; i < BODY_BYTES; i += BODY_BYTES / 10)
                        http.send(body.substring(i, i + BODY_BYTES / 10));
                    assertThat(http.answer().body()).isEqualTo(body);
                    assertThat(http.get("/echo").body()).isEqualTo("hello");
                }
                assertThat(echoedBy(server, "over a frame")).isEqualTo("over a frame");
            }
        }
    }

    @Test
    void manyConnectionsAreSpreadOverLoopsThatShareOneChannel() throws Exception {
        try (var server = start("nio", Execution.LOOP)) {
            for (int i = 0; i < 100; i++)
                assertThat(Http.get(server, "/echo").body()).isEqualTo("hello");
        }
    }

    @Test
    void aBackendThatCannotBeHadIsRefusedWithItsKey() {
        assertThatThrownBy(() -> start("select", Execution.VIRTUAL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("server.backend: backend select is unknown; there are: auto, epoll, kqueue, nio");
    }

    private static Dormouse start(String backend, Execution execution) {
        var builder = Dormouse.builder()
                .host("127.0.0.1")
                .port(0)
                .loops(2)
                .set("server.backend", backend)
                .execution(execution)
                .deploy(Mode.app("/", execution)
                        .servlet("/echo", new EchoServlet())
                        .endpoint(Echo.class));
        try {
            return builder.start();
        } catch (UnsupportedOperationException e) {
            return Assumptions.abort(e.getMessage());
        }
    }

    private static String echoedBy(Dormouse server, String message) throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        try (var client = HttpClient.newHttpClient()) {
            var socket = client.newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/frames"), new WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
                            received.add(data.toString());
                            return WebSocket.Listener.super.onText(webSocket, data, last);
                        }
                    })
                    .get(20, TimeUnit.SECONDS);
            socket.sendText(message, true).get(20, TimeUnit.SECONDS);
            String echoed = received.poll(20, TimeUnit.SECONDS);
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(20, TimeUnit.SECONDS);
            return echoed;
        }
    }

    private static final class EchoServlet extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().write("hello");
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            byte[] body = request.getInputStream().readAllBytes();
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
        }
    }

    @ServerEndpoint("/frames")
    public static final class Echo {
        @OnMessage
        public String echo(String text) {
            return text;
        }
    }
}
