package org.dormouse.websocket.client;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import org.dormouse.websocket.SessionContainer;
import org.dormouse.websocket.WebSocketServices;

/** A container of clients outside of a server: what {@code ContainerProvider.getWebSocketContainer()} gives. Any thread. */
public final class ClientContainer extends SessionContainer implements AutoCloseable {
    /** @param classLoader the context class loader of the endpoints' callbacks */
    public ClientContainer(WebSocketServices services, ClassLoader classLoader) {
        super(services, classLoader, new HandshakeClient());
    }

    /** Closes its open sessions with 1001. */
    @Override
    public void close() {
        closeClients(new CloseReason(CloseCodes.GOING_AWAY, "the client ends"));
    }
}
