package org.dormouse.poller.loop;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.poller.ThreadPriority;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that nobody stalls a loop. Every millisecond, and more often while loops change hands, it looks at each loop: one that has
 * been in the same continuation for more than a whole tick is taken away from its thread and given to a spare; one that stands still in
 * its own code has its ready continuations run by a spare; what waited a whole tick on a busy loop is offered to one that waits. It parks
 * when every loop waits.
 *
 * <p>Fields without volatile belong to the sentinel's thread.
 */
final class Sentinel {
    private static final long TICK_NANOS = 1_000_000;

    /** While loops change hands often: a loop in which one request after another blocks makes use of what lies between two hand-overs. */
    private static final long SHORT_TICK_NANOS = 200_000;

    /** How long after a hand-over ticks are short. */
    private static final long NANOS_OF_SHORT_TICKS = 20_000_000;

    /** How long every loop must have waited before the sentinel parks: waking it costs a loop a system call. */
    private static final long NANOS_BEFORE_PARKING = 20_000_000;

    private static final long NANOS_OF_STANDSTILL = 10_000_000;

    /** The shortest that Linux takes: a look is a matter of microseconds. */
    private static final long SLICE_NANOS = 100_000;

    /** Stuck threads are looked at so often; it costs more than a look at a loop. */
    private static final long NANOS_BETWEEN_LOOKS_AT_STUCK = 1_000_000;

    private static final int OPEN = 0;
    private static final int NO_NEW = 1;
    private static final int SHUT = 2;

    private final Spares spares;
    private final StuckThreads stuckThreads;
    private final Reporter reporter;
    private final int maxStuck;
    private final int maxComputing;
    private final Thread thread;
    private List<Watch> watches = List.of();
    private long now = System.nanoTime();
    private long lastMilli = now;
    private long lastHandOver = now - NANOS_OF_SHORT_TICKS;
    private long lastLookAtStuck = now;
    private boolean suspects;

    // read by loops
    private volatile long tick = 1;
    private volatile long millis;
    private volatile int gate = OPEN;
    private volatile boolean isParked;
    private volatile boolean isClosing;

    /** What the sentinel remembers of a loop from one tick to the next. */
    private static final class Watch {
        final EventLoop loop;
        long stepsSeen = -1;
        long stepsSince; // nanoseconds, as now is
        boolean isMeasured;
        boolean isReported;
        long processorNanos;
        long resumedEnd;
        long startedEnd;

        Watch(EventLoop loop) {
            this.loop = loop;
        }
    }

    Sentinel(Spares spares, StuckThreads stuckThreads, Reporter reporter, int maxStuck, int maxComputing) {
        this.spares = spares;
        this.stuckThreads = stuckThreads;
        this.reporter = reporter;
        this.maxStuck = maxStuck;
        this.maxComputing = maxComputing;
        thread = Thread.ofPlatform()
                .name("dormouse-sentinel")
                .daemon(true)
                .inheritInheritableThreadLocals(false)
                .unstarted(this::run);
    }

    void start(List<EventLoop> loops) {
        watchAll(loops);
        thread.start();
    }

    void watchAll(List<EventLoop> loops) {
        watches = loops.stream().map(Watch::new).toList();
    }

    // --- asked by loops

    /** Counts looks at the loops: one a millisecond while any is busy, more while loops change hands. Always positive. */
    long tick() {
        return tick;
    }

    /** As {@link #tick}, but not faster while ticks are short. */
    long millis() {
        return millis;
    }

    /** Whether new continuations may be started. */
    boolean admitsNew() {
        return gate == OPEN;
    }

    /** Whether continuations may be entered at all. */
    boolean admitsAny() {
        return gate != SHUT;
    }

    /** A loop is about to run what may hold it up: it must be watched from now on. */
    void watch() {
        if (!isParked) return;
        isParked = false;
        LockSupport.unpark(thread);
    }

    void close() {
        isClosing = true;
        isParked = false;
        LockSupport.unpark(thread);
    }

    // --- the sentinel's thread

    private void run() {
        ThreadPriority.beginAtOnce(ThreadPriority.SELF, SLICE_NANOS);
        long busyAt = System.nanoTime();
        while (!isClosing) {
            LockSupport.parkNanos(this, tickNanos(now - lastHandOver));
            tick = tick() + 1; // the only writer
            now = System.nanoTime();
            if (now - lastMilli >= TICK_NANOS) {
                millis = millis() + 1;
                lastMilli = now;
            }
            if (!lookAtAll() || gate != OPEN || suspects) busyAt = now;
            if (now - busyAt >= NANOS_BEFORE_PARKING) {
                parkUntilALoopWakes();
                busyAt = System.nanoTime();
            }
        }
    }

    /** Whatever is entered from now on was not entered before. For tests, which have no thread of the sentinel; {@code nanos} pass by its clock. */
    void nextTick(long nanos) {
        now += nanos;
        tick = tick() + 1;
        millis = millis() + 1;
    }

    /** @param sinceHandOver nanoseconds since a loop was last taken away */
    static long tickNanos(long sinceHandOver) {
        return sinceHandOver < NANOS_OF_SHORT_TICKS ? SHORT_TICK_NANOS : TICK_NANOS;
    }

