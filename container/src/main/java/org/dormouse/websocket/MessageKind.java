package org.dormouse.websocket;

/** The native message types of WebSocket: a session has at most one handler for each (Jakarta WebSocket 2.2 §2.3). */
enum MessageKind {
    TEXT,
    BINARY,
    PONG
}
