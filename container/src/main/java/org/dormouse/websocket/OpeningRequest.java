package org.dormouse.websocket;

import jakarta.websocket.server.HandshakeRequest;
import org.jspecify.annotations.Nullable;

/** The request that asks for a WebSocket connection, as a servlet container has it. */
public interface OpeningRequest extends HandshakeRequest {
    /** A login that may end before the session does. */
    interface Login {
        /** Has {@code whenOver} called once, by any thread, when the login is over; at once if it is. Returns what calls that off. */
        Runnable follow(Runnable whenOver);
    }

    String method();

    /** Complete and encoded as it was sent, with scheme {@code ws} or {@code wss}, authority, and query where there is one. */
    String requestUri();

    /** Whether the rules of the server let pages of {@code origin} in; a configurator of the application may decide otherwise. */
    default boolean isAllowedOrigin(String origin) {
        return true;
    }

    /** The client's address of IP as text, as the application sees it; null if it has none. */
    default @Nullable String clientAddress() {
        return null;
    }

    /** The login that is kept with the HTTP session of this request; null if nobody is logged in, or without a session. */
    default @Nullable Login login() {
        return null;
    }
}
