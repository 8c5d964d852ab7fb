package org.dormouse.websocket.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.ContainerProvider;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Extension;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.dormouse.websocket.frame.NamedExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Handshakes of the client with servers that answer what a test wants, over real sockets. */
@Timeout(60)
class HandshakeClientTest {
    private static final String GOOD = """
            HTTP/1.1 101 Switching Protocols
            Upgrade: WebSocket
            Connection: keep-alive, Upgrade
            Sec-WebSocket-Accept: ACCEPT

            """;

    private final ClientContainer container = (ClientContainer) ContainerProvider.getWebSocketContainer();
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        container.close();
    }

    private final class Texts extends Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {
            seen.add("open");
            session.addMessageHandler((MessageHandler.Whole<String>) new MessageHandler.Whole<String>() {
                @Override
                public void onMessage(String text) {
                    seen.add(text);
                }
            });
        }
    }

    private Session connect(int port, Object... properties) throws Exception {
        return connect(port, ClientEndpointConfig.Builder.create().build(), properties);
    }

    private Session connect(int port, ClientEndpointConfig config, Object... properties) throws Exception {
        for (int i = 0; i < properties.length; i += 2)
            config.getUserProperties().put((String) properties[i], properties[i + 1]);
        return container.connectToServer(new Texts(), config, URI.create("ws://127.0.0.1:" + port + "/chat?a=b"));
    }

    private String next() throws InterruptedException {
        String text = seen.poll(20, TimeUnit.SECONDS);
        if (text == null) throw new AssertionError("nothing came");
        return text;
    }

    @Test
    void requestIsThatOfRfc6455AndEachHasAKeyOfItsOwn() throws Exception {
        try (var server = AnsweringServer.of(GOOD)) {
            connect(server.port());
            connect(server.port());
            String head = server.heads.getFirst();
            assertThat(head.lines())
                    .contains(
                            "GET /chat?a=b HTTP/1.1",
                            "Host: 127.0.0.1:" + server.port(),
                            "Upgrade: websocket",
                            "Connection: Upgrade",
                            "Sec-WebSocket-Version: 13")
                    .noneMatch(line -> line.startsWith("Sec-WebSocket-Protocol") || line.startsWith("Origin"));
            String key = AnsweringServer.field(head, "Sec-WebSocket-Key");
            assertThat(java.util.Base64.getDecoder().decode(key)).hasSize(16);
            assertThat(AnsweringServer.field(server.heads.get(1), "Sec-WebSocket-Key"))
                    .isNotEqualTo(key);
        }
    }

    @Test
    void acceptIsThatOfTheExampleOfRfc6455() {
        assertThat(OpeningHead.accept("dGhlIHNhbXBsZSBub25jZQ==")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    @Test
    void bytesBehindTheAnswerAreDeliveredAfterOnOpen() throws Exception {
        try (var server = AnsweringServer.of(GOOD.replace("\n", "\r\n") + "\u0081\2hi\u0081\3you")) {
            connect(server.port());
            assertThat(List.of(next(), next(), next())).containsExactly("open", "hi", "you");
        }
    }

    @Test
    void interimAnswersAreNotTheAnswer() throws Exception {
        try (var server = AnsweringServer.of("HTTP/1.1 103 Early Hints\nLink: x\n\n" + GOOD)) {
            assertThat(connect(server.port()).isOpen()).isTrue();
        }
    }

    static Stream<Arguments> badAnswers() {
        return Stream.of(
                Arguments.of("HTTP/1.1 404 Not Found\n\n", "answered 404 Not Found instead of 101"),
                Arguments.of("HTTP/1.1 200 OK\n\n", "answered 200 OK instead of 101"),
                Arguments.of("HTTP/1.1 503\n\n", "answered 503 instead of 101"),
                Arguments.of("HTTP/1.1 401 Who\nWWW-Authenticate: Basic realm=x\n\n", "answered 401 Who"),
                Arguments.of("HTTP/1.1 302 There\nLocation: /b\n\n", "(Location: /b), and followed are 0 redirects"),
                Arguments.of(GOOD.replace("WebSocket\n", "h2c\n"), "101 without Upgrade: websocket"),
                Arguments.of(GOOD.replace(", Upgrade", ""), "101 without Connection: Upgrade"),
                Arguments.of(GOOD.replace("Sec-WebSocket-Accept: ACCEPT\n", ""), "101 without Sec-WebSocket-Accept"),
                Arguments.of(GOOD.replace("ACCEPT", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "not the answer to the key"),
                Arguments.of(GOOD.replace("ACCEPT", "ACCEPTx"), "not the answer to the key"),
                Arguments.of(
                        GOOD.replace("\n\n", "\nSec-WebSocket-Accept: ACCEPT\n\n"), "2 fields Sec-WebSocket-Accept"),
                Arguments.of(with("Sec-WebSocket-Protocol: v9"), "subprotocol v9, asked for were [v1, v2]"),
                Arguments.of(with("Sec-WebSocket-Protocol: v1, v2"), "subprotocol v1, v2, asked for"),
                Arguments.of(with("Sec-WebSocket-Extensions: x-other"), "extension x-other, asked for were [x-mine]"),
                Arguments.of(with("Sec-WebSocket-Extensions: x-mine"), "extension x-mine, which is not installed"),
                Arguments.of(with("Sec-WebSocket-Extensions: ;"), "malformed"),
                Arguments.of(with("X: " + "y".repeat(20_000)), "head of more than 16384 bytes, limit 16384"),
                Arguments.of("SSH-2.0-x\n\n", "the answer is malformed: status line \"SSH-2.0-x\""),
                Arguments.of(with("no colon"), "the answer is malformed: field line"));
    }

    private static String with(String field) {
        return GOOD.replace("\n\n", "\n" + field + "\n\n");
    }

    @ParameterizedTest
    @MethodSource("badAnswers")
    void answerThatIsNotRightIsADeploymentExceptionThatSaysWhy(String answer, String why) throws Exception {
        ClientEndpointConfig config = ClientEndpointConfig.Builder.create()
                .preferredSubprotocols(List.of("v1", "v2"))
                .extensions(List.<Extension>of(new NamedExtension("x-mine", List.of())))
                .build();
        try (var server = AnsweringServer.of(answer)) {
            assertThatThrownBy(() -> connect(server.port(), config))
                    .isInstanceOf(DeploymentException.class)
                    .hasMessageContaining("ws://127.0.0.1:" + server.port() + "/chat?a=b")
                    .hasMessageContaining(why);
        }
        assertThat(seen).isEmpty();
        assertThat(container.openClients()).isZero();
    }

    @Test
    void subprotocolThatTheServerChoseIsTheSessions() throws Exception {
        ClientEndpointConfig config = ClientEndpointConfig.Builder.create()
                .preferredSubprotocols(List.of("v1", "v2"))
                .build();
        try (var server = AnsweringServer.of(with("Sec-WebSocket-Protocol: v2"))) {
            Session session = connect(server.port(), config);
            assertThat(session.getNegotiatedSubprotocol()).isEqualTo("v2");
            assertThat(session.getRequestURI().toString()).endsWith("/chat?a=b");
            assertThat(session.getContainer()).isSameAs(container);
            assertThat(session.isSecure()).isFalse();
            assertThat(AnsweringServer.field(server.heads.getFirst(), "Sec-WebSocket-Protocol"))
                    .isEqualTo("v1, v2");
        }
    }

    @Test
    void configuratorSeesTheRequestAndTheResponseAndMayAddFields() throws Exception {
        var response = new AtomicReference<HandshakeResponse>();
        ClientEndpointConfig config = ClientEndpointConfig.Builder.create()
                .configurator(new ClientEndpointConfig.Configurator() {
                    @Override
                    public void beforeRequest(Map<String, List<String>> headers) {
                        headers.put("Origin", List.of("http://me.example"));
                        headers.put("X-Two", new ArrayList<>(List.of("1", "2")));
                        headers.remove("upgrade");
                    }

                    @Override
                    public void afterResponse(HandshakeResponse given) {
                        response.set(given);
                    }
                })
                .build();
        try (var server = AnsweringServer.of(with("X-Server: s"))) {
            connect(server.port(), config);
            assertThat(server.heads.getFirst().lines())
                    .contains("Origin: http://me.example", "X-Two: 1", "X-Two: 2", "Upgrade: websocket");
            assertThat(response.get().getHeaders().get("x-server")).containsExactly("s");
        }
    }

    @Test
    void fieldThatCannotBeSentIsRefusedBeforeItIs() throws Exception {
        ClientEndpointConfig config = ClientEndpointConfig.Builder.create()
                .configurator(new ClientEndpointConfig.Configurator() {
                    @Override
                    public void beforeRequest(Map<String, List<String>> headers) {
                        headers.put("X", List.of("a\r\nInjected: b"));
                    }
                })
                .build();
        try (var server = AnsweringServer.of(GOOD)) {
            assertThatThrownBy(() -> connect(server.port(), config))
                    .isInstanceOf(DeploymentException.class)
                    .hasMessageContaining("beforeRequest left a field that cannot be sent");
            assertThat(server.heads).isEmpty();
        }
    }

    // --- when nobody answers

    @Test
    void refusedConnectionIsAnIOException() throws Exception {
        int port;
        try (var gone = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = gone.getLocalPort();
        }
        assertThatThrownBy(() -> connect(port))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot connect to ws://127.0.0.1:" + port)
                .hasMessageContaining("refused");
    }

    @Test
    void hostThatHasNoAddressIsAnIOException() {
        assertThatThrownBy(() -> container.connectToServer(
                        new Texts(),
                        ClientEndpointConfig.Builder.create().build(),
                        URI.create("ws://no.host.invalid/")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no.host.invalid");
    }

    @Test
    void connectionThatIsNeverAcceptedEndsWithTheTimeout() throws Exception {
        List<Socket> waiting = new ArrayList<>();
        try (var full = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            for (int i = 0; i < 8; i++) {
                var socket = java.nio.channels.SocketChannel.open();
                socket.configureBlocking(false);
                socket.connect(full.getLocalSocketAddress());
                waiting.add(socket.socket());
            }
            assertThatThrownBy(() -> connect(full.getLocalPort(), ClientSettings.CONNECT_TIMEOUT, 100))
                    .hasMessageContaining("no answer within 100 ms (org.dormouse.websocket.client.connect-timeout)");
        } finally {
            for (Socket each : waiting) each.close();
        }
    }

    @Test
    void serverThatDoesNotAnswerEndsWithTheTimeout() throws Exception {
        try (var server = new AnsweringServer((head, connection) -> null)) {
            assertThatThrownBy(() -> connect(server.port(), ClientSettings.HANDSHAKE_TIMEOUT, "100"))
                    .isInstanceOf(DeploymentException.class)
                    .hasMessageContaining("no answer within 100 ms (org.dormouse.websocket.client.handshake-timeout)");
        }
    }

    @Test
    void serverThatLeavesInsteadOfAnAnswerIsAnIOException() throws Exception {
        try (var server = new AnsweringServer((head, connection) -> {
            connection.close();
            return null;
        })) {
            assertThatThrownBy(() -> connect(server.port()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("before the answer");
        }
    }

    @Test
    void interruptedThreadGivesUpAndItsConnectionIsClosed() throws Exception {
        var asked = new CountDownLatch(1);
        var left = new CountDownLatch(1);
        try (var server = new AnsweringServer((head, connection) -> {
            asked.countDown();
            if (connection.getInputStream().read() < 0) left.countDown();
            return null;
        })) {
            var thrown = new LinkedBlockingQueue<Exception>();
            Thread thread = Thread.ofPlatform().start(() -> {
                try {
                    connect(server.port());
                } catch (Exception e) {
                    thrown.add(e);
                }
            });
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            thread.interrupt();
            assertThat(thrown.poll(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
            assertThat(left.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void settingThatCannotBeIsRefusedWithItsName() {
        assertThatThrownBy(() -> connect(1, ClientSettings.MAX_REDIRECTS, 21))
                .isInstanceOf(DeploymentException.class)
                .hasMessage("org.dormouse.websocket.client.max-redirects is 21, allowed is 0 to 20");
    }

    // --- redirects and logins

    @Test
    void redirectsAreFollowedAsFarAsIsAllowed() throws Exception {
        try (var target = AnsweringServer.of(GOOD);
                var server = new AnsweringServer((head, connection) -> AnsweringServer.text(
                        head.startsWith("GET /chat")
                                ? "HTTP/1.1 307 x\nLocation: next?c\n\n"
                                : "HTTP/1.1 301 x\nLocation: http://127.0.0.1:" + target.port() + "/there\n\n",
                        head))) {
            Session session = connect(server.port(), ClientSettings.MAX_REDIRECTS, 2);
            assertThat(session.getRequestURI().toString()).isEqualTo("ws://127.0.0.1:" + target.port() + "/there");
            assertThat(server.heads)
                    .extracting(h -> h.lines().findFirst().orElseThrow())
                    .containsExactly("GET /chat?a=b HTTP/1.1", "GET /next?c HTTP/1.1");
            assertThatThrownBy(() -> connect(server.port(), ClientSettings.MAX_REDIRECTS, 1))
                    .isInstanceOf(DeploymentException.class)
                    .hasMessageContaining("followed are 1 redirects");
        }
    }

    @Test
    void passwordIsToldToNobodyWhomTheApplicationHasNotNamed() throws Exception {
        try (var other = AnsweringServer.of("HTTP/1.1 401 x\nWWW-Authenticate: Basic realm=\"r\"\n\n");
                var server = AnsweringServer.of("HTTP/1.1 302 x\nLocation: ws://127.0.0.1:" + other.port() + "/\n\n")) {
            assertThatThrownBy(() -> connect(
                            server.port(),
                            ClientSettings.MAX_REDIRECTS,
                            1,
                            ClientSettings.USER,
                            "anna",
                            ClientSettings.PASSWORD,
                            "secret"))
                    .isInstanceOf(DeploymentException.class)
                    .hasMessageContaining("not the server that was asked first")
                    .hasMessageNotContaining("secret");
            assertThat(other.heads).noneMatch(head -> head.contains("Authorization"));
        }
    }

    @Test
    void wrongPasswordIsToldOnce() throws Exception {
        try (var server = AnsweringServer.of("HTTP/1.1 401 x\nWWW-Authenticate: Basic realm=\"r\"\n\n")) {
            assertThatThrownBy(() ->
                            connect(server.port(), ClientSettings.USER, "anna", ClientSettings.PASSWORD, "se\u00e7ret"))
                    .isInstanceOf(DeploymentException.class)
                    .hasMessageContaining("to user anna");
            assertThat(server.heads)
                    .extracting(head -> AnsweringServer.field(head, "Authorization"))
                    .containsExactly("", "Basic YW5uYTpzZcOncmV0");
        }
    }

    // --- proxies

    /** Connects where it is asked to, and then only carries bytes. */
    private static byte[] carry(String head, Socket client) throws IOException {
        String[] target = head.split(" ")[1].split(":");
        Socket server = new Socket(target[0], Integer.parseInt(target[1]));
        OutputStream back = client.getOutputStream();
        back.write("HTTP/1.1 200 Connected\r\n\r\n".getBytes());
        Thread.ofVirtual().start(() -> {
            try (server) {
                server.getInputStream().transferTo(back);
            } catch (IOException e) {
                // one of both left
            }
        });
        InputStream in = client.getInputStream();
        in.transferTo(server.getOutputStream());
        server.shutdownOutput();
        return null;
    }

    @Test
    void proxyIsAskedToConnectWithItsCredentials() throws Exception {
        try (var server = AnsweringServer.of(GOOD.replace("\n", "\r\n") + "\u0081\2hi");
                var proxy = new AnsweringServer(HandshakeClientTest::carry)) {
            connect(
                    server.port(),
                    ClientSettings.PROXY,
                    "127.0.0.1:" + proxy.port(),
                    ClientSettings.PROXY_USER,
                    "anna",
                    ClientSettings.PROXY_PASSWORD,
                    "secret");
            assertThat(List.of(next(), next())).containsExactly("open", "hi");
            assertThat(proxy.heads.getFirst().lines())
                    .containsExactly(
                            "CONNECT 127.0.0.1:" + server.port() + " HTTP/1.1",
                            "Host: 127.0.0.1:" + server.port(),
                            "Proxy-Authorization: Basic YW5uYTpzZWNyZXQ=",
                            "");
            assertThat(server.heads.getFirst()).doesNotContain("Proxy-");
        }
    }

    @Test
    void proxyThatRefusesIsNamed() throws Exception {
        try (var proxy = AnsweringServer.of("HTTP/1.1 407 Who\n\n")) {
            assertThatThrownBy(() -> connect(1, ClientSettings.PROXY, "http://127.0.0.1:" + proxy.port()))
                    .isInstanceOf(DeploymentException.class)
                    .hasMessageContaining(
                            "proxy 127.0.0.1:" + proxy.port() + " answered 407 Who to CONNECT 127.0.0.1:1")
                    .hasMessageContaining("proxy-password");
        }
    }

    @Test
    void proxyOfTheSystemPropertiesIsUsed() throws Exception {
        try (var server = AnsweringServer.of(GOOD);
                var proxy = new AnsweringServer(HandshakeClientTest::carry)) {
            System.setProperty("http.proxyHost", "127.0.0.1");
            System.setProperty("http.proxyPort", Integer.toString(proxy.port()));
            System.setProperty("http.nonProxyHosts", "");
            try {
                connect(server.port());
                assertThat(proxy.heads).hasSize(1);
                connect(server.port(), ClientSettings.PROXY, ClientSettings.NONE);
                assertThat(proxy.heads).hasSize(1);
            } finally {
                System.clearProperty("http.proxyHost");
                System.clearProperty("http.proxyPort");
                System.clearProperty("http.nonProxyHosts");
            }
        }
    }
}
