package org.dormouse.benchmarks.dormouse;

import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import org.dormouse.push.Hub;

/** Sends each text message to every session, as an application does that knows groups; the peers do it by the Jakarta API, and so do we with "jakarta". */
@ServerEndpoint("/broadcast")
public class GroupBroadcastEndpoint {
    private static final String ALL = "all";

    @OnOpen
    public void open(Session session) {
        Hub.of(session).group(ALL).join(session);
    }

    @OnMessage
    public void broadcast(String message, Session from) {
        Hub.of(from).group(ALL).broadcast(message);
    }
}
