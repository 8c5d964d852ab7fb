package org.dormouse.poller.loop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Takes reports from loops, which may neither lock nor log, to {@link Faults} on a thread of its own. Any thread. */
final class Reporter implements AutoCloseable {
    /** What is to be told; classes rather than lambdas, which would be linked by a loop at its first bug. */
    sealed interface Report {
        void tell(Faults faults);
    }

    record FallBack(String what) implements Report {
        @Override
        public void tell(Faults faults) {
            faults.fellBack(what);
        }
    }

    record Failure(int loop, String what, @Nullable Object subject, Throwable cause) implements Report {
        @Override
        public void tell(Faults faults) {
            String whose = subject == null ? "" : " " + subject.getClass().getName();
            faults.failed((loop < 0 ? "" : "loop " + loop + ": ") + what + whose, cause);
        }
    }

    /** {@code others} is negative if only the Flight Recorder is told. */
    record HandOver(
            int loop, @Nullable Thread culprit, @Nullable Thread stuck, Thread holder, int others) implements Report {
        @Override
        public void tell(Faults faults) {
            StackTraceElement[] stack = stack(culprit);
            LoopEvents.handedOver(loop, stuck, holder);
            LoopEvents.stalled(loop, LoopEvents.BY_REQUEST, culprit, stack);
            if (others >= 0) faults.handedOver(loop, stack, others);
        }
    }

    /** {@code loop} is negative if it is none, but a limit of all. */
    record Stall(int loop, String what, @Nullable Thread culprit) implements Report {
        @Override
        public void tell(Faults faults) {
            StackTraceElement[] stack = stack(culprit);
            if (loop >= 0) LoopEvents.stalled(loop, LoopEvents.BY_LOOP, culprit, stack);
            faults.stalled(what, stack);
        }
    }

    record Note(Runnable note) implements Report {
        @Override
        public void tell(Faults faults) {
            note.run();
        }
    }

    private static StackTraceElement[] stack(@Nullable Thread thread) {
        return thread == null ? NO_STACK : thread.getStackTrace();
    }

    private static final int MAX_QUEUED = 256;
    private static final long MAX_END_MILLIS = 1000;
    private static final long NANOS_BETWEEN_HAND_OVER_REPORTS = 1_000_000_000;
    private static final StackTraceElement[] NO_STACK = {};

    private final Faults faults;
    private final Queue<Report> queue = new ConcurrentLinkedQueue<>();
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

    void fellBack(String what) {
        add(new FallBack(what));
    }

    /**
     * Loop {@code loop} met a bug in {@code what}; the text is made by the reporter's thread.
     *
     * @param subject whose class is named, if there is one
     */
    void failed(int loop, String what, @Nullable Object subject, Throwable cause) {
        try {
            add(new Failure(loop, what, subject, cause));
        } catch (OutOfMemoryError e) {
            dropped.incrementAndGet(); // the reporter says how many
        }
    }

    /** The stack is sampled when the report is written, by the thread that writes it. */
    void stalled(int loop, String what, @Nullable Thread culprit) {
        add(new Stall(loop, what, culprit));
    }

    /** Runs {@code note} on the reporter's thread. */
    void note(Runnable note) {
        add(new Note(note));
    }

    /** By the sentinel only. The Flight Recorder gets each one, if it records; {@link Faults} are told of some. */
    void handedOver(int loop, @Nullable Thread culprit, @Nullable Thread stuck, Thread holder) {
        handOvers.incrementAndGet();
        long now = System.nanoTime();
        if (reportedHandOvers > 0 && now - lastHandOverReport < NANOS_BETWEEN_HAND_OVER_REPORTS) {
            if (LoopEvents.areRecorded()) add(new HandOver(loop, culprit, stuck, holder, -1));
            return;
        }
        lastHandOverReport = now;
        int others = (int) Math.min(Integer.MAX_VALUE, handOvers.get() - reportedHandOvers - 1);
        reportedHandOvers = handOvers.get();
        add(new HandOver(loop, culprit, stuck, holder, others));
    }

    /** How often a loop was taken away so far. */
    long handOvers() {
        return handOvers.get();
    }

    private void add(Report report) {
        if (queued.get() >= MAX_QUEUED) {
            dropped.incrementAndGet();
            return;
        }
        queue.add(report); // before it is counted: it may fail for lack of memory
        queued.incrementAndGet();
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
        for (Report report = queue.poll(); report != null; report = queue.poll()) {
            queued.decrementAndGet();
            write(report);
        }
    }

    private void write(Report report) {
        try {
            report.tell(faults);
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

    /** Waits, for a second at most, until all is told: what happens next may be the end of the JVM. After {@link #close}; may block. */
    void awaitEnd() {
        try {
            thread.join(MAX_END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
