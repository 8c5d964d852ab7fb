package org.dormouse.websocket.client;

import jakarta.websocket.ContainerProvider;
import jakarta.websocket.WebSocketContainer;
import java.util.Objects;
import org.dormouse.websocket.WebSocketLimits;

/** Found by {@link ContainerProvider#getWebSocketContainer}: each call gives a container of its own, with defaults of its own. */
public final class ClientContainerProvider extends ContainerProvider {
    @Override
    protected WebSocketContainer getContainer() {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        return new ClientContainer(
                WebSocketLimits.DEFAULT,
                Objects.requireNonNullElse(loader, ClientContainerProvider.class.getClassLoader()));
    }
}
