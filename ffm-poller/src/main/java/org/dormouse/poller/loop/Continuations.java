package org.dormouse.poller.loop;

import java.util.Arrays;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The continuations of one loop's carried threads: those that are ready, in the order in which they became so, and how they are entered.
 * New ones are apart from those that go on, since they can be held back.
 */
final class Continuations {
    /**
     * Milliseconds after which the rest waits for the next turn, so that many short ones do not add up to a long one. A full poll of short
     * requests fits, or with each turn more of them would be begun than ended.
     */
    private static final long MAX_MILLIS = 4;

    private final int loop;
    private final Ownership ownership;
    private final Mailbox mailbox;
    private final Sentinel sentinel;
    private final Reporter reporter;

    /** Overwritten before each entry, in tests: nothing that a continuation can reach may point into it. */
    private final byte @Nullable [] overwritten;

    // loop owner adds, any thread takes
    private final RunQueue started = new RunQueue();
    private final RunQueue resumed = new RunQueue();

    // any thread
    private volatile @Nullable Aid aid;
    private final LoopCounts counts;

    // loop owner only
    private boolean isStarting;
    private boolean resumedFirst;

    /** The one that was entered last; the sentinel samples it, so it may be a little old. */
    private @Nullable Runnable entered;

    /** Continuations of another loop that have waited too long. */
    record Aid(RunQueue queue, long end) {}

    Continuations(
            int loop,
            Ownership ownership,
            Mailbox mailbox,
            Sentinel sentinel,
            Reporter reporter,
            byte @Nullable [] overwritten) {
        this.loop = loop;
        this.ownership = ownership;
        this.mailbox = mailbox;
        this.sentinel = sentinel;
        this.reporter = reporter;
        this.overwritten = overwritten;
        this.counts = new LoopCounts(this, mailbox);
    }

    // --- loop owner

    /** Starts a new thread, which comes back through {@link #add}. */
    void start(Thread thread) {
        isStarting = true;
        try {
            thread.start();
        } finally {
            isStarting = false;
        }
    }

    void start(InlineTask task) {
        started.add(task);
    }

    void add(Runnable continuation) {
        (isStarting ? started : resumed).add(continuation);
    }

    /** Whether {@link #run} would enter one. */
    boolean haveWork() {
        return (!resumed.isEmpty() && sentinel.admitsAny())
                || (!started.isEmpty() && sentinel.admitsNew())
                || aid != null;
    }

    /** Keeps no thread alive while the loop waits. */
    void forget() {
        entered = null;
        started.forget();
        resumed.forget();
    }

    /**
     * Enters what is ready now, each until it ends or yields. From the loop's outermost frame only.
     *
     * @return false if the loop was taken away meanwhile: every caller returns at once, without reading a field
     */
    boolean run(long thread) {
        mailbox.takeContinuations(resumed);
        long resumedEnd = resumed.end();
        long startedEnd = started.end();
        if (resumed.isEmpty() && started.isEmpty() && aid == null) return true;
        sentinel.watch();
        long deadline = sentinel.millis() + MAX_MILLIS;
        resumedFirst = !resumedFirst;
        if (resumedFirst) {
            return runResumed(resumedEnd, deadline, thread)
                    && runStarted(startedEnd, deadline, thread)
                    && runOthers(deadline, thread);
        }
        return runStarted(startedEnd, deadline, thread)
                && runResumed(resumedEnd, deadline, thread)
                && runOthers(deadline, thread);
    }

    private boolean runResumed(long end, long deadline, long thread) {
        while (sentinel.admitsAny() && sentinel.millis() < deadline) {
            Runnable next = resumed.takeBefore(end);
            if (next == null) return true;
            counts.entersOwn();
            if (!enter(next, thread)) return false;
        }
        return true;
    }

    private boolean runStarted(long end, long deadline, long thread) {
        while (sentinel.admitsNew() && sentinel.millis() < deadline) {
            Runnable next = started.takeBefore(end);
            if (next == null) return true;
            counts.entersOwn();
            if (!enter(next, thread)) return false;
        }
        return true;
    }

    /** Helps another loop out, if the sentinel asked for it. */
    private boolean runOthers(long deadline, long thread) {
        Aid asked = aid;
        if (asked == null) return true;
        aid = null;
        while (sentinel.admitsNew() && sentinel.millis() < deadline) {
            Runnable next = asked.queue().stealBefore(asked.end());
            if (next == null) return true;
            counts.entersStolen();
            if (!enter(next, thread)) return false;
        }
        return true;
    }

    private boolean enter(Runnable continuation, long thread) {
        if (overwritten != null) Arrays.fill(overwritten, (byte) 0xA5);
        ownership.step();
        entered = continuation;
        long tick = sentinel.tick();
        ownership.enter(tick);
        try {
            run(continuation);
        } catch (Throwable bug) {
            reporter.failed(loop, "continuation", null, bug);
        }
        // One that gave the loop away did so in this very tick, perhaps: the word may be that of the next holder.
        if (continuation instanceof InlineTask task && task.hasLeftLoop()) return false;
        return ownership.leave(tick, thread);
    }

    private static void run(Runnable continuation) {
        if (continuation instanceof InlineTask task) task.runHere();
        else continuation.run();
    }

    /** At the end of the loop: what is ready goes on elsewhere. */
    void passOn(Executor elsewhere) {
        passOn(resumed, elsewhere);
        passOn(started, elsewhere);
    }

    private static void passOn(RunQueue queue, Executor elsewhere) {
        for (Runnable next = queue.takeBefore(queue.end()); next != null; next = queue.takeBefore(queue.end()))
            elsewhere.execute(next);
    }

    // --- any thread

    LoopCounts counts() {
        return counts;
    }

    /** How many are ready, in the mailbox too. */
    int ready() {
        return started.size() + resumed.size() + mailbox.waitingContinuations();
    }

    // --- the sentinel, and those it sends

    RunQueue started() {
        return started;
    }

    RunQueue resumed() {
        return resumed;
    }

    boolean areReady() {
        return !started.isEmpty() || !resumed.isEmpty() || mailbox.hasContinuations();
    }

    /** What was entered last. */
    @Nullable
    Runnable entered() {
        return entered;
    }

    /** Asks this loop to run what waits at another; who asks wakes it up. */
    void help(Aid other) {
        aid = other;
    }

    /** Runs what is ready on the calling thread, for as long as the loop's owner stands still at step {@code stoodAt}. */
    void runInstead(long stoodAt) {
        while (ownership.steps() == stoodAt) {
            Runnable next = resumed.stealBefore(resumed.end());
            if (next == null) next = mailbox.pollContinuation();
            if (next == null) next = started.stealBefore(started.end());
            if (next == null) return;
            counts.helpedOut();
            try {
                run(next);
            } catch (Throwable bug) {
                reporter.failed(loop, "continuation", null, bug);
            }
        }
    }
}
