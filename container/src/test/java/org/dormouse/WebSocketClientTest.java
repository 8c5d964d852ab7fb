package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.ClientEndpoint;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.ContainerProvider;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.WebSocketContainer;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.dormouse.tls.TestCertificates;
import org.dormouse.websocket.client.ClientContainer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our client and our server, over real sockets. */
@Timeout(60)
class WebSocketClientTest {
    private static final BlockingQueue<String> LOG = new LinkedBlockingQueue<>();

    private final ClientContainer container = (ClientContainer) ContainerProvider.getWebSocketContainer();

    @TempDir
    Path folder;

    @BeforeEach
    void clearLog() {
        LOG.clear();
    }

    @AfterEach
    void close() {
        container.close();
    }

    public static class ShowsParameters extends ServerEndpointConfig.Configurator {
        @Override
        public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
            config.getUserProperties().put("parameters", request.getParameterMap());
        }
    }

    @ServerEndpoint(value = "/echo/{word}", configurator = ShowsParameters.class)
    public static class Echo {
        @OnMessage
        public String text(Session session, String text) throws IOException {
            if (text.equals("close"))
                session.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(4001), "asked"));
            return switch (text) {
                case "who" -> String.valueOf(session.getUserPrincipal().getName());
                case "parameters" ->
                    session.getUserProperties().get("parameters").toString();
                case "close" -> null;
                default -> text;
            };
        }

        @OnMessage
        public ByteBuffer binary(ByteBuffer bytes) {
            return bytes;
        }
    }

    @ClientEndpoint
    public static class Annotated {
        @OnOpen
        public void open(Session session, EndpointConfig config) {
            LOG.add("open " + (config instanceof ClientEndpointConfig));
        }

        @OnMessage
        public void text(String text) {
            LOG.add(text);
        }

        @OnMessage
        public void binary(byte[] bytes) {
            LOG.add("bytes " + bytes.length);
        }

        @OnClose
        public void close(CloseReason reason) {
            LOG.add("close " + reason.getCloseCode().getCode() + " " + reason.getReasonPhrase());
        }
    }

    public static class Programmatic extends Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {
            LOG.add("open " + (config instanceof ClientEndpointConfig));
            session.addMessageHandler(String.class, (MessageHandler.Whole<String>) LOG::add);
        }

        @Override
        public void onClose(Session session, CloseReason reason) {
            LOG.add("close " + reason.getCloseCode().getCode() + " " + reason.getReasonPhrase());
        }
    }

    private static String next() throws InterruptedException {
        String found = LOG.poll(20, TimeUnit.SECONDS);
        if (found == null) throw new AssertionError("nothing came");
        return found;
    }

    private static ClientEndpointConfig config(Object... properties) {
        ClientEndpointConfig config = ClientEndpointConfig.Builder.create().build();
        put(config, properties);
        return config;
    }

    private static void put(ClientEndpointConfig config, Object... properties) {
        for (int i = 0; i < properties.length; i += 2)
            config.getUserProperties().put("org.dormouse.websocket.client." + properties[i], properties[i + 1]);
    }

    private static Dormouse.Builder builder(WebApp app) {
        return Mode.builder().host("127.0.0.1").loops(1).deploy(app);
    }

    private static URI uri(Dormouse server, String path) {
        return URI.create("ws://127.0.0.1:" + server.port() + path);
    }

    private interface Connecting {
        Session to(WebSocketContainer container, URI uri) throws Exception;
    }

    private enum Way implements Connecting {
        ANNOTATED_CLASS {
            @Override
            public Session to(WebSocketContainer container, URI uri) throws Exception {
                return container.connectToServer(Annotated.class, uri);
            }
        },
        ANNOTATED_INSTANCE {
            @Override
            public Session to(WebSocketContainer container, URI uri) throws Exception {
                return container.connectToServer(new Annotated(), uri);
            }
        },
        PROGRAMMATIC_CLASS {
            @Override
            public Session to(WebSocketContainer container, URI uri) throws Exception {
                return container.connectToServer(Programmatic.class, config(), uri);
            }
        },
        PROGRAMMATIC_INSTANCE {
            @Override
            public Session to(WebSocketContainer container, URI uri) throws Exception {
                return container.connectToServer(new Programmatic(), config(), uri);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyWayToConnectOpensSendsReceivesAndCloses(Way way) throws Exception {
        try (var server = builder(Mode.app("/").endpoint(Echo.class)).port(0).start()) {
            Session session = way.to(container, uri(server, "/echo/x"));
            assertThat(next()).isEqualTo("open true");
            session.getBasicRemote().sendText("hello");
            assertThat(next()).isEqualTo("hello");
            session.getBasicRemote().sendText("x".repeat(30_000));
            assertThat(next()).hasSize(30_000);
            assertThat(container.openClients()).isOne();
            assertThat(session.getOpenSessions()).containsExactly(session);
            session.getBasicRemote().sendText("close");
            assertThat(next()).isEqualTo("close 4001 asked");
        }
    }

    @Test
    void closeOfTheContainerClosesItsSessions() throws Exception {
        try (var server = builder(Mode.app("/").endpoint(Echo.class)).port(0).start()) {
            Session first = container.connectToServer(Annotated.class, uri(server, "/echo/x"));
            Session second = container.connectToServer(Annotated.class, uri(server, "/echo/y"));
            assertThat(first.getOpenSessions()).containsExactlyInAnyOrder(first, second);
            container.close();
            assertThat(java.util.List.of(next(), next(), next(), next()))
                    .containsExactly(
                            "open true", "open true", "close 1006 the client ends", "close 1006 the client ends");
        }
    }

    @Test
    void variablesOfThePathAreAmongTheParametersOfTheHandshake() throws Exception {
        try (var server = builder(Mode.app("/").endpoint(Echo.class)).port(0).start()) {
            Session session = container.connectToServer(Annotated.class, uri(server, "/echo/red?a=b"));
            session.getBasicRemote().sendText("parameters");
            assertThat(next()).isEqualTo("open true");
            assertThat(next()).contains("word=[red]").contains("a=[b]");
        }
    }

    /** Connects to its own server, whose only loop has to go on meanwhile. */
    private static final class ConnectsToItself extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            var endpoints = (ServerContainer) getServletContext().getAttribute(ServerContainer.class.getName());
            try {
                URI uri = URI.create("ws://127.0.0.1:" + request.getLocalPort() + "/echo/x");
                Session session = endpoints.connectToServer(Annotated.class, uri);
                session.getBasicRemote().sendText("from within");
                boolean isOwn = session.getContainer() == endpoints;
                response.getWriter().print(next() + ", " + next() + ", " + isOwn);
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Execution.class,
            names = {"LOOP", "VIRTUAL", "POOL", "INLINE"})
    void applicationConnectsToItsOwnServerWithoutHoldingItsOnlyLoop(Execution execution) throws Exception {
        WebApp app = WebApp.at("/").endpoint(Echo.class).servlet("/connect", new ConnectsToItself());
        try (var server = Dormouse.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .loops(1)
                        .execution(execution)
                        .deploy(app)
                        .start();
                var client = Http.connect(server)) {
            assertThat(client.get("/connect").body()).isEqualTo("open true, from within, true");
        }
        assertThat(next()).startsWith("close 100"); // by the server, or by the application
    }

    // --- TLS

    private Dormouse secure() throws IOException {
        Path keys = Files.write(folder.resolve("keys.p12"), TestCertificates.SERVER_EC.pkcs12());
        return Mode.builder()
                .host("127.0.0.1")
                .https(0, Tls.keyStore(keys, TestCertificates.PASSWORD))
                .deploy(Mode.app("/").endpoint(Echo.class))
                .start();
    }

    private Session connect(Dormouse server, String host, SSLContext context, Object... properties) throws Exception {
        ClientEndpointConfig config =
                ClientEndpointConfig.Builder.create().sslContext(context).build();
        put(config, properties);
        URI uri = URI.create("wss://" + host + ":" + server.httpsPort() + "/echo/x");
        return container.connectToServer(new Programmatic(), config, uri);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void secureConnectionCarriesMessagesOfEverySize(String protocol) throws Exception {
        try (var server = secure()) {
            SSLContext only = SSLContext.getInstance(protocol);
            only.init(null, trustManagers(), null);
            Session session = connect(server, "localhost", only);
            assertThat(next()).isEqualTo("open true");
            assertThat(session.isSecure()).isTrue();
            for (int size : new int[] {0, 1, 100, 16_000, 17_000, 60_000}) {
                session.getBasicRemote().sendText("s".repeat(size));
                assertThat(next()).hasSize(size);
            }
            session.close();
            assertThat(next()).isEqualTo("close 1000 ");
        }
    }

    private static javax.net.ssl.TrustManager[] trustManagers() throws Exception {
        var factory =
                javax.net.ssl.TrustManagerFactory.getInstance(javax.net.ssl.TrustManagerFactory.getDefaultAlgorithm());
        factory.init(TestCertificates.trustStore());
        return factory.getTrustManagers();
    }

    @Test
    void serverWhoseCertificateIsForAnotherNameIsRefusedUnlessThatIsAllowed() throws Exception {
        SSLContext trusting = TestCertificates.clientContext(null);
        Path keys = Files.write(folder.resolve("other.p12"), TestCertificates.OTHER_SERVER.pkcs12());
        try (var server = Mode.builder()
                .host("127.0.0.1")
                .https(0, Tls.keyStore(keys, TestCertificates.PASSWORD))
                .deploy(Mode.app("/").endpoint(Echo.class))
                .start()) {
            assertThatThrownBy(() -> connect(server, "localhost", trusting))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("handshake of TLS failed")
                    .hasMessageContaining("localhost");
            assertThat(LOG).isEmpty();
            assertThat(connect(server, "localhost", trusting, "verify-host-name", "false")
                            .isOpen())
                    .isTrue();
        }
    }

    @Test
    void serverWhomNobodyVouchesForIsRefused() throws Exception {
        try (var server = secure()) {
            assertThatThrownBy(() -> connect(server, "localhost", SSLContext.getDefault()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("handshake of TLS failed")
                    .hasMessageContaining("PKIX");
        }
    }

    // --- logins

    private WebApp guarded() throws IOException {
        Path users = Files.writeString(folder.resolve("users.txt"), "anna:secret:admin\n");
        return Mode.app("/").endpoint(Echo.class).users(users).protect("/*", "admin");
    }

    @Test
    void userAndPasswordAreToldToAServerThatAsksByBasic() throws Exception {
        try (var server = builder(guarded().basicLogin("r")).port(0).start()) {
            assertLoggedIn(server);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha-256", "md5", "sha-256, md5"})
    void userAndPasswordAreProvedToAServerThatAsksByDigest(String algorithms) throws Exception {
        try (var server = builder(guarded().digestLogin("r"))
                .port(0)
                .set("login.digest", algorithms)
                .start()) {
            assertLoggedIn(server);
        }
    }

    private void assertLoggedIn(Dormouse server) throws Exception {
        URI uri = uri(server, "/echo/x?y=z");
        Session session =
                container.connectToServer(new Programmatic(), config("user", "anna", "password", "secret"), uri);
        session.getBasicRemote().sendText("who");
        assertThat(next()).isEqualTo("open true");
        assertThat(next()).isEqualTo("anna");
        assertThatThrownBy(() ->
                        container.connectToServer(new Programmatic(), config("user", "anna", "password", "wrong"), uri))
                .hasMessageContaining("answered 401")
                .hasMessageContaining("to user anna");
        assertThatThrownBy(() -> container.connectToServer(new Programmatic(), config(), uri))
                .hasMessageContaining("answered 401");
    }
}
