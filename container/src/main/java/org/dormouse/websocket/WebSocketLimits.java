package org.dormouse.websocket;

import java.time.Duration;

/**
 * What one WebSocket session may cost. The keys are those of the configuration and of the messages that name a limit.
 *
 * @param maxTextMessage {@code websocket.max-text-message}: bytes of a text message that is delivered whole, fragments together; more
 *     closes with 1009. The default of {@code Session.getMaxTextMessageBufferSize}
 * @param maxBinaryMessage {@code websocket.max-binary-message}: the same for binary messages
 * @param sendBudget {@code websocket.send-budget}: bytes that may wait in a session for a peer that reads slowly, with {@value
 *     WebSocketOutput#FRAME_COST} more for each message; an asynchronous send beyond fails
 * @param sendTimeout {@code websocket.send-timeout}: how long one message may wait to be taken by the network; then the connection is cut.
 *     An application may set another for its asynchronous sends
 * @param closeTimeout {@code websocket.close-timeout}: how long the peer has to answer our Close frame
 * @param idleTimeout {@code websocket.idle-timeout}: how long a session may send and receive nothing before it is closed with 1001;
 *     {@link Duration#ZERO} means for ever. The default of {@code Session.getMaxIdleTimeout}
 */
public record WebSocketLimits(
        int maxTextMessage,
        int maxBinaryMessage,
        int sendBudget,
        Duration sendTimeout,
        Duration closeTimeout,
        Duration idleTimeout) {
    static final String MAX_TEXT_MESSAGE = "websocket.max-text-message";
    static final String MAX_BINARY_MESSAGE = "websocket.max-binary-message";
    static final String SEND_BUDGET = "websocket.send-budget";
    static final String SEND_TIMEOUT = "websocket.send-timeout";
    static final String CLOSE_TIMEOUT = "websocket.close-timeout";

    public static final WebSocketLimits DEFAULT = new WebSocketLimits(
            64 * 1024, 64 * 1024, 1024 * 1024, Duration.ofSeconds(20), Duration.ofSeconds(10), Duration.ZERO);

    public WebSocketLimits {
        atLeast(MAX_TEXT_MESSAGE, maxTextMessage, 1);
        atLeast(MAX_BINARY_MESSAGE, maxBinaryMessage, 1);
        atLeast(SEND_BUDGET, sendBudget, 1);
        positive(SEND_TIMEOUT, sendTimeout);
        positive(CLOSE_TIMEOUT, closeTimeout);
        if (idleTimeout.isNegative()) {
            throw new IllegalArgumentException("websocket.idle-timeout " + idleTimeout + " is negative");
        }
    }

    private static void atLeast(String key, int value, int least) {
        if (value < least) throw new IllegalArgumentException(key + " " + value + " < " + least);
    }

    private static void positive(String key, Duration value) {
        if (value.isNegative() || value.isZero())
            throw new IllegalArgumentException(key + " " + value + " is not positive");
    }
}
