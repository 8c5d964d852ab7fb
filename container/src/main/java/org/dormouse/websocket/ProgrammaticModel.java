package org.dormouse.websocket;

import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.Session;
import org.jspecify.annotations.Nullable;

/** Calls subclasses of {@link Endpoint}. */
final class ProgrammaticModel implements EndpointModel {
    private final boolean hearsErrors;

    ProgrammaticModel(Class<?> endpointClass) {
        this.hearsErrors = overridesOnError(endpointClass);
    }

    @Override
    public void open(WebSocketSession session) {
        endpoint(session).onOpen(session, session.endpointConfig());
    }

    @Override
    public void close(WebSocketSession session, CloseReason reason) {
        endpoint(session).onClose(session, reason);
    }

    @Override
    public boolean error(WebSocketSession session, Throwable error) {
        endpoint(session).onError(session, error);
        return hearsErrors;
    }

    @Override
    public @Nullable Receiver receiver(MessageKind kind) {
        return null;
    }

    private static Endpoint endpoint(WebSocketSession session) {
        return (Endpoint) session.endpointInstance();
    }

    private static boolean overridesOnError(Class<?> endpointClass) {
        try {
            return endpointClass
                            .getMethod("onError", Session.class, Throwable.class)
                            .getDeclaringClass()
                    != Endpoint.class;
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e); // Endpoint has it
        }
    }
}
