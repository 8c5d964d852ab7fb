package org.dormouse.compat.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WebSocketTest extends ShopTest {
    @Test
    void aJakartaEndpointAnswers() throws Exception {
        Messages messages = new Messages();
        WebSocket socket = open("/echo/Ann", messages);
        assertThat(messages.next()).isEqualTo("hello, Ann");
        socket.sendText("tea?", true).get(10, TimeUnit.SECONDS);
        assertThat(messages.next()).isEqualTo("Ann said tea?");
        socket.sendText("in two ", false).get(10, TimeUnit.SECONDS);
        socket.sendText("pieces", true).get(10, TimeUnit.SECONDS);
        assertThat(messages.next()).isEqualTo("Ann said in two pieces");
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye").get(10, TimeUnit.SECONDS);
        assertThat(messages.next()).isEqualTo("closed 1000");
    }

    @Test
    void aHandlerOfSpringAnswers() throws Exception {
        Messages messages = new Messages();
        WebSocket socket = open("/reverse", messages);
        socket.sendText("stressed", true).get(10, TimeUnit.SECONDS);
        assertThat(messages.next()).isEqualTo("desserts");
        String longMessage = "ab".repeat(4_000);
        socket.sendText(longMessage, true).get(10, TimeUnit.SECONDS);
        assertThat(messages.next()).isEqualTo("ba".repeat(4_000));
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(10, TimeUnit.SECONDS);
        assertThat(messages.next()).isEqualTo("closed 1000");
    }

    @Test
    void aPathWithoutEndpointRefusesTheHandshake() {
        assertThatThrownBy(() -> open("/no-endpoint", new Messages()))
                .hasCauseInstanceOf(WebSocketHandshakeException.class);
    }

    private WebSocket open(String path, Messages messages) throws Exception {
        return CLIENT.newWebSocketBuilder()
                .buildAsync(webSocketUri(path), messages)
                .get(10, TimeUnit.SECONDS);
    }

    /** Whole messages in the order they came, and the close. */
    private static final class Messages implements WebSocket.Listener {
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        private final StringBuilder message = new StringBuilder();

        String next() throws InterruptedException {
            return received.poll(10, TimeUnit.SECONDS);
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                received.add(message.toString());
                message.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            received.add("closed " + status);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            received.add("failed: " + error);
        }
    }
}
