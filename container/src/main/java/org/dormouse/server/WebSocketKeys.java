package org.dormouse.server;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.dormouse.push.SlowPeer;
import org.dormouse.server.Configuration.Kind;
import org.dormouse.websocket.SessionLimits;
import org.dormouse.websocket.WebSocketLimits;
import org.dormouse.websocket.frame.DeflateSettings;

/** The keys {@code websocket.*}. */
final class WebSocketKeys {
    static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("websocket.max-text-message", Kind.BYTES),
            Map.entry("websocket.max-binary-message", Kind.BYTES),
            Map.entry("websocket.send-budget", Kind.BYTES),
            Map.entry("websocket.send-timeout", Kind.DURATION),
            Map.entry("websocket.close-timeout", Kind.DURATION),
            Map.entry("websocket.idle-timeout", Kind.DURATION),
            Map.entry("websocket.max-sessions", Kind.COUNT),
            Map.entry("websocket.max-sessions-per-address", Kind.COUNT),
            Map.entry("websocket.allowed-origins", Kind.TEXT),
            Map.entry("websocket.slow-peer", Kind.TEXT),
            Map.entry("websocket.compression", Kind.SWITCH),
            Map.entry("websocket.compression-level", Kind.COUNT),
            Map.entry("websocket.compression-min-bytes", Kind.BYTES),
            Map.entry("websocket.compression-context", Kind.SWITCH),
            Map.entry("websocket.compression-window-bits", Kind.COUNT),
            Map.entry("websocket.compression-max-held", Kind.COUNT));

    private WebSocketKeys() {}

    /** @throws IllegalArgumentException with the key of what cannot be */
    static WebSocketSettings read(Configuration from) {
        var settings = new WebSocketSettings(
                limits(from),
                Keys.count(from, "websocket.max-sessions", SessionLimits.DEFAULT_MAX),
                Keys.count(from, "websocket.max-sessions-per-address", SessionLimits.DEFAULT_MAX_PER_ADDRESS),
                origins(from),
                slowPeer(from),
                compression(from));
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

    private static SlowPeer slowPeer(Configuration from) {
        if (!(from.value("websocket.slow-peer") instanceof String word)) return SlowPeer.FAIL;
        for (SlowPeer policy : SlowPeer.values()) {
            if (policy.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(word)) return policy;
        }
        throw new IllegalArgumentException(
                "websocket.slow-peer " + word + " is none of fail, block, drop-oldest, close");
    }

    private static DeflateSettings compression(Configuration from) {
        var otherwise = DeflateSettings.DEFAULT;
        return new DeflateSettings(
                Keys.isOn(from, "websocket.compression", otherwise.isOn()),
                Keys.count(from, "websocket.compression-level", otherwise.level()),
                Keys.count(from, "websocket.compression-min-bytes", otherwise.minBytes()),
                Keys.isOn(from, "websocket.compression-context", otherwise.keepsContext()),
                Keys.count(from, "websocket.compression-window-bits", otherwise.windowBits()),
                Keys.count(from, "websocket.compression-max-held", otherwise.maxHeld()));
    }

    private static List<String> origins(Configuration from) {
        String text = from.value("websocket.allowed-origins") instanceof String given ? given.strip() : "";
        if (text.isEmpty()) return List.of();
        return Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    }
}
