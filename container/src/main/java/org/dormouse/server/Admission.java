package org.dormouse.server;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Exchange;
import org.dormouse.poller.loop.NanoClock;
import org.jspecify.annotations.Nullable;

/**
 * How many requests may be at work at once, counted where they happen: each loop has a counter of its own, so that counting costs no
 * traffic between cores. Those beyond the limit wait in one {@link WaitingLine}.
 *
 * <p>A loop below its share of the limit admits without asking the others. Above it, the counters are added up. So the limit is exact with
 * a single loop, and with several it can be passed by what others admit within their shares meanwhile, never by as much as once more.
 */
final class Admission {
    /** Whoever comes finds its thread at once, or after so many others of its loop. */
    private static final int FEW = 16;

    private final AdmissionSettings settings;
    private final Counter[] counters;
    private final WaitingLine line;
    private final NanoClock clock;
    private final long timeoutNanos;
    private final @Nullable AdaptiveLimit adaptive;
    private final ReentrantLock measuring = new ReentrantLock();

    private volatile int limit;
    private volatile int share;

    /**
     * Starts with nobody admitted.
     *
     * @param loops how many counters
     * @param clock what an adaptive limit measures with
     */
    Admission(AdmissionSettings settings, int loops, NanoClock clock) {
        this.settings = settings;
        this.clock = clock;
        this.timeoutNanos = settings.queueTimeout().toNanos();
        this.adaptive =
                settings.isAdaptive() ? new AdaptiveLimit(settings.minInFlight(), settings.maxInFlight()) : null;
        this.counters = new Counter[loops];
        for (int i = 0; i < loops; i++) counters[i] = new Counter(i);
        this.line = new WaitingLine(settings);
        ShedEvents.areRecorded(); // before a loop asks: its class is loaded here
        become(adaptive == null ? settings.maxInFlight() : adaptive.limit());
    }

    private void become(int next) {
        limit = next;
        share = next / counters.length;
    }

    Counter counter(int loop) {
        return counters[loop];
    }

    AdmissionSettings settings() {
        return settings;
    }

    WaitingLine line() {
        return line;
    }

    /** The limit of this moment. */
    int limit() {
        return limit;
    }

    /** Whether requests are to be {@linkplain #measured measured}. */
    boolean measures() {
        return adaptive != null;
    }

    long nanoTime() {
        return clock.nanoTime();
    }

    /** Whether a request that came at {@code arrived} has waited for longer than it may. */
    boolean isLate(long arrived) {
        return clock.nanoTime() - arrived > timeoutNanos;
    }

    /** Requests admitted and not left yet; an estimate while they come and go. */
    int admitted() {
        int sum = 0;
        for (Counter counter : counters) sum += counter.get();
        return sum;
    }

    /**
     * Tells an adaptive limit of a request that was admitted at {@code began} and ends now. Any thread; where two meet, one is not counted,
     * since nobody shall wait for a statistic.
     */
    void measured(long began) {
        AdaptiveLimit following = adaptive;
        if (following == null || !measuring.tryLock()) return;
        try {
            long now = clock.nanoTime();
            // It has left already.
            if (following.sample(now, now - began, admitted() + 1)) become(following.limit());
        } finally {
            measuring.unlock();
        }
        if (!line.isEmpty()) line.admit(); // the limit may have grown
    }

    /** Tells an adaptive limit how late it is, for one that finds no room. Any thread; does not wait. */
    void pass(long now) {
        AdaptiveLimit following = adaptive;
        if (following == null || !measuring.tryLock()) return;
        try {
            if (following.pass(now)) become(following.limit());
        } finally {
            measuring.unlock();
        }
    }

    /** The requests of one loop. Any thread. */
    @SuppressWarnings("serial")
    final class Counter extends AtomicInteger {
        private final int loop;
        private final LongAdder turnedAway = new LongAdder();

        // Counters of neighbours in memory on different cache lines.
        @SuppressWarnings("unused")
        private long pad1, pad2, pad3, pad4, pad5, pad6, pad7, pad8, pad9, pad10, pad11, pad12, pad13, pad14;

        Counter(int loop) {
            this.loop = loop;
        }

        /** How many were {@linkplain #turnAway turned away} so far. */
        long turnedAway() {
            return turnedAway.sum();
        }

        /** Answers 503 to a request that is not let in. */
        void turnAway(Exchange exchange, String why) {
            turnedAway.increment();
            exchange.refused(new BadRequest(503, why));
            ShedEvents.shed(loop, exchange.request(), why);
            PlainAnswer.sendBusy(exchange, why);
        }

        /**
         * Counts one request in. False, and nothing is counted, if the limit is reached. Two that try for the last place at the same moment
         * may both fail: who fails looks once more ({@link WaitingLine#admit}).
         */
        boolean enter() {
            int before = getAndIncrement();
            if (before < share || admitted() <= limit) return true;
            decrementAndGet();
            return false;
        }

        /** Whether so many are at work here that one may wait long for its thread to begin: below, nobody looks at the clock. */
        boolean isBusy() {
            return get() > FEW;
        }

        /** Counts one request out, and lets the next one in that waits. */
        void leave() {
            decrementAndGet();
            // Read after the count: who joins is seen here, or sees the place.
            if (!line.isEmpty()) line.admit();
        }

        /** Takes back an {@link #enter} of which nothing came; the caller goes on admitting. */
        void takeBack() {
            decrementAndGet();
        }
    }
}
