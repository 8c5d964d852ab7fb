package org.dormouse.websocket;

import jakarta.websocket.server.HandshakeRequest;

/** The request that asks for a WebSocket connection, as a servlet container has it. */
public interface OpeningRequest extends HandshakeRequest {
    String method();

    /** Complete and encoded as it was sent, with scheme {@code ws} or {@code wss}, authority, and query where there is one. */
    String requestUri();
}
