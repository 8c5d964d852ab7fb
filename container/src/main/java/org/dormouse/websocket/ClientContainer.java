package org.dormouse.websocket;

import jakarta.websocket.ContainerProvider;
import jakarta.websocket.WebSocketContainer;

/** What {@link ContainerProvider#getWebSocketContainer} finds: there is no WebSocket client yet, and it says so. */
public final class ClientContainer extends ContainerProvider {
    @Override
    protected WebSocketContainer getContainer() {
        throw unsupported();
    }

    static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException(
                "Dormouse has no WebSocket client yet; java.net.http.HttpClient.newWebSocketBuilder() is one");
    }
}
