package org.dormouse.websocket;

import jakarta.websocket.PongMessage;
import java.nio.ByteBuffer;

/** A pong of the peer, asked for or not. */
record Pong(byte[] payload) implements PongMessage {
    @Override
    public ByteBuffer getApplicationData() {
        return ByteBuffer.wrap(payload);
    }
}
