package org.dormouse.server;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.dormouse.server.Configuration.Kind;
import org.dormouse.websocket.SessionLimits;
import org.dormouse.websocket.WebSocketLimits;

/** The keys {@code websocket.*}. */
final class WebSocketKeys {
    static final Map<String, Kind> KINDS = Map.of(
            "websocket.max-text-message", Kind.BYTES,
            "websocket.max-binary-message", Kind.BYTES,
            "websocket.send-budget", Kind.BYTES,
            "websocket.send-timeout", Kind.DURATION,
            "websocket.close-timeout", Kind.DURATION,
            "websocket.idle-timeout", Kind.DURATION,
            "websocket.max-sessions", Kind.COUNT,
            "websocket.max-sessions-per-address", Kind.COUNT,
            "websocket.allowed-origins", Kind.TEXT);

    private WebSocketKeys() {}

    /** @throws IllegalArgumentException with the key of what cannot be */
    static WebSocketSettings read(Configuration from) {
        var settings = new WebSocketSettings(
                limits(from),
                Keys.count(from, "websocket.max-sessions", SessionLimits.DEFAULT_MAX),
                Keys.count(from, "websocket.max-sessions-per-address", SessionLimits.DEFAULT_MAX_PER_ADDRESS),
                origins(from));
        settings.sessions();
        try {
            settings.origins();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("websocket.allowed-origins has " + e.getMessage(), e);
        }
        return settings;
    }

    private static WebSocketLimits limits(Configuration from) {
        var otherwise = WebSocketLimits.DEFAULT;
        return new WebSocketLimits(
                Keys.count(from, "websocket.max-text-message", otherwise.maxTextMessage()),
                Keys.count(from, "websocket.max-binary-message", otherwise.maxBinaryMessage()),
                Keys.count(from, "websocket.send-budget", otherwise.sendBudget()),
                Keys.duration(from, "websocket.send-timeout", otherwise.sendTimeout()),
                Keys.duration(from, "websocket.close-timeout", otherwise.closeTimeout()),
                Keys.duration(from, "websocket.idle-timeout", otherwise.idleTimeout()));
    }

    private static List<String> origins(Configuration from) {
        String text = from.value("websocket.allowed-origins") instanceof String given ? given.strip() : "";
        if (text.isEmpty()) return List.of();
        return Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    }
}
