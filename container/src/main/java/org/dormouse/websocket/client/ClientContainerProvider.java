package org.dormouse.websocket.client;

import jakarta.websocket.ContainerProvider;
import jakarta.websocket.WebSocketContainer;
import java.util.Objects;
import org.dormouse.websocket.SessionLimits;
import org.dormouse.websocket.WebSocketLimits;
import org.dormouse.websocket.WebSocketServices;

/** Found by {@link ContainerProvider#getWebSocketContainer}: each call gives a container of its own, with defaults of its own. */
public final class ClientContainerProvider extends ContainerProvider {
    /** Of all clients of this JVM that belong to no server. */
    private static final WebSocketServices SERVICES = WebSocketServices.of(
            WebSocketLimits.DEFAULT,
            new SessionLimits(SessionLimits.DEFAULT_MAX, SessionLimits.DEFAULT_MAX_PER_ADDRESS));

    @Override
    protected WebSocketContainer getContainer() {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        return new ClientContainer(
                SERVICES, Objects.requireNonNullElse(loader, ClientContainerProvider.class.getClassLoader()));
    }
}
