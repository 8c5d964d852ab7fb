package org.dormouse.websocket;

import java.util.concurrent.Executor;
import org.dormouse.http.Fields;
import org.dormouse.http.Upgrade;
import org.dormouse.transport.Connection;
import org.dormouse.transport.Protocol;
import org.dormouse.transport.ProtocolUpgrade;

/** A handshake that was accepted: given to {@link org.dormouse.http.Exchange#upgrade} with {@link #fields}, it becomes a session. */
public final class WebSocketUpgrade implements Upgrade, ProtocolUpgrade {
    private final DeployedEndpoint endpoint;
    private final Object instance;
    private final HandshakeResult handshake;
    private final Fields fields;
    private final Executor executor;

    WebSocketUpgrade(
            DeployedEndpoint endpoint, Object instance, HandshakeResult handshake, Fields fields, Executor executor) {
        this.endpoint = endpoint;
        this.instance = instance;
        this.handshake = handshake;
        this.fields = fields;
        this.executor = executor;
    }

    /** The fields of the 101, without {@code Connection} and {@code Upgrade}. */
    public Fields fields() {
        return fields;
    }

    @Override
    public String protocol() {
        return "websocket";
    }

    @Override
    public Protocol begin(Connection connection) {
        WebSocketSession session = new WebSocketSession(endpoint, instance, handshake, connection, executor);
        session.connection().begin();
        return session.connection();
    }
}
