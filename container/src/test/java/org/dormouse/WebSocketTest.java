package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dormouse.websocket.ClientFrames.frames;

import jakarta.servlet.Filter;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.CloseReason;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.dormouse.servlet.DormouseRequest;
import org.dormouse.websocket.RawWebSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** WebSocket endpoints of a whole server, over real sockets. */
@Timeout(60)
class WebSocketTest {
    private static final BlockingQueue<String> LOG = new LinkedBlockingQueue<>();

    @BeforeEach
    void clearLog() {
        LOG.clear();
    }

    @ServerEndpoint(
            value = "/chat/{room}",
            subprotocols = {"v2", "v1"})
    public static class Chat {
        static volatile Session last;
        static volatile CountDownLatch gate = new CountDownLatch(0);

        @OnOpen
        public void open(Session session, @PathParam("room") String room) {
            last = session;
            LOG.add("open " + room + " " + Thread.currentThread().isVirtual());
        }

        @OnMessage
        public String text(String text) throws InterruptedException {
            if (text.equals("wait")) gate.await();
            return "echo " + text;
        }

        @OnMessage
        public ByteBuffer binary(ByteBuffer bytes) {
            return bytes;
        }

        @OnClose
        public void close(CloseReason reason) {
            LOG.add("close " + reason.getCloseCode().getCode() + " " + reason.getReasonPhrase());
        }

        @OnError
        public void error(Throwable error) {
            LOG.add("error " + error);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Execution.class,
            names = {"LOOP", "VIRTUAL", "POOL", "INLINE"})
    void clientOfTheJdkTalksToAnAnnotatedEndpoint(Execution execution) throws Exception {
        try (var server = server(Mode.app("/app", execution).endpoint(Chat.class), execution);
                var http = HttpClient.newHttpClient()) {
            var seen = new LinkedBlockingQueue<String>();
            WebSocket client = http.newWebSocketBuilder()
                    .subprotocols("v1", "v9")
                    .buildAsync(
                            URI.create("ws://localhost:" + server.port() + "/app/chat/blue?x=1"), new Collector(seen))
                    .join();
            assertThat(client.getSubprotocol()).isEqualTo("v1");
            client.sendText("hello", true).join();
            assertThat(next(seen)).isEqualTo("text echo hello");
            client.sendText("in ", false).join();
            client.sendText("parts", true).join();
            assertThat(next(seen)).isEqualTo("text echo in parts");
            client.sendBinary(ByteBuffer.wrap(new byte[40_000]), true).join();
            assertThat(next(seen)).isEqualTo("binary 40000");
            client.sendPing(ByteBuffer.wrap(new byte[] {1, 2, 3})).join();
            assertThat(next(seen)).isEqualTo("pong 3");
            client.sendClose(WebSocket.NORMAL_CLOSURE, "done").join();
            assertThat(next(seen)).isEqualTo("close 1000 done");
            assertThat(next(LOG))
                    .isEqualTo("open blue " + (execution == Execution.LOOP || execution == Execution.VIRTUAL));
            assertThat(next(LOG)).isEqualTo("close 1000 done");
        }
    }

    @Test
    void framesSentRightBehindTheHandshakeAreNotLost() throws Exception {
        try (var server = server(Mode.app("/").endpoint(Chat.class), Mode.EXECUTION);
                var client = RawWebSocket.open(
                        server.port(), "/chat/a", frames().text("1").text("2").ping("p"))) {
            List<String> received = new ArrayList<>(List.of(client.next(), client.next(), client.next()));
            assertThat(received.remove("pong:p")).isTrue();
            assertThat(received).containsExactly("text:echo 1", "text:echo 2");
            client.send(frames().close(4000, "x"));
            assertThat(client.next()).isEqualTo("close:4000 x");
            client.expectEnd();
        }
    }

