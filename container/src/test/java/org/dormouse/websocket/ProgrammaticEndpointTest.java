package org.dormouse.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dormouse.websocket.ClientFrames.frames;

import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgrammaticEndpointTest {
    private final List<String> log = new ArrayList<>();

    @Test
    void handlersAreFoundByTheirTypeOrTheTypeTheyAreAddedWith() throws Exception {
        try (var sessions = sessionsOf(new Endpoint() {
            @Override
            public void onOpen(Session session, EndpointConfig config) {
                session.addMessageHandler(new MessageHandler.Whole<String>() {
                    @Override
                    public void onMessage(String text) {
                        log.add("text " + text);
                    }
                });
                session.addMessageHandler(ByteBuffer.class, (part, last) -> log.add("part " + part.remaining() + last));
                session.addMessageHandler(PongMessage.class, pong -> log.add("pong"));
                assertThat(session.getMessageHandlers()).hasSize(3);
                assertThatThrownBy(() -> session.addMessageHandler(String.class, text -> {}))
                        .isInstanceOf(IllegalStateException.class);
                MessageHandler.Whole<String> lambda = text -> {};
                assertThatThrownBy(() -> session.addMessageHandler(lambda))
                        .isInstanceOf(IllegalArgumentException.class);
            }

            @Override
            public void onClose(Session session, CloseReason reason) {
                log.add("close " + reason.getCloseCode().getCode());
            }
        })) {
            var client = sessions.connect("/e");
            client.send(frames().text("a")
                    .frame(0x02, (byte) 1)
                    .frame(0x80, (byte) 2)
                    .pong("")
                    .close(3000, ""));
            assertThat(log).containsExactly("text a", "part 1false", "part 1true", "pong", "close 3000");
        }
    }

    @Test
    void handlerThatWasRemovedGetsNothingMore() throws Exception {
        try (var sessions = sessionsOf(new Endpoint() {
            @Override
            public void onOpen(Session session, EndpointConfig config) {
                session.addMessageHandler(new MessageHandler.Whole<String>() {
                    @Override
                    public void onMessage(String text) {
                        log.add(text);
                        session.removeMessageHandler(this);
                        session.addMessageHandler(String.class, other -> log.add("other " + other));
                    }
                });
            }
        })) {
            sessions.connect("/e").send(frames().text("a")).send(frames().text("b"));
            assertThat(log).containsExactly("a", "other b");
        }
    }

    @Test
    void errorsReachAnEndpointThatListensAndTheSessionGoesOn() throws Exception {
        try (var sessions = sessionsOf(new Endpoint() {
            @Override
            public void onOpen(Session session, EndpointConfig config) {
                session.addMessageHandler(String.class, text -> {
                    throw new IllegalStateException(text);
                });
            }

            @Override
            public void onError(Session session, Throwable error) {
                log.add(error.getMessage());
            }
        })) {
            var client = sessions.connect("/e").send(frames().text("1").text("2"));
            assertThat(log).containsExactly("1", "2");
            assertThat(client.received()).isEmpty();
        }
    }

    private static ScriptedSessions sessionsOf(Endpoint endpoint) throws Exception {
        var sessions = new ScriptedSessions();
        sessions.container.addEndpoint(ServerEndpointConfig.Builder.create(endpoint.getClass(), "/e")
                .configurator(new ServerEndpointConfig.Configurator() {
                    @Override
                    public <T> T getEndpointInstance(Class<T> endpointClass) {
                        return endpointClass.cast(endpoint);
                    }
                })
                .build());
        return sessions;
    }
}
