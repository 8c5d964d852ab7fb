package org.dormouse.poller.loop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Takes reports from loops, which may neither lock nor log, to {@link Faults} on a thread of its own. Any thread. */
final class Reporter implements AutoCloseable {
    private static final int MAX_QUEUED = 256;
    private static final long NANOS_BETWEEN_HAND_OVER_REPORTS = 1_000_000_000;
    private static final StackTraceElement[] NO_STACK = {};

    private final Faults faults;
    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();
    private final Thread thread;
    private final AtomicLong handOvers = new AtomicLong();
    private volatile boolean isClosing;

    // sentinel only
    private long reportedHandOvers;
    private long lastHandOverReport;

    Reporter(Faults faults) {
        this.faults = faults;
        thread = Thread.ofPlatform()
                .name("dormouse-reports")
                .daemon(true)
                .inheritInheritableThreadLocals(false)
                .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void failed(String where, Throwable cause) {
        add(() -> faults.failed(where, cause));
    }

    /** The stack is sampled when the report is written, by the thread that writes it. */
    void stalled(String what, @Nullable Thread culprit) {
        add(() -> faults.stalled(what, culprit == null ? NO_STACK : culprit.getStackTrace()));
    }

    /** By the sentinel only. */
    void handedOver(int loop, @Nullable Thread culprit) {
        handOvers.incrementAndGet();
        long now = System.nanoTime();
        if (reportedHandOvers > 0 && now - lastHandOverReport < NANOS_BETWEEN_HAND_OVER_REPORTS) return;
        lastHandOverReport = now;
        int others = (int) Math.min(Integer.MAX_VALUE, handOvers.get() - reportedHandOvers - 1);
        reportedHandOvers = handOvers.get();
        add(() -> faults.handedOver(loop, culprit == null ? NO_STACK : culprit.getStackTrace(), others));
    }

    /** How often a loop was taken away so far. */
    long handOvers() {
        return handOvers.get();
    }

    private void add(Runnable report) {
        if (queued.get() >= MAX_QUEUED) {
            dropped.incrementAndGet();
            return;
        }
        queued.incrementAndGet();
        queue.add(report);
        LockSupport.unpark(thread);
    }

    private void run() {
        while (true) {
            writeQueued();
            if (isClosing && queue.isEmpty()) return;
            LockSupport.park(this);
        }
    }

    /** The reporter's thread, or that of a test which has none. */
    void writeQueued() {
        for (Runnable report = queue.poll(); report != null; report = queue.poll()) {
            queued.decrementAndGet();
            write(report);
        }
    }

    private void write(Runnable report) {
        try {
            report.run();
            int lost = dropped.getAndSet(0);
            if (lost > 0) faults.stalled(lost + " reports dropped, limit " + MAX_QUEUED + " waiting", NO_STACK);
        } catch (RuntimeException | Error e) {
            // The listener itself is broken: there is nobody left to tell but the JVM's own handler.
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }

    /** Writes what is queued, then ends. */
    @Override
    public void close() {
        isClosing = true;
        LockSupport.unpark(thread);
    }
}
