package org.dormouse.websocket;

/** A message, or a part of one, as it came: the task of its session decompresses it. */
final class Compressed {
    final byte[] payload;

    Compressed(byte[] payload) {
        this.payload = payload;
    }
}
