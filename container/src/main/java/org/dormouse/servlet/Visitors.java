package org.dormouse.servlet;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The requests of other applications that have been dispatched into one, each from its first dispatch there to its end: it should not be
 * stopped under them. Any thread.
 */
public final class Visitors {
    /** Set when nobody gets in any more. */
    private static final int CLOSED = 1 << 31;

    private final AtomicInteger state = new AtomicInteger();

    Visitors() {}

    /** False if nobody gets in any more. Each true is followed by one {@link #leave}. */
    boolean enter() {
        return state.getAndUpdate(now -> now < 0 ? now : now + 1) >= 0;
    }

    void leave() {
        state.decrementAndGet();
    }

    /** True if nobody is there, and from then on nobody gets in. */
    public boolean closeIfNone() {
        return state.compareAndSet(0, CLOSED) || state.get() < 0;
    }

    /** Whoever is there may stay; nobody else gets in. */
    void close() {
        state.getAndUpdate(now -> now | CLOSED);
    }
}
