package org.dormouse.websocket.frame;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** RFC 1951 as it is written, bit by bit, with a window of a given size: refuses what refers further back. */
final class NaiveInflate {
    private static final int[] LENGTH_BASE = {
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258
    };
    private static final int[] LENGTH_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0
    };
    private static final int[] DISTANCE_BASE = {
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145, 8193, 12289, 16385, 24577
    };
    private static final int[] ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

    private static final class History extends ByteArrayOutputStream {
        void copy(int distance) {
            if (distance > count) throw new IllegalArgumentException("distance " + distance + " beyond the beginning");
            write(buf[count - distance]);
        }
    }

    private final int window;
    private final History history = new History();
    private byte[] in = {};
    private int bit;
    int furthest;

    NaiveInflate(int windowBits) {
        window = 1 << windowBits;
    }

    /** The message of {@code payload}; what came before stays in the window. */
    byte[] message(byte[] payload) {
        in = Arrays.copyOf(payload, payload.length + 4);
        in[payload.length + 2] = in[payload.length + 3] = (byte) 0xFF;
        bit = 0;
        int before = history.size();
        while (bit < in.length * 8) {
            boolean isFinal = bits(1) == 1;
            switch (bits(2)) {
                case 0 -> stored();
                case 1 -> codes(fixedLiterals(), lengths(30, 5));
                case 2 -> dynamic();
                default -> throw new IllegalArgumentException("block type 3");
            }
            if (isFinal) bit = bit + 7 & ~7;
        }
        return Arrays.copyOfRange(history.toByteArray(), before, history.size());
    }

    private void stored() {
        bit = bit + 7 & ~7;
        int length = bits(16);
        if ((bits(16) ^ 0xFFFF) != length) throw new IllegalArgumentException("stored length");
        for (int i = 0; i < length; i++) history.write(bits(8));
    }

    private void dynamic() {
        int literals = bits(5) + 257;
        int distances = bits(5) + 1;
        int count = bits(4) + 4;
        int[] codeLengths = new int[19];
        for (int i = 0; i < count; i++) codeLengths[ORDER[i]] = bits(3);
        int[] all = new int[literals + distances];
        for (int i = 0; i < all.length; ) {
            int symbol = symbol(codeLengths);
            int repeat = 1;
            int value = symbol;
            if (symbol == 16) {
                value = all[i - 1];
                repeat = 3 + bits(2);
            } else if (symbol > 16) {
                value = 0;
                repeat = symbol == 17 ? 3 + bits(3) : 11 + bits(7);
            }
            for (int r = 0; r < repeat; r++) all[i++] = value;
        }
        codes(Arrays.copyOf(all, literals), Arrays.copyOfRange(all, literals, all.length));
    }

    private void codes(int[] literals, int[] distances) {
        while (true) {
            int symbol = symbol(literals);
            if (symbol == 256) return;
            if (symbol < 256) {
                history.write(symbol);
                continue;
            }
            int length = LENGTH_BASE[symbol - 257] + bits(LENGTH_BITS[symbol - 257]);
            int code = symbol(distances);
            int distance = DISTANCE_BASE[code] + bits(code < 4 ? 0 : code / 2 - 1);
            if (distance > window) throw new IllegalArgumentException("distance " + distance + " > " + window);
            furthest = Math.max(furthest, distance);
            for (int i = 0; i < length; i++) history.copy(distance);
        }
    }

    /** Canonical codes (RFC 1951 §3.2.2), found by counting. */
    private int symbol(int[] lengths) {
        int code = 0;
        int first = 0;
        int index = 0;
        for (int length = 1; length <= 15; length++) {
            code = code << 1 | bits(1);
            int count = 0;
            for (int each : lengths) if (each == length) count++;
            if (code - first < count) return nth(lengths, length, code - first);
            index += count;
            first = first + count << 1;
        }
        throw new IllegalArgumentException("no such code, " + index);
    }

    private static int nth(int[] lengths, int length, int n) {
        for (int i = 0; i < lengths.length; i++) if (lengths[i] == length && n-- == 0) return i;
        throw new AssertionError();
    }

    private int bits(int count) {
        int value = 0;
        for (int i = 0; i < count; i++, bit++) value |= (in[bit >> 3] >> (bit & 7) & 1) << i;
        return value;
    }

    private static int[] fixedLiterals() {
        int[] lengths = lengths(288, 8);
        Arrays.fill(lengths, 144, 256, 9);
        Arrays.fill(lengths, 256, 280, 7);
        return lengths;
    }

    private static int[] lengths(int count, int length) {
        int[] lengths = new int[count];
        Arrays.fill(lengths, length);
        return lengths;
    }
}
