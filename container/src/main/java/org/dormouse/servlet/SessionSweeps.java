package org.dormouse.servlet;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for sessions that are over, twice a minute as long as there are any. Any thread. After {@link #stop} nothing of it is left with the
 * timers of the JVM: what they know, they hold, and with it the application.
 */
final class SessionSweeps {
    private static final Logger LOG = LoggerFactory.getLogger(SessionSweeps.class);
    private static final long SECONDS = 30;

    private final Runnable sweep;
    private final BooleanSupplier isNeeded;

    private volatile boolean isPlanned;
    // guarded by this
    private @Nullable ScheduledFuture<?> planned;
    private boolean stopped;

    SessionSweeps(Runnable sweep, BooleanSupplier isNeeded) {
        this.sweep = sweep;
        this.isNeeded = isNeeded;
    }

    /** There is something to look for. */
    void plan() {
        if (!isPlanned) planFirst();
    }

    private synchronized void planFirst() {
        if (isPlanned || stopped) return;
        isPlanned = true;
        planned = ForkJoinPool.commonPool().schedule(this::run, SECONDS, TimeUnit.SECONDS);
    }

    void run() {
        synchronized (this) {
            if (stopped) return;
            isPlanned = false;
        }
        try {
            sweep.run();
        } catch (RuntimeException e) { // of a store; the next sweep comes all the same
            LOG.error("the sessions of an application could not be looked through", e);
        }
        if (isNeeded.getAsBoolean()) plan();
    }

    synchronized void stop() {
        stopped = true;
        if (planned != null) planned.cancel(false);
        planned = null;
    }
}
