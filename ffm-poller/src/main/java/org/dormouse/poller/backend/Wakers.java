package org.dormouse.poller.backend;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts those who are about to wake a queue, so that its close never gives the descriptor to a stranger while one of them writes to it.
 *
 * <pre>{@code
 * if (!wakers.enter()) return;      // closed: there is nobody to wake
 * try { ... } finally { wakers.leave(); }
 * }</pre>
 */
public final class Wakers {
    private static final long PAUSE_NANOS = 1_000;

    private final AtomicInteger inside = new AtomicInteger();
    private volatile boolean isClosed;

    /** Any thread. True if the queue stays open until {@link #leave}, which must follow then. */
    public boolean enter() {
        if (isClosed) return false;
        inside.incrementAndGet();
        if (!isClosed) return true;
        inside.decrementAndGet();
        return false;
    }

    /** Any thread. */
    public void leave() {
        inside.decrementAndGet();
    }

    /** Waits until nobody is inside; each is there for a few instructions and one call that does not wait. True for the first caller. */
    public boolean close() {
        if (isClosed) return false;
        isClosed = true;
        while (inside.get() != 0) LockSupport.parkNanos(PAUSE_NANOS);
        return true;
    }
}