    @Test
    void violationsAreClosedWithTheirCodeOverTheWire() throws Exception {
        try (var server = server(Mode.app("/").endpoint(Chat.class), Mode.EXECUTION)) {
            try (var client = RawWebSocket.open(server.port(), "/chat/a")) {
                client.send(frames().raw(0x81, 0x01, 'a'));
                assertThat(client.next()).startsWith("close:1002");
                client.expectEnd();
            }
            try (var client = RawWebSocket.open(server.port(), "/chat/a")) {
                client.send(frames().text("x".repeat(64 * 1024 + 1)));
                assertThat(client.next()).startsWith("close:1009");
            }
        }
    }

    @Test
    void handshakeThatIsWrongIsAnsweredWithItsStatus() throws Exception {
        try (var server = server(Mode.app("/").endpoint(Chat.class), Mode.EXECUTION)) {
            try (var client = RawWebSocket.handshake(server.port(), 0, "/chat/a", "Sec-WebSocket-Version: 8")) {
                assertThat(client.head()).startsWith("HTTP/1.1 426 ").containsIgnoringCase("Sec-WebSocket-Version: 13");
            }
            try (var client = RawWebSocket.handshake(server.port(), 0, "/chat/a", "Sec-WebSocket-Key: short")) {
                assertThat(client.head()).startsWith("HTTP/1.1 400 ");
            }
            try (var client = RawWebSocket.handshake(server.port(), 0, "/chat/a", "Content-Length: 1")) {
                assertThat(client.head()).startsWith("HTTP/1.1 400 ");
            }
            try (var client = RawWebSocket.handshake(server.port(), 0, "/nobody")) {
                assertThat(client.head()).startsWith("HTTP/1.1 404 ");
            }
        }
    }

