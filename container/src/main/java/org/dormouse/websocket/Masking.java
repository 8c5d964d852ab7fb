package org.dormouse.websocket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Applies a masking key (RFC 6455 §5.3), a word at a time. Masking twice is not masking at all. */
final class Masking {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Masking() {}

    /**
     * Masks {@code bytes[from..to)} in place.
     *
     * @param key the four bytes of the key, the first one highest
     * @param position place of {@code bytes[from]} in the payload; only its two lowest bits count
     */
    static void apply(byte[] bytes, int from, int to, int key, long position) {
        int turned = Integer.rotateLeft(key, 8 * (int) (position & 3)); // the byte for bytes[from] is the highest now
        if (turned == 0) return;
        long word = (turned & 0xFFFFFFFFL) | (long) turned << 32;
        int at = from;
        for (; to - at >= Long.BYTES; at += Long.BYTES) WORD.set(bytes, at, (long) WORD.get(bytes, at) ^ word);
        for (; at < to; at++) {
            bytes[at] ^= (byte) (turned >>> 24);
            turned = Integer.rotateLeft(turned, 8);
        }
    }
}
