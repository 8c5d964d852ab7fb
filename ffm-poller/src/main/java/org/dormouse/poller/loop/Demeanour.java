package org.dormouse.poller.loop;

import java.io.File;
import org.jspecify.annotations.Nullable;

/**
 * Whether a stuck thread computes or waits, as far as looks have told. Looks are the sentinel's; whoever takes the thread's loop away lets it
 * forget the last time.
 */
final class Demeanour {
    /** A stuck thread that is seen to compute this often in a row is no short one. */
    private static final int LOOKS_BEFORE_GIVING_WAY = 2;

    /** A thread that the JVM calls runnable and the kernel asleep: longer than a stop for garbage, which looks like that. */
    private static final int LOOKS_IN_KERNEL = 8;

    private volatile boolean isKnownToWait;
    private volatile int looksComputing;

    // sentinel only
    private long asleepNanos = ProcessorTime.UNKNOWN;
    private int looksAsleep;

    void forget() {
        isKnownToWait = false;
        looksComputing = 0;
    }

    boolean isKnownToWait() {
        return isKnownToWait;
    }

    boolean computesForLong() {
        return looksComputing >= LOOKS_BEFORE_GIVING_WAY;
    }

    /** Asks the kernel, which takes about ten microseconds. */
    void look(@Nullable File processorTime) {
        boolean waits = ProcessorTime.demand(processorTime) == ProcessorTime.Demand.WAITS;
        isKnownToWait = waits;
        looksComputing = waits ? 0 : looksComputing + 1;
    }

    /** Whether {@code thread} waits, be it for a lock or in the kernel. */
    boolean isBlocked(Thread thread, @Nullable File processorTime) {
        return switch (thread.getState()) {
            case BLOCKED, WAITING, TIMED_WAITING -> true;
            case RUNNABLE -> isAsleep(processorTime); // in native code, perhaps
            case NEW, TERMINATED -> false;
        };
    }

    private boolean isAsleep(@Nullable File processorTime) {
        looksAsleep = ProcessorTime.isAsleep(processorTime, asleepNanos) ? looksAsleep + 1 : 0;
        if (looksAsleep == 0) asleepNanos = ProcessorTime.nanos(processorTime);
        return looksAsleep >= LOOKS_IN_KERNEL;
    }
}
