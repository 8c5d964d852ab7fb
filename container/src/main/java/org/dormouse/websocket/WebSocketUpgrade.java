package org.dormouse.websocket;

import java.util.concurrent.Executor;
import org.dormouse.http.Fields;
import org.dormouse.http.Upgrade;
import org.dormouse.transport.Connection;
import org.dormouse.transport.Protocol;
import org.dormouse.transport.ProtocolUpgrade;
import org.jspecify.annotations.Nullable;

/** A handshake that was accepted: given to {@link org.dormouse.http.Exchange#upgrade} with {@link #fields}, it becomes a session. */
public final class WebSocketUpgrade implements Upgrade, ProtocolUpgrade {
    private final DeployedEndpoint endpoint;
    private final Object instance;
    private final boolean prepared;
    private final HandshakeResult handshake;
    private final Fields fields;
    private final @Nullable String clientAddress;
    private final OpeningRequest.@Nullable Login login;
    private final Executor executor;

    /** @param prepared whether the container has to release {@code instance} */
    WebSocketUpgrade(
            DeployedEndpoint endpoint,
            Object instance,
            boolean prepared,
            HandshakeResult handshake,
            Fields fields,
            OpeningRequest request,
            Executor executor) {
        this.endpoint = endpoint;
        this.instance = instance;
        this.prepared = prepared;
        this.handshake = handshake;
        this.fields = fields;
        this.clientAddress = request.clientAddress();
        this.login = request.login();
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
        ServerSide server = endpoint.server();
        SessionLimits.Place place = server.container().sessionLimits().enter(clientAddress);
        if (place != null) session.atEnd(place);
        if (prepared && server.makesInstances()) {
            session.atEnd(() -> server.container().host().release(instance));
        }
        session.connection().begin();
        if (place == null)
            session.closeByContainer(CloseStatus.reason(CloseStatus.TRY_AGAIN_LATER, "too many sessions"));
        if (login != null) session.atEnd(login.follow(session::loginEnded));
        return session.connection();
    }
}
