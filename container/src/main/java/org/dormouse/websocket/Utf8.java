package org.dormouse.websocket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Checks UTF-8 as it arrives (RFC 3629 §4). Pure: what is known so far is an int that the caller keeps. {@link #BOUNDARY} stands between
 * two characters, any other value that is not {@link #MALFORMED} inside one.
 */
final class Utf8 {
    static final int BOUNDARY = 0;
    static final int MALFORMED = -1;

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGH_BITS = 0x8080808080808080L;

    // A state inside a character: bytes still needed | lowest next byte << 8 | highest next byte << 16.
    private static final int ONE_MORE = state(1, 0x80, 0xBF);
    private static final int TWO_MORE = state(2, 0x80, 0xBF);

    private Utf8() {}

    /** What is known after {@code bytes[from..to)} came in {@code state}; {@link #MALFORMED} as soon as no continuation could be valid. */
    static int check(int state, byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (state == BOUNDARY) {
                at = skipAscii(bytes, at, to);
                if (at == to) return BOUNDARY;
                state = afterFirst(bytes[at++] & 0xFF);
            } else {
                state = afterNext(state, bytes[at++] & 0xFF);
            }
            if (state == MALFORMED) return MALFORMED;
        }
        return state;
    }

    /** How many bytes at the end of {@code bytes[from..to)}, which is valid so far, begin a character that is not complete: 0 to 3. */
    static int unfinished(byte[] bytes, int from, int to) {
        for (int back = 1; back <= 3 && to - back >= from; back++) {
            int b = bytes[to - back] & 0xFF;
            if (b < 0x80) return 0;
            if (b >= 0xC0) {
                int length = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
                return length > back ? back : 0;
            }
        }
        return 0;
    }

    private static int skipAscii(byte[] bytes, int from, int to) {
        int at = from;
        while (to - at >= Long.BYTES && ((long) WORD.get(bytes, at) & HIGH_BITS) == 0) at += Long.BYTES;
        while (at < to && bytes[at] >= 0) at++;
        return at;
    }

    private static int afterFirst(int b) {
        if (b < 0xC2) return MALFORMED;
        if (b <= 0xDF) return ONE_MORE;
        if (b == 0xE0) return state(2, 0xA0, 0xBF);
        if (b == 0xED) return state(2, 0x80, 0x9F); // no surrogates
        if (b <= 0xEF) return TWO_MORE;
        if (b == 0xF0) return state(3, 0x90, 0xBF);
        if (b <= 0xF3) return state(3, 0x80, 0xBF);
        return b == 0xF4 ? state(3, 0x80, 0x8F) : MALFORMED; // nothing above U+10FFFF
    }

    private static int afterNext(int state, int b) {
        int lowest = (state >>> 8) & 0xFF;
        int highest = (state >>> 16) & 0xFF;
        if (b < lowest || b > highest) return MALFORMED;
        return switch (state & 0xFF) {
            case 1 -> BOUNDARY;
            case 2 -> ONE_MORE;
            default -> TWO_MORE;
        };
    }

    private static int state(int more, int lowest, int highest) {
        return more | lowest << 8 | highest << 16;
    }
}
