package org.dormouse.server;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many requests may be at work at once, counted where they happen: each loop has a counter of its own, so that counting costs no
 * traffic between cores.
 *
 * <p>A loop below its share of the limit admits without asking the others. Above it, the counters are added up. So the limit is exact with
 * a single loop, and with several it can be passed by what others admit within their shares meanwhile, never by as much as once more.
 */
final class Admission {
    private final int limit;
    private final int share;
    private final Counter[] counters;

    /**
     * Starts with nobody admitted.
     *
     * @param limit 1 or more
     * @param loops how many counters
     */
    Admission(int limit, int loops) {
        this.limit = limit;
        this.share = limit / loops;
        this.counters = new Counter[loops];
        for (int i = 0; i < loops; i++) counters[i] = new Counter();
    }

    Counter counter(int loop) {
        return counters[loop];
    }

    int limit() {
        return limit;
    }

    /** Requests admitted and not left yet; an estimate while they come and go. */
    int admitted() {
        int sum = 0;
        for (Counter counter : counters) sum += counter.get();
        return sum;
    }

    /** The requests of one loop. Entered by its owner, left by any thread. */
    @SuppressWarnings("serial")
    final class Counter extends AtomicInteger {
        // Counters of neighbours in memory on different cache lines.
        @SuppressWarnings("unused")
        private long pad1, pad2, pad3, pad4, pad5, pad6, pad7, pad8, pad9, pad10, pad11, pad12, pad13, pad14;

        /** Counts one request in. False, and nothing is counted, if the limit is reached. */
        boolean enter() {
            int before = getAndIncrement();
            if (before < share || admitted() <= limit) return true;
            decrementAndGet();
            return false;
        }

        void leave() {
            decrementAndGet();
        }
    }
}
