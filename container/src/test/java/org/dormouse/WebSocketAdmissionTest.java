package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dormouse.websocket.ClientFrames.frames;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.dormouse.websocket.RawWebSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who gets a WebSocket session, and with what, over real sockets. */
@Timeout(60)
class WebSocketAdmissionTest {
    private static final BlockingQueue<String> LOG = new LinkedBlockingQueue<>();

    @BeforeEach
    void clearLog() {
        LOG.clear();
    }

    @ServerEndpoint("/e")
    public static class Echo {
        @OnMessage
        public String message(String text) {
            return text;
        }
    }

    public static class Anyone extends ServerEndpointConfig.Configurator {
        @Override
        public boolean checkOrigin(String origin) {
            return !"https://evil.example".equals(origin);
        }
    }

    @ServerEndpoint(value = "/anyone", configurator = Anyone.class)
    public static class ForAnyone extends Echo {}

    @Test
    void pagesOfOtherOriginsAreRefusedUnlessTheServerIsToldOfThemOrTheConfiguratorDecides() throws Exception {
        var builder = builder(Mode.app("/").endpoint(Echo.class).endpoint(ForAnyone.class))
                .set("websocket.allowed-origins", "https://*.friends.example, https://one.example:8443");
        try (var server = builder.start()) {
            int port = server.port();
            assertThat(head(port, "/e", "Origin: http://localhost:" + port)).startsWith("HTTP/1.1 101 ");
            assertThat(head(port, "/e")).startsWith("HTTP/1.1 101 ");
            assertThat(head(port, "/e", "Origin: https://a.friends.example")).startsWith("HTTP/1.1 101 ");
            assertThat(head(port, "/e", "Origin: https://one.example:8443")).startsWith("HTTP/1.1 101 ");
            long before = refused(server);
            assertThat(head(port, "/e", "Origin: https://one.example")).startsWith("HTTP/1.1 403 ");
            assertThat(head(port, "/e", "Origin: https://localhost:" + port)).startsWith("HTTP/1.1 403 ");
            assertThat(head(port, "/e", "Origin: http://localhost")).startsWith("HTTP/1.1 403 ");
            assertThat(head(port, "/e", "Origin: null")).startsWith("HTTP/1.1 403 ");
            assertThat(refused(server) - before).isEqualTo(4);
            assertThat(head(port, "/anyone", "Origin: https://stranger.example"))
                    .startsWith("HTTP/1.1 101 ");
            assertThat(head(port, "/anyone", "Origin: https://evil.example")).startsWith("HTTP/1.1 403 ");
        }
    }

    @Test
    void originIsComparedWithWhatATrustedProxyWasAsked() throws Exception {
        var builder = builder(Mode.app("/").endpoint(Echo.class)).set("forwarded.trusted", "127.0.0.1");
        try (var server = builder.start()) {
            String[] proxied = {"X-Forwarded-Proto: https", "X-Forwarded-Host: app.example"};
            assertThat(head(server.port(), "/e", proxied[0], proxied[1], "Origin: https://app.example"))
                    .startsWith("HTTP/1.1 101 ");
            assertThat(head(server.port(), "/e", proxied[0], proxied[1], "Origin: http://app.example"))
                    .startsWith("HTTP/1.1 403 ");
        }
    }

    @Test
    void listOfOriginsThatCannotBeReadIsRefusedWithItsKey() {
        var builder = builder(Mode.app("/")).set("websocket.allowed-origins", "app.example");
        assertThatThrownBy(builder::start)
                .hasMessageContaining("websocket.allowed-origins")
                .hasMessageContaining("app.example");
    }

    @Test
    void sessionsBeyondTheLimitAreToldToComeAgain() throws Exception {
        var builder = builder(Mode.app("/").endpoint(Echo.class)).set("websocket.max-sessions-per-address", "1");
        try (var server = builder.start();
                var one = RawWebSocket.open(server.port(), "/e")) {
            assertThat(one.send(frames().text("open")).next()).isEqualTo("text:open"); // and so has its place
            assertThat(head(server.port(), "/e")).startsWith("HTTP/1.1 503 ").containsIgnoringCase("Retry-After: ");
            assertThat(one.send(frames().text("still here")).next()).isEqualTo("text:still here");
        }
    }

    @ServerEndpoint("/injected")
    public static class Injected {
        @Resource(name = "greeting")
        private String greeting;

        private String prepared = "";

        @PostConstruct
        void prepare() {
            prepared = greeting + " prepared";
        }

        @OnOpen
        public void open(Session session) throws IOException {
            session.getBasicRemote().sendText(prepared);
        }

        @OnClose
        public void close() {
            LOG.add("close");
        }

        @PreDestroy
        void release() {
            LOG.add("release");
        }
    }

    @Test
    void endpointsGetTheirResourcesAndLifecycleMethodsAsServletsDo() throws Exception {
        var app = Mode.app("/").endpoint(Injected.class).resource("greeting", "hello");
        try (var server = builder(app).start();
                var client = RawWebSocket.open(server.port(), "/injected")) {
            assertThat(client.next()).isEqualTo("text:hello prepared");
            client.send(frames().close(1000, ""));
            assertThat(next(LOG)).isEqualTo("close");
            assertThat(next(LOG)).isEqualTo("release");
        }
    }