    /** One look at each loop; true if there was nothing to watch. The sentinel's thread, or that of a test which has none. */
    boolean lookAtAll() {
        try {
            boolean isQuiet = true;
            for (Watch watch : watches) isQuiet &= look(watch);
            if (now - lastLookAtStuck >= NANOS_BETWEEN_LOOKS_AT_STUCK) adjustGate();
            return isQuiet;
        } catch (Throwable e) {
            // No thread or no memory for a spare: the loop stays where it is, and the next tick tries again.
            reporter.failed(-1, "sentinel", null, e);
            return false;
        }
    }

    private void parkUntilALoopWakes() {
        while (beginParking() && !isClosing) LockSupport.park(this);
        isParked = false;
    }

    /** True if no loop needs a look before it says so by {@link #watch}. The sentinel's thread, or that of a test which has none. */
    boolean beginParking() {
        isParked = true;
        // Now that every loop which wakes will see it.
        return allWait();
    }

    private boolean allWait() {
        for (Watch watch : watches) if (!waits(watch.loop)) return false;
        return true;
    }

    private static boolean waits(EventLoop loop) {
        return loop.isClosed() || loop.ownership().state() == Ownership.WAITING;
    }

    /** Returns true if there is nothing to watch. */
    private boolean look(Watch watch) {
        EventLoop loop = watch.loop;
        long state = loop.ownership().state();
        boolean isQuiet = waits(loop);
        if (isQuiet) {
            watch.stepsSeen = -1;
        } else if (state > Ownership.OUTERMOST) {
            watch.stepsSeen = -1;
            if (tick - state >= 2) handOver(loop, state);
        } else {
            lookAtOwnCode(watch);
        }
        if (!isQuiet) findHelp(watch);
        return isQuiet;
    }

    private void handOver(EventLoop loop, long enteredAt) {
        Runnable entered = loop.continuations().entered();
        Worker stuck = spares.holderOf(loop);
        Worker spare = spares.handOver(loop, enteredAt);
        if (spare == null) return;
        if (stuck != null) stuck.beginInTurn();
        spares.keepReady();
        lastHandOver = now;
        loop.counts().handedOver();
        Thread culprit = culprit(entered, stuck);
        reporter.handedOver(loop.index(), culprit, stuck == null ? null : stuck.thread(), spare.thread());
    }

    /** Asked once the loop has gone on: it takes reflection, which may load classes, and so come to wait for others. */
    private static @Nullable Thread culprit(@Nullable Runnable entered, @Nullable Worker stuck) {
        Thread carried = entered == null ? null : CarriedThreads.threadOf(entered);
        if (carried != null || stuck == null || stuck.thread().inline() == null) return carried;
        return stuck.thread();
    }

    /** The loop's own code must not wait for anything; if it does, at least what it carries goes on. */
    private void lookAtOwnCode(Watch watch) {
        EventLoop loop = watch.loop;
        long steps = loop.ownership().steps();
        if (steps != watch.stepsSeen) {
            watch.stepsSeen = steps;
            watch.stepsSince = now;
            watch.isMeasured = false;
            watch.isReported = false;
            return;
        }
        long stood = now - watch.stepsSince;
        if (!watch.isMeasured && stood >= NANOS_OF_STANDSTILL / 2) {
            watch.isMeasured = true;
            watch.processorNanos = spares.processorNanos(loop);
        }
        if (stood < NANOS_OF_STANDSTILL) return;
        watch.stepsSince = now;
        if (loop.continuations().areReady() && admitsAny()) spares.help(loop, steps);
        // A machine with more to do than processors holds up every thread now and then: nobody's bug.
        if (watch.isReported || spares.waitsForProcessor(loop, watch.processorNanos)) return;
        watch.isReported = true;
        loop.counts().stalled();
        Worker holder = spares.holderOf(loop);
        reporter.stalled(
                loop.index(),
                "loop " + loop.index() + " has stood still in its own code for " + NANOS_OF_STANDSTILL / 1_000_000
                        + " ms; another thread runs its ready continuations meanwhile",
                holder == null ? null : holder.thread());
    }

    private void findHelp(Watch watch) {
        EventLoop loop = watch.loop;
        offer(watch, loop.continuations().resumed(), watch.resumedEnd);
        offer(watch, loop.continuations().started(), watch.startedEnd);
        watch.resumedEnd = loop.continuations().resumed().end();
        watch.startedEnd = loop.continuations().started().end();
    }

    /** What was there a tick ago and still is has waited a tick. */
    private void offer(Watch watch, RunQueue queue, long endATickAgo) {
        if (queue.begin() >= endATickAgo || !admitsNew()) return;
        for (Watch other : watches) {
            if (other == watch || other.loop.isClosed()) continue;
            if (other.loop.ownership().state() != Ownership.WAITING) continue;
            other.loop.help(new Continuations.Aid(queue, endATickAgo));
            return;
        }
    }

    private void adjustGate() {
        lastLookAtStuck = now;
        int stuck = stuckThreads.count();
        suspects = stuck > 0 && stuckThreads.tellBlocked(reporter);
        int next = OPEN;
        if (stuckThreads.crowding(maxComputing) > maxComputing) next = NO_NEW;
        if (stuck >= maxStuck) next = SHUT;
        int last = gate;
        if (next == last) return;
        gate = next;
        if (next < last) for (Watch watch : watches) watch.loop.wakeUp();
        if (next > last)
            reporter.stalled(
                    -1,
                    next == SHUT
                            ? stuck + " threads are stuck in continuations, limit maxStuck " + maxStuck
                                    + ": no continuation runs until one yields"
                            : "more than maxComputing " + maxComputing
                                    + " stuck continuations compute: no new ones start until one yields",
                    null);
    }
}
