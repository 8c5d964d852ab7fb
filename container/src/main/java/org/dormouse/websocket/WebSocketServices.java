package org.dormouse.websocket;

import org.dormouse.push.SlowPeer;
import org.dormouse.websocket.frame.DeflatePools;
import org.dormouse.websocket.frame.DeflateSettings;

/**
 * What all sessions of a server share: limits, what compresses, and what is counted. Any thread. Closed when no session is open any more.
 *
 * @param limits of one session
 * @param sessions how many may be open
 * @param slowPeer what sessions begin with ({@code websocket.slow-peer})
 */
public record WebSocketServices(
        WebSocketLimits limits, SessionLimits sessions, SlowPeer slowPeer, DeflatePools pools, WebSocketCounts counts)
        implements AutoCloseable {
    public static WebSocketServices of(
            WebSocketLimits limits, SessionLimits sessions, SlowPeer slowPeer, DeflateSettings compression) {
        return new WebSocketServices(limits, sessions, slowPeer, new DeflatePools(compression), new WebSocketCounts());
    }

    /** With everything but these limits as it is by default. */
    public static WebSocketServices of(WebSocketLimits limits, SessionLimits sessions) {
        return of(limits, sessions, SlowPeer.FAIL, DeflateSettings.DEFAULT);
    }

    @Override
    public void close() {
        pools.close();
    }
}