    public static class SeesTheSession extends ServerEndpointConfig.Configurator {
        @Override
        public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
            var session = (jakarta.servlet.http.HttpSession) request.getHttpSession();
            config.getUserProperties().put("seen", session == null ? "none" : session.getAttribute("name"));
            config.getUserProperties().put("role", request.isUserInRole("member"));
            config.getUserProperties().put("parameters", request.getParameterMap());
        }
    }

    @ServerEndpoint(value = "/member", configurator = SeesTheSession.class)
    public static class Member {
        @OnMessage
        public String message(String text, Session session) {
            var seen = session.getUserProperties();
            var caller = session.getUserPrincipal();
            return seen.get("seen") + " " + seen.get("role") + " " + seen.get("parameters") + " "
                    + (caller == null ? "nobody" : caller.getName());
        }

        @OnClose
        public void close(jakarta.websocket.CloseReason reason) {
            LOG.add("close " + reason.getCloseCode().getCode());
        }
    }

    private static final class Doors extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            try {
                switch (request.getPathInfo()) {
                    case "/in" -> {
                        request.getSession().setAttribute("name", "blue");
                        request.login("eve", "secret");
                    }
                    case "/out" -> request.logout();
                    default -> request.getSession().invalidate();
                }
            } catch (jakarta.servlet.ServletException e) {
                throw new IOException(e);
            }
        }
    }

    @TempDir
    Path folder;

    @Test
    void endOfTheHttpSessionOfACallerAndALogoutCloseItsWebSocketsWith1008() throws Exception {
        var app = Mode.app("/")
                .endpoint(Member.class)
                .servlet("/doors/*", new Doors())
                .users(Files.writeString(folder.resolve("users.txt"), "eve:secret:member\n"));
        try (var server = builder(app).start()) {
            for (String end : new String[] {"/doors/end", "/doors/out"}) {
                String cookie = get(server.port(), "/doors/in", null);
                try (var client = RawWebSocket.open(server.port(), "/member?x=1&x=2", "Cookie: " + cookie)) {
                    assertThat(client.send(frames().text("who")).next()).isEqualTo("text:blue true {x=[1, 2]} eve");
                    get(server.port(), end, cookie);
                    assertThat(client.next()).startsWith("close:1008");
                }
            }
            try (var nobody = RawWebSocket.open(server.port(), "/member")) {
                assertThat(nobody.send(frames().text("who")).next()).isEqualTo("text:none false {} nobody");
            }
        }
    }

    @Test
    void endpointThatAServletAddsLateOrUpgradesToIsServed() throws Exception {
        var app = Mode.app("/").servlet("/late", new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                try {
                    var container = (ServerContainer)
                            getServletContext().getAttribute("jakarta.websocket.server.ServerContainer");
                    if (request.getHeader("Upgrade") == null) {
                        container.addEndpoint(Echo.class);
                        container.addEndpoint(Echo.class);
                    } else {
                        var config = ServerEndpointConfig.Builder.create(Greets.class, "/nowhere")
                                .build();
                        container.upgradeHttpToWebSocket(request, response, config, Map.of("name", "ann"));
                    }
                } catch (jakarta.websocket.DeploymentException e) {
                    throw new IOException(e);
                }
            }
        });
        try (var server = builder(app).start()) {
            assertThat(head(server.port(), "/e")).startsWith("HTTP/1.1 404 ");
            get(server.port(), "/late", null);
            try (var client = RawWebSocket.open(server.port(), "/e")) {
                assertThat(client.send(frames().text("late")).next()).isEqualTo("text:late");
            }
            try (var client = RawWebSocket.open(server.port(), "/late", "Origin: https://framework.example")) {
                assertThat(client.next()).isEqualTo("text:hello ann");
            }
            assertThat(head(server.port(), "/nowhere")).startsWith("HTTP/1.1 404 ");
        }
    }

    public static class Greets extends jakarta.websocket.Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.getAsyncRemote()
                    .sendText("hello " + session.getPathParameters().get("name"));
        }
    }

    private static Dormouse.Builder builder(WebApp app) {
        return Mode.builder().port(0).host("127.0.0.1").loops(2).deploy(app);
    }

    private static long refused(Dormouse server) {
        return server.loops().stream().mapToLong(loop -> loop.refused(403)).sum();
    }

    private static String head(int port, String path, String... fields) throws IOException {
        try (var client = RawWebSocket.handshake(port, 0, path, fields)) {
            return client.head();
        }
    }

    /** Returns the cookie that came with the answer. */
    private static String get(int port, String path, String cookie) throws Exception {
        // the client of the JDK asks for an upgrade to HTTP/2 otherwise
        try (var http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
            if (cookie != null) request.header("Cookie", cookie);
            var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            return response.headers().firstValue("Set-Cookie").orElse("").split(";", 2)[0];
        }
    }

    private static String next(BlockingQueue<String> queue) throws InterruptedException {
        String found = queue.poll(RawWebSocket.patience().toSeconds(), TimeUnit.SECONDS);
        if (found == null) throw new AssertionError("nothing came");
        return found;
    }
}
