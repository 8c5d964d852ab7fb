package org.dormouse.websocket;

import jakarta.websocket.Session;
import java.util.concurrent.Executor;
import org.dormouse.transport.Connection;
import org.dormouse.transport.Protocol;
import org.dormouse.transport.ProtocolUpgrade;
import org.jspecify.annotations.Nullable;

/** A connection of a client behind the server's 101: it becomes a session on the loop, and is opened by the thread that asked for it. */
public final class ClientUpgrade implements ProtocolUpgrade {
    private final DeployedEndpoint endpoint;
    private final Object instance;
    private final HandshakeResult handshake;
    private final Executor executor;

    /** Written by the loop, read by who waits for it. */
    private volatile @Nullable WebSocketSession session;

    ClientUpgrade(DeployedEndpoint endpoint, Object instance, HandshakeResult handshake, Executor executor) {
        this.endpoint = endpoint;
        this.instance = instance;
        this.handshake = handshake;
        this.executor = executor;
    }

    @Override
    public Protocol begin(Connection connection) {
        var made = new WebSocketSession(endpoint, instance, handshake, connection, executor);
        session = made;
        made.connection().beginElsewhere();
        return made.connection();
    }

    /** Calls {@code onOpen} in the caller's thread; messages are delivered behind it, elsewhere. Once, after {@link #begin}. */
    public Session open() {
        WebSocketSession begun = session;
        if (begun == null) throw new IllegalStateException("there is no connection");
        begun.connection().run();
        return begun;
    }
}
