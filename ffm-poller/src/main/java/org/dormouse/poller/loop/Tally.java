package org.dormouse.poller.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counters that one thread at a time writes, such as the owner of a loop, and any thread reads. Counting is a load and a store: no atomic
 * instruction, no fence, and no cache line that another loop's counters share. A reader sees every count, maybe a moment later.
 */
public final class Tally {
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    /** Longs of two cache lines, since lines are fetched in pairs: what lies before and behind in memory is on others. */
    private static final int PADDING = 16;

    private final long[] counts;

    /** All counters start at 0. */
    public Tally(int counters) {
        counts = new long[PADDING + counters + PADDING];
    }

    /** Adds to a counter. By the one that counts. */
    public void add(int counter, long amount) {
        int index = PADDING + counter;
        COUNT.setOpaque(counts, index, counts[index] + amount);
    }

    /** Any thread. */
    public long get(int counter) {
        return (long) COUNT.getOpaque(counts, PADDING + counter);
    }
}
