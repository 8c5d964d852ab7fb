package org.dormouse.websocket;

import jakarta.websocket.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * How the instances of one endpoint class are called: found out once, at deployment. Shared by all its sessions and immutable. What the
 * application throws passes through.
 */
interface EndpointModel {
    void open(WebSocketSession session) throws Throwable;

    void close(WebSocketSession session, CloseReason reason) throws Throwable;

    /** Returns false if the endpoint has nothing that wants to know of errors. */
    boolean error(WebSocketSession session, Throwable error) throws Throwable;

    /** What every session begins with; null where the endpoint adds its handlers itself. */
    @Nullable
    Receiver receiver(MessageKind kind);
}
