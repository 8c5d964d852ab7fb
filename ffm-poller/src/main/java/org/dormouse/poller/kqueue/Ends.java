package org.dormouse.poller.kqueue;

import java.util.Arrays;

/**
 * Which directions of each watched descriptor have ended: one event tells of one direction, and only both together mean that the peer is
 * gone. A byte for each descriptor number. Loop owner.
 */
final class Ends {
    private static final int FIRST_CAPACITY = 64;
    private static final byte INPUT = 1;
    private static final byte OUTPUT = 2;

    private byte[] ends = new byte[FIRST_CAPACITY];

    /** The number belongs to a new socket. */
    void begin(int descriptor) {
        if (descriptor >= ends.length)
            ends = Arrays.copyOf(ends, Math.max(descriptor + 1, (int)
                    Math.min(2L * ends.length, Integer.MAX_VALUE - 8)));
        ends[descriptor] = 0;
    }

    void inputEnded(int descriptor) {
        ends[descriptor] |= INPUT;
    }

    void outputEnded(int descriptor) {
        ends[descriptor] |= OUTPUT;
    }

    boolean haveBothEnded(int descriptor) {
        return ends[descriptor] == (INPUT | OUTPUT);
    }
}
