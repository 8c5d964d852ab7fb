package org.dormouse.websocket;

import jakarta.websocket.PongMessage;
import java.nio.ByteBuffer;

/** A pong of the peer, asked for or not. */
final class Pong implements PongMessage {
    private final byte[] payload;

    /** Takes {@code payload} over. */
    Pong(byte[] payload) {
        this.payload = payload;
    }

    @Override
    public ByteBuffer getApplicationData() {
        return ByteBuffer.wrap(payload);
    }
}