    @Test
    void requestsThatAreNoHandshakeGoOnToTheServletAtTheSamePath() throws Exception {
        var app = Mode.app("/").endpoint(Chat.class).servlet("/chat/a", new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.getWriter().write("plain");
            }
        });
        try (var server = server(app, Mode.EXECUTION);
                var http = HttpClient.newHttpClient()) {
            var uri = URI.create("http://localhost:" + server.port() + "/chat/a");
            var response = http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(response.body()).isEqualTo("plain");
        }
    }

    @Test
    void filtersOfTheApplicationStandBeforeEndpointsHoweverTheyWrapTheRequest() throws Exception {
        Filter guard = (request, response, chain) -> {
            if (((HttpServletRequest) request).getHeader("X-Pass") == null) {
                ((HttpServletResponse) response).sendError(403);
            } else {
                chain.doFilter(new HttpServletRequestWrapper((HttpServletRequest) request), response);
            }
        };
        try (var server = server(Mode.app("/").endpoint(Chat.class).filter("/*", guard), Mode.EXECUTION)) {
            try (var client = RawWebSocket.handshake(server.port(), 0, "/chat/a")) {
                assertThat(client.head()).startsWith("HTTP/1.1 403 ");
            }
            try (var client = RawWebSocket.open(server.port(), "/chat/a", "X-Pass: yes")) {
                assertThat(client.send(frames().text("in")).next()).isEqualTo("text:echo in");
            }
        }
    }

    @Test
    void nothingOfTheRequestIsReachableFromAnOpenSession() throws Exception {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        Set<Reference<?>> watched = ConcurrentHashMap.newKeySet();
        Filter watch = (request, response, chain) -> {
            watched.add(new WeakReference<>(request, collected));
            watched.add(new WeakReference<>(response, collected));
            watched.add(new WeakReference<>(DormouseRequest.of(request).exchange(), collected));
            chain.doFilter(request, response);
        };
        try (var server = server(Mode.app("/").endpoint(Chat.class).filter("/*", watch), Mode.EXECUTION);
                var client = RawWebSocket.open(server.port(), "/chat/a")) {
            assertThat(client.send(frames().text("1")).next()).isEqualTo("text:echo 1");
            assertThat(watched).hasSize(3);
            for (int i = 0; i < 100 && !watched.isEmpty(); i++) {
                System.gc();
                Reference<?> reference = collected.remove(100);
                if (reference != null) watched.remove(reference);
            }
            assertThat(watched.stream().map(Reference::get).toList()).isEmpty();
            assertThat(client.send(frames().text("2")).next()).isEqualTo("text:echo 2");
        }
    }

    @Test
    void endpointsMayBeAddedByAListenerAndAfterTheStart() throws Exception {
        ServerContainer[] container = new ServerContainer[1];
        var app = Mode.app("/").listener(new ServletContextListener() {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                container[0] = (ServerContainer)
                        event.getServletContext().getAttribute("jakarta.websocket.server.ServerContainer");
            }
        });
        try (var server = server(app, Mode.EXECUTION)) {
            try (var client = RawWebSocket.handshake(server.port(), 0, "/chat/a")) {
                assertThat(client.head()).startsWith("HTTP/1.1 404 ");
            }
            container[0].addEndpoint(Chat.class);
            try (var client = RawWebSocket.open(server.port(), "/chat/a")) {
                assertThat(client.send(frames().text("late")).next()).isEqualTo("text:echo late");
            }
        }
    }

    public static final class Reverser extends Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.addMessageHandler(String.class, (MessageHandler.Whole<String>) text -> session.getAsyncRemote()
                    .sendText(new StringBuilder(text).reverse() + " "
                            + session.getPathParameters().get("who")));
        }
    }

    @Test
    void servletMayUpgradeItsRequestItself() throws Exception {
        var app = Mode.app("/").servlet("/front/*", new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                var container =
                        (ServerContainer) getServletContext().getAttribute("jakarta.websocket.server.ServerContainer");
                var config = ServerEndpointConfig.Builder.create(Reverser.class, "/unused")
                        .build();
                try {
                    container.upgradeHttpToWebSocket(
                            new HttpServletRequestWrapper(request),
                            response,
                            config,
                            Map.of("who", request.getPathInfo()));
                } catch (DeploymentException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        try (var server = server(app, Mode.EXECUTION);
                var client = RawWebSocket.open(server.port(), "/front/eve")) {
            assertThat(client.send(frames().text("abc")).next()).isEqualTo("text:cba /eve");
        }
    }

    @Test
    void messagesOfManySendersArriveWholeAndThoseOfEachInOrder() throws Exception {
        int senders = 8;
        int each = 500;
        try (var server = server(Mode.app("/").endpoint(Chat.class), Mode.EXECUTION);
                var client = RawWebSocket.open(server.port(), "/chat/a")) {
            next(LOG);
            Session session = Chat.last;
            for (int s = 0; s < senders; s++) {
                int sender = s;
                Thread.startVirtualThread(() -> {
                    try {
                        for (int i = 0; i < each; i++) {
                            if (sender % 2 == 0)
                                session.getBasicRemote().sendText(sender + " " + i + " " + "x".repeat(i));
                            else
                                session.getAsyncRemote()
                                        .sendText(sender + " " + i + " " + "x".repeat(i))
                                        .get();
                        }
                    } catch (Exception e) {
                        LOG.add("sender failed: " + e);
                    }
                });
            }
            int[] expected = new int[senders];
            for (int i = 0; i < senders * each; i++) {
                String[] parts = client.next().substring("text:".length()).split(" ", -1);
                int sender = Integer.parseInt(parts[0]);
                assertThat(Integer.parseInt(parts[1])).isEqualTo(expected[sender]++);
                assertThat(parts[2]).hasSize(expected[sender] - 1);
            }
            assertThat(LOG).isEmpty();
        }
    }

    @Test
    void blockingSendWaitsForASlowReaderWhileTheLoopServesOthers() throws Exception {
        try (var server = Mode.builder()
                        .port(0)
                        .loops(1)
                        .deploy(Mode.app("/").endpoint(Chat.class))
                        .start();
                var slow = RawWebSocket.openSlow(server.port(), "/chat/slow")) {
            next(LOG);
            Session session = Chat.last;
            int messages = 400;
            Thread sender = Thread.startVirtualThread(() -> {
                try {
                    for (int i = 0; i < messages; i++) session.getBasicRemote().sendText(i + " " + "y".repeat(40_000));
                } catch (IOException e) {
                    LOG.add("sender failed: " + e);
                }
            });
            try (var other = RawWebSocket.open(server.port(), "/chat/other")) {
                for (int i = 0; i < 20; i++)
                    assertThat(other.send(frames().text("" + i)).next()).isEqualTo("text:echo " + i);
            }
            assertThat(sender.isAlive()).isTrue();
            for (int i = 0; i < messages; i++) assertThat(slow.next()).startsWith("text:" + i + " y");
            assertThat(sender.join(RawWebSocket.patience())).isTrue();
        }
    }

    @Test
    void callbackThatBlocksHoldsUpItsOwnSessionOnly() throws Exception {
        Chat.gate = new CountDownLatch(1);
        try (var server = Mode.builder()
                        .port(0)
                        .loops(1)
                        .deploy(Mode.app("/").endpoint(Chat.class))
                        .start();
                var blocked = RawWebSocket.open(server.port(), "/chat/blocked");
                var other = RawWebSocket.open(server.port(), "/chat/other")) {
            blocked.send(frames().text("wait").text("behind it"));
            for (int i = 0; i < 20; i++)
                assertThat(other.send(frames().text("" + i)).next()).isEqualTo("text:echo " + i);
            Chat.gate.countDown();
            assertThat(blocked.next()).isEqualTo("text:echo wait");
            assertThat(blocked.next()).isEqualTo("text:echo behind it");
        }
    }

    @Test
    void resetOfAClientEndsItsSessionWith1006() throws Exception {
        try (var server = server(Mode.app("/").endpoint(Chat.class), Mode.EXECUTION)) {
            var client = RawWebSocket.open(server.port(), "/chat/a");
            next(LOG);
            client.reset();
            assertThat(next(LOG)).startsWith("close 1006");
        }
    }

    @Test
    void serverThatStopsClosesItsSessionsWith1001() throws Exception {
        try (var server = server(Mode.app("/").endpoint(Chat.class), Mode.EXECUTION);
                var client = RawWebSocket.open(server.port(), "/chat/a")) {
            next(LOG);
            Thread closing = Thread.startVirtualThread(server::close);
            assertThat(client.next()).startsWith("close:1001");
            client.send(frames().close(1001, ""));
            client.expectEnd();
            client.finish();
            assertThat(closing.join(RawWebSocket.patience())).isTrue();
            assertThat(next(LOG)).isEqualTo("close 1006 the server stops");
        }
    }

    private static Dormouse server(WebApp app, Execution execution) {
        return Dormouse.builder()
                .port(0)
                .host("127.0.0.1")
                .loops(2)
                .execution(execution)
                .deploy(app)
                .start();
    }

    private static String next(BlockingQueue<String> queue) throws InterruptedException {
        String found = queue.poll(RawWebSocket.patience().toSeconds(), TimeUnit.SECONDS);
        if (found == null) throw new AssertionError("nothing came");
        return found;
    }

    private record Collector(BlockingQueue<String> seen, StringBuilder text, int[] bytes)
            implements WebSocket.Listener {
        Collector(BlockingQueue<String> seen) {
            this(seen, new StringBuilder(), new int[1]);
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                seen.add("text " + text);
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer part, boolean last) {
            bytes[0] += part.remaining();
            if (last) {
                seen.add("binary " + bytes[0]);
                bytes[0] = 0;
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
            seen.add("pong " + message.remaining());
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            seen.add("close " + code + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            seen.add("error " + error);
        }
    }
}
