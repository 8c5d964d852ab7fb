package org.dormouse.server;

import java.util.List;
import org.dormouse.filter.OriginRules;
import org.dormouse.push.SlowPeer;
import org.dormouse.websocket.SessionLimits;
import org.dormouse.websocket.WebSocketLimits;
import org.dormouse.websocket.WebSocketServices;
import org.dormouse.websocket.frame.DeflateSettings;

/**
 * What holds for the WebSocket sessions of a server.
 *
 * @param limits of one session
 * @param maxSessions of all applications together
 * @param maxSessionsPerAddress of one client address
 * @param allowedOrigins whose pages may connect beside those of the server's own
 * @param slowPeer what becomes of messages for a peer that reads too slowly, where nothing else is said for its session
 */
public record WebSocketSettings(
        WebSocketLimits limits,
        int maxSessions,
        int maxSessionsPerAddress,
        List<String> allowedOrigins,
        SlowPeer slowPeer,
        DeflateSettings compression) {
    public WebSocketSettings {
        allowedOrigins = List.copyOf(allowedOrigins);
    }

    OriginRules origins() {
        return OriginRules.of(allowedOrigins);
    }

    /** @throws IllegalArgumentException if a limit of them is none */
    SessionLimits sessions() {
        return new SessionLimits(maxSessions, maxSessionsPerAddress);
    }

    /** What the sessions share: made once for a server. */
    public WebSocketServices services() {
        return WebSocketServices.of(limits, sessions(), slowPeer, compression);
    }
}
