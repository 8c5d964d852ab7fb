package org.dormouse.websocket;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts a message together that came in pieces. Grows with what arrived, never with what was announced, and keeps nothing when it is done.
 * One thread at a time.
 */
final class MessageAssembly {
    private static final int FIRST_BYTES = 256;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;

    int length() {
        return length;
    }

    void append(byte[] source, int from, int to) {
        int more = to - from;
        if (more > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, (int)
                    Math.min(2L * bytes.length, Integer.MAX_VALUE - 8)));
        }
        System.arraycopy(source, from, bytes, length, more);
        length += more;
    }

    /** Takes everything out, as what a receiver of {@code kind} gets. */
    Object takeAll(MessageKind kind) {
        return take(kind, length);
    }

    /** Takes everything out. */
    byte[] takeBytes() {
        byte[] taken = Arrays.copyOf(bytes, length);
        length = 0;
        return taken;
    }

    /** Takes out what is there, of text up to the last complete character; null if that is nothing. */
    @Nullable
    Object takePart(MessageKind kind) {
        int complete = kind == MessageKind.TEXT ? length - Utf8.unfinished(bytes, 0, length) : length;
        return complete == 0 ? null : take(kind, complete);
    }

    private Object take(MessageKind kind, int count) {
        Object taken = message(kind, bytes, 0, count);
        System.arraycopy(bytes, count, bytes, 0, length - count);
        length -= count;
        return taken;
    }

    /** A copy of {@code bytes[from..to)}, as what a receiver of {@code kind} gets. */
    static Object message(MessageKind kind, byte[] bytes, int from, int to) {
        return switch (kind) {
            case TEXT -> new String(bytes, from, to - from, StandardCharsets.UTF_8);
            case BINARY -> Arrays.copyOfRange(bytes, from, to);
            case PONG -> new Pong(Arrays.copyOfRange(bytes, from, to));
        };
    }
}
