package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import jakarta.websocket.Decoder;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Encoder;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Extension;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.Session;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dormouse.http.Fields;
import org.dormouse.websocket.frame.NamedExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HandshakeTest {
    public static final class Nothing extends Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {}
    }

    @Test
    void keyOfTheRfcGivesTheAcceptOfTheRfc() throws Exception {
        Fields fields = accept(config(new DefaultConfigurator()), new OpeningRequestOf("ws://localhost/e"));
        assertThat(fields.size()).isEqualTo(1);
        assertThat(fields.first("Sec-WebSocket-Accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    static Stream<Arguments> refused() {
        OpeningRequestOf post = request();
        post.method = "POST";
        return Stream.of(
                Arguments.of("POST", post, 405),
                Arguments.of("no Upgrade", request().without("Upgrade"), 400),
                Arguments.of("another Upgrade", request().with("Upgrade", "h2c"), 400),
                Arguments.of("no Connection", request().without("Connection"), 400),
                Arguments.of("Connection without upgrade", request().with("Connection", "close"), 400),
                Arguments.of("no version", request().without("Sec-WebSocket-Version"), 426),
                Arguments.of("version 8", request().with("Sec-WebSocket-Version", "8"), 426),
                Arguments.of("two versions", request().with("Sec-WebSocket-Version", "13", "13"), 426),
                Arguments.of("no key", request().without("Sec-WebSocket-Key"), 400),
                Arguments.of("two keys", request().with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "x"), 400),
                Arguments.of("a short key", request().with("Sec-WebSocket-Key", "dGhlIHNhbXBsZQ=="), 400),
                Arguments.of(
                        "a key that is no Base64",
                        request().with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j!Q=="),
                        400),
                Arguments.of("a subprotocol that is no token", request().with("Sec-WebSocket-Protocol", "a b"), 400),
                Arguments.of("an empty subprotocol", request().with("Sec-WebSocket-Protocol", "a,,b"), 400),
                Arguments.of("a malformed extension", request().with("Sec-WebSocket-Extensions", "a; b=\"c"), 400),
                Arguments.of("two origins", request().with("Origin", "http://a", "http://b"), 403));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void handshakeThatIsWrongIsRefused(String name, OpeningRequestOf request, int status) throws Exception {
        ServerEndpointConfig config = config(new DefaultConfigurator());
        assertThatThrownBy(() -> accept(config, request))
                .asInstanceOf(type(HandshakeRefused.class))
                .extracting(HandshakeRefused::status)
                .isEqualTo(status);
    }

    @Test
    void namesAndTokensCompareWithoutCase() throws Exception {
        var request =
                new OpeningRequestOf("ws://localhost/e").without("Upgrade").with("UPGRADE", "WebSocket");
        assertThat(accept(config(new DefaultConfigurator()), request).has("Sec-WebSocket-Accept"))
                .isTrue();
    }

    @Test
    void firstSubprotocolOfTheClientThatTheServerHasIsChosen() throws Exception {
        ServerEndpointConfig config = ServerEndpointConfig.Builder.create(Nothing.class, "/e")
                .subprotocols(List.of("b", "c"))
                .build();
        var request = request().with("Sec-WebSocket-Protocol", "a, c", "b");
        assertThat(accept(config, request).first("Sec-WebSocket-Protocol")).isEqualTo("c");
        assertThat(accept(config, request().with("Sec-WebSocket-Protocol", "x")).has("Sec-WebSocket-Protocol"))
                .isFalse();
    }

    @Test
    void theFirstAcceptableOfferOfCompressionIsAnswered() throws Exception {
        var request = request()
                .with(
                        "Sec-WebSocket-Extensions",
                        "x-other, permessage-deflate; mode=best",
                        "permessage-deflate; client_max_window_bits");
        assertThat(accept(config(new DefaultConfigurator()), request).first("Sec-WebSocket-Extensions"))
                .isEqualTo("permessage-deflate; server_no_context_takeover; client_no_context_takeover");
        assertThat(accept(config(new DefaultConfigurator()), request().with("Sec-WebSocket-Extensions", "x-other"))
                        .has("Sec-WebSocket-Extensions"))
                .isFalse();
    }

    @Test
    void theConfiguratorSeesWhatIsInstalledAndOfferedAndDecides() throws Exception {
        List<String> seen = new ArrayList<>();
        List<Extension> answer = new ArrayList<>();
        ServerEndpointConfig config = config(new ServerEndpointConfig.Configurator() {
            @Override
            public List<Extension> getNegotiatedExtensions(List<Extension> installed, List<Extension> requested) {
                seen.add(installed + " " + requested);
                return answer;
            }
        });
        var request = request().with("Sec-WebSocket-Extensions", "a; b=1, permessage-deflate");
        assertThat(accept(config, request).has("Sec-WebSocket-Extensions")).isFalse();
        assertThat(seen).containsExactly("[permessage-deflate] [a; b=1, permessage-deflate]");
        answer.add(
                new Extension() { // not offered so
                    @Override
                    public String getName() {
                        return "permessage-deflate";
                    }

                    @Override
                    public List<Parameter> getParameters() {
                        return List.of(new NamedExtension.NamedParameter("server_max_window_bits", "9"));
                    }
                });
        assertThat(accept(config, request).has("Sec-WebSocket-Extensions")).isFalse();
        answer.add(new NamedExtension("permessage-deflate", List.of()));
        assertThat(accept(config, request).first("Sec-WebSocket-Extensions"))
                .startsWith("permessage-deflate; server_no");
    }

    @Test
    void extensionsOfTheEndpointAreInstalledBeforeThoseOfTheContainerAndNotAcceptedForThat() throws Exception {
        List<Extension> seen = new ArrayList<>();
        ServerEndpointConfig config = ServerEndpointConfig.Builder.create(Nothing.class, "/e")
                .extensions(List.of(new NamedExtension("x-own", List.of())))
                .configurator(new ServerEndpointConfig.Configurator() {
                    @Override
                    public List<Extension> getNegotiatedExtensions(
                            List<Extension> installed, List<Extension> requested) {
                        seen.addAll(installed);
                        return requested;
                    }
                })
                .build();
        var request = request().with("Sec-WebSocket-Extensions", "x-own");
        assertThat(accept(config, request).has("Sec-WebSocket-Extensions")).isFalse();
        assertThat(seen).extracting(Extension::getName).containsExactly("x-own", "permessage-deflate");
    }

    @Test
    void anApplicationThatTakesTheFieldOutHasNoCompression() throws Exception {
        ServerEndpointConfig config = config(new ServerEndpointConfig.Configurator() {
            @Override
            public void modifyHandshake(
                    ServerEndpointConfig own, HandshakeRequest request, HandshakeResponse response) {
                response.getHeaders().remove("sec-websocket-extensions");
            }
        });
        var request = request().with("Sec-WebSocket-Extensions", "permessage-deflate");
        assertThat(accept(config, request).size()).isEqualTo(1);
    }

    @Test
    void originIsTheConfiguratorsToCheck() throws Exception {
        ServerEndpointConfig config = config(new ServerEndpointConfig.Configurator() {
            @Override
            public boolean checkOrigin(String origin) {
                return "https://good.example".equals(origin);
            }
        });
        assertThat(accept(config, request().with("Origin", "https://good.example"))
                        .size())
                .isEqualTo(1);
        assertThatThrownBy(() -> accept(config, request().with("Origin", "https://bad.example")))
                .asInstanceOf(type(HandshakeRefused.class))
                .extracting(HandshakeRefused::status)
                .isEqualTo(403);
    }

    @Test
    void configuratorMayChangeTheAnswerAndTheUserPropertiesOfItsSession() throws Exception {
        ServerEndpointConfig config = config(new ServerEndpointConfig.Configurator() {
            @Override
            public void modifyHandshake(
                    ServerEndpointConfig own, HandshakeRequest request, HandshakeResponse response) {
                response.getHeaders()
                        .put("X-Seen", List.of(request.getHeaders().get("HOST").getFirst()));
                own.getUserProperties().put("host", request.getHeaders().get("host"));
            }
        });
        config.getUserProperties().put("shared", 1);
        Fields fields = accept(config, request());
        assertThat(fields.first("X-Seen")).isEqualTo("localhost");
        assertThat(config.getUserProperties()).isEqualTo(Map.of("shared", 1));
    }

    @Test
    void endpointThatCannotBeMadeIsRefusedBeforeAnythingIsAnswered() throws Exception {
        ServerEndpointConfig config = config(new ServerEndpointConfig.Configurator() {
            @Override
            public <T> T getEndpointInstance(Class<T> endpointClass) throws InstantiationException {
                throw new InstantiationException("not today");
            }
        });
        assertThatThrownBy(() -> accept(config, request())).hasMessage("not today");
    }

    @Test
    void withoutACheckOfItsOwnTheConfiguratorAsksTheServerAboutOriginsAndLetsClientsWithoutOneIn() throws Exception {
        for (var configurator : List.of(new DefaultConfigurator(), new ServerEndpointConfig.Configurator())) {
            ServerEndpointConfig config = config(configurator);
            var request = request().with("Origin", "https://app.example");
            request.allowedOrigin = "https://app.example";
            assertThat(accept(config, request).has("Sec-WebSocket-Accept")).isTrue();
            request.allowedOrigin = "https://other.example";
            assertThatThrownBy(() -> accept(config, request))
                    .hasMessageContaining("https://app.example")
                    .hasMessageContaining("websocket.allowed-origins")
                    .asInstanceOf(type(HandshakeRefused.class))
                    .extracting(HandshakeRefused::status)
                    .isEqualTo(403);
            assertThat(accept(config, request.without("Origin")).has("Sec-WebSocket-Accept"))
                    .isTrue();
        }
        assertThat(new DefaultConfigurator().checkOrigin("https://app.example")).isFalse();
    }

    @Test
    void configuratorIsAskedForOnceAndEachOfItsMethodsOncePerHandshakeInTheirOrder() throws Exception {
        List<String> calls = new ArrayList<>();
        class Counting extends ServerEndpointConfig.Configurator {
            Counting() {
                calls.add("new");
            }

            @Override
            public boolean checkOrigin(String origin) {
                calls.add("checkOrigin");
                return true;
            }

            @Override
            public String getNegotiatedSubprotocol(List<String> supported, List<String> requested) {
                calls.add("subprotocol");
                return "";
            }

            @Override
            public void modifyHandshake(
                    ServerEndpointConfig own, HandshakeRequest request, HandshakeResponse response) {
                calls.add("modify " + (own.getConfigurator() == this));
            }

            @Override
            public <T> T getEndpointInstance(Class<T> endpointClass) throws InstantiationException {
                calls.add("instance");
                return super.getEndpointInstance(endpointClass);
            }
        }
        ServerEndpointConfig plain = config(new DefaultConfigurator());
        ServerEndpointConfig config = new ServerEndpointConfig() {
            @Override
            public Configurator getConfigurator() {
                return new Counting();
            }

            @Override
            public Class<?> getEndpointClass() {
                return plain.getEndpointClass();
            }

            @Override
            public String getPath() {
                return plain.getPath();
            }

            @Override
            public List<String> getSubprotocols() {
                return List.of();
            }

            @Override
            public List<Extension> getExtensions() {
                return List.of();
            }

            @Override
            public List<Class<? extends Encoder>> getEncoders() {
                return List.of();
            }

            @Override
            public List<Class<? extends Decoder>> getDecoders() {
                return List.of();
            }

            @Override
            public Map<String, Object> getUserProperties() {
                return plain.getUserProperties();
            }
        };
        EndpointMatch match = container(new SessionLimits(10, 10)).match(config, Map.of());
        for (int i = 0; i < 2; i++) match.accept(request(), Runnable::run);
        List<String> one = List.of("checkOrigin", "subprotocol", "modify true", "instance");
        List<String> expected = new ArrayList<>(List.of("new"));
        expected.addAll(one);
        expected.addAll(one);
        assertThat(calls).isEqualTo(expected);
    }

    @Test
    void variablesOfThePathAreAmongTheParametersOfTheRequest() throws Exception {
        List<Object> seen = new ArrayList<>();
        ServerEndpointConfig config = config(new ServerEndpointConfig.Configurator() {
            @Override
            public void modifyHandshake(
                    ServerEndpointConfig own, HandshakeRequest request, HandshakeResponse response) {
                seen.add(request.getParameterMap());
            }
        });
        container(new SessionLimits(10, 10))
                .match(config, Map.of("room", "blue"))
                .accept(request(), Runnable::run);
        assertThat(seen).containsExactly(Map.of("room", List.of("blue")));
    }

    @Test
    void configuratorThatGivesNoInstanceOfTheEndpointIsRefused() throws Exception {
        ServerEndpointConfig config = config(new ServerEndpointConfig.Configurator() {
            @Override
            @SuppressWarnings("unchecked")
            public <T> T getEndpointInstance(Class<T> endpointClass) {
                return (T) (Object) "a string";
            }
        });
        assertThatThrownBy(() -> accept(config, request()))
                .hasMessageContaining("java.lang.String")
                .hasMessageContaining(Nothing.class.getName());
    }

    private static OpeningRequestOf request() {
        return new OpeningRequestOf("ws://localhost/e");
    }

    private static ServerEndpointConfig config(ServerEndpointConfig.Configurator configurator) {
        return ServerEndpointConfig.Builder.create(Nothing.class, "/e")
                .configurator(configurator)
                .build();
    }

    private static Fields accept(ServerEndpointConfig config, OpeningRequest request)
            throws DeploymentException, HandshakeRefused {
        return container(new SessionLimits(10, 10))
                .match(config, Map.of())
                .accept(request, Runnable::run)
                .fields();
    }

    private static EndpointContainer container(SessionLimits sessions) {
        return new EndpointContainer(
                WebSocketServices.of(WebSocketLimits.DEFAULT, sessions),
                HandshakeTest.class.getClassLoader(),
                (a, b, c, d) -> {},
                EndpointHost.NOBODY,
                () -> {},
                (endpoint, uri) -> {
                    throw new UnsupportedOperationException("no network here");
                });
    }
}
