package org.dormouse.websocket;

/** Makes the object that a handler takes from the raw message: String, {@code byte[]} or {@code PongMessage}. Immutable and shared. */
@FunctionalInterface
interface Conversion {
    /** Converts {@code message}. Throws a {@code DecodeException}, or what a decoder threw besides. */
    Object convert(WebSocketSession session, Object message) throws Exception;
}
