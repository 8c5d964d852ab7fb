package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.ContainerProvider;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Extension;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.OnMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.dormouse.websocket.frame.ExtensionField;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compressed messages between our client and our server, over real sockets. */
@Timeout(60)
class CompressedWebSocketTest {
    @ServerEndpoint("/echo")
    public static class Echo {
        @OnMessage(maxMessageSize = 1 << 20)
        public String text(Session session, String text) {
            return session.getNegotiatedExtensions() + " " + text;
        }
    }

    public static final class Client extends Endpoint {
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

        @Override
        public void onOpen(Session session, EndpointConfig config) {
            session.setMaxTextMessageBufferSize(1 << 20);
            session.addMessageHandler(String.class, (MessageHandler.Whole<String>) received::add);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "false | permessage-deflate | [permessage-deflate; server_no_context_takeover; client_no_context_takeover]",
                "true | permessage-deflate | [permessage-deflate]",
                "true | permessage-deflate; server_max_window_bits=9; client_max_window_bits=10 | [permessage-deflate; server_max_window_bits=9]",
                "true | permessage-deflate; server_no_context_takeover | [permessage-deflate; server_no_context_takeover]",
                "true | x-other | []"
            })
    void whatTheClientOffersIsAgreedOnAndUsed(String context, String offer, String agreed) throws Exception {
        try (var server = Mode.builder()
                .host("127.0.0.1")
                .port(0)
                .set("websocket.compression-context", context)
                .deploy(Mode.app("/").endpoint(Echo.class))
                .start()) {
            List<Extension> offers = new ArrayList<>(ExtensionField.parse(List.of(offer)));
            var client = new Client();
            var config =
                    ClientEndpointConfig.Builder.create().extensions(offers).build();
            try (Session session = ContainerProvider.getWebSocketContainer()
                    .connectToServer(client, config, URI.create("ws://127.0.0.1:" + server.port() + "/echo"))) {
                assertThat(session.getNegotiatedExtensions()).hasToString(agreed);
                for (int i = 0; i < 5; i++) {
                    String text = (i + " how now, brown cow? ").repeat(20_000);
                    session.getBasicRemote().sendText(text);
                    assertThat(client.received.poll(20, TimeUnit.SECONDS)).isEqualTo(agreed + " " + text);
                }
            }
            assertThat(server.webSocketCounts().closedForBreaches()).isZero();
        }
    }
}
