package org.dormouse.server;

import java.util.List;
import org.dormouse.filter.OriginRules;
import org.dormouse.websocket.SessionLimits;
import org.dormouse.websocket.WebSocketLimits;

/**
 * What holds for the WebSocket sessions of a server.
 *
 * @param limits of one session
 * @param maxSessions of all applications together
 * @param maxSessionsPerAddress of one client address
 * @param allowedOrigins whose pages may connect beside those of the server's own
 */
public record WebSocketSettings(
        WebSocketLimits limits, int maxSessions, int maxSessionsPerAddress, List<String> allowedOrigins) {
    public WebSocketSettings {
        allowedOrigins = List.copyOf(allowedOrigins);
    }

    OriginRules origins() {
        return OriginRules.of(allowedOrigins);
    }

    /** Counts sessions: one for a server. */
    public SessionLimits sessions() {
        return new SessionLimits(maxSessions, maxSessionsPerAddress);
    }
}
