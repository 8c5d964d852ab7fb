package org.dormouse.poller.loop;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Who holds a loop, in one word that changes hands by compare-and-set.
 *
 * <pre>
 *            enter: the sentinel's tick              leave: compare-and-set
 *   OUTERMOST ------------------------> tick (> 0) ------------------------> OUTERMOST
 *     |    ^                              | takeAway: compare-and-set by the sentinel, later than that tick
 *     v    | wake-up or event             v
 *   WAITING                             OUTERMOST of another thread; who left it finds that leave fails
 * </pre>
 *
 * <p>A thread that lost the loop inside a continuation can never mistake a later entry for its own: the sentinel takes away only what
 * was entered at an earlier tick, and ticks never come again.
 */
final class Ownership {
    /** The holder runs the loop's own code, or the loop is between two holders. */
    static final long OUTERMOST = 0;

    /** The holder waits in the poller; whoever brings work wakes it. */
    static final long WAITING = -1;

    private static final long NOBODY = 0;

    private final AtomicLong state = new AtomicLong(OUTERMOST);

    /** Thread id of the platform thread that holds the loop, in a continuation or not. */
    private final AtomicLong holder = new AtomicLong(NOBODY);

    /** The same outside of continuations, else nobody: so a thread only ever finds its own id here while it is the owner. */
    private final AtomicLong outermost = new AtomicLong(NOBODY);

    /** Counts what the owner does, so that whoever watches sees that the loop goes on. */
    private final AtomicLong steps = new AtomicLong();

    /** The caller, a platform thread, holds the loop from now on. */
    void hold(long thread) {
        holder.set(thread);
        outermost.set(thread);
    }

    void release() {
        outermost.set(NOBODY);
        holder.set(NOBODY);
    }

    /** Before a continuation runs, by the holder. Everything the owner wrote is visible to whoever takes the loop away. */
    void enter(long tick) {
        outermost.setOpaque(NOBODY);
        state.setRelease(tick);
    }

    /**
     * After it, by the thread that entered.
     *
     * @return false if the loop was taken away: the caller must not touch a field of it any more
     */
    boolean leave(long tick, long thread) {
        if (!state.compareAndSet(tick, OUTERMOST)) return false;
        outermost.setOpaque(thread);
        return true;
    }

    /** By the sentinel, for a loop it saw in a continuation since {@code tick}: true if the loop is now without a holder. */
    boolean takeAway(long tick) {
        return state.compareAndSet(tick, OUTERMOST);
    }

    /** Before waiting in the poller; who reads work queues after this call misses nothing. */
    void beginWaiting() {
        state.set(WAITING);
    }

    void endWaiting() {
        state.set(OUTERMOST);
    }

    /** True for exactly one of those who bring work while the holder waits: that one must wake it up. */
    boolean mustWakeUp() {
        return state.get() == WAITING && state.compareAndSet(WAITING, OUTERMOST);
    }

    /** Loop owner. */
    void step() {
        steps.setOpaque(steps.getPlain() + 1);
    }

    long steps() {
        return steps.getOpaque();
    }

    long state() {
        return state.get();
    }

    /** Whether {@code currentThread} is the owner's, outside of continuations; stays true while that thread runs the loop's code. */
    boolean isOwner(Thread currentThread) {
        return outermost.getOpaque() == currentThread.threadId();
    }

    /** Whether {@code carrier} holds the loop right now; in a continuation that may end at any moment. */
    boolean isHeldBy(Thread carrier) {
        long thread = carrier.threadId();
        return outermost.getOpaque() == thread || (state.get() > OUTERMOST && holder.get() == thread);
    }
}
