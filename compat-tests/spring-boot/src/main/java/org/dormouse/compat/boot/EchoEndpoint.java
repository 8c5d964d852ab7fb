package org.dormouse.compat.boot;

import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;

/** A Jakarta endpoint that Spring registers while its context starts. */
@ServerEndpoint("/echo/{name}")
public class EchoEndpoint {
    @OnOpen
    public void welcome(Session session, @PathParam("name") String name) throws IOException {
        session.getBasicRemote().sendText("hello, " + name);
    }

    @OnMessage
    public String echo(String message, @PathParam("name") String name) {
        return name + " said " + message;
    }
}
