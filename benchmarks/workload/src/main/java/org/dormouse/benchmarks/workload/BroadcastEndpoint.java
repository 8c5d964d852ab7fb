package org.dormouse.benchmarks.workload;

import jakarta.websocket.OnMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;

/** Sends each text message to every session, as an application does that knows nothing but the Jakarta API. */
@ServerEndpoint("/broadcast")
public class BroadcastEndpoint {
    @OnMessage
    public void broadcast(String message, Session from) throws IOException {
        for (Session each : from.getOpenSessions()) each.getBasicRemote().sendText(message);
    }
}
