package org.dormouse.poller.loop;

import org.jspecify.annotations.Nullable;

/**
 * What runs on the thread of a loop itself, because it has promised not to block: {@link EventLoop#inline}. It is entered as continuations
 * are, so if it breaks its promise, or computes for long, another thread takes the loop over; but it cannot be unmounted, so what it costs
 * then is a platform thread for as long as it lasts. It has the thread's thread-locals, which stay there; an interrupt does not.
 */
public abstract class InlineTask implements Runnable {
    private static final int LOOKS_BEFORE_BLOCKED = 2;

    // the thread that runs it
    private boolean leftLoop;

    // any thread
    private volatile boolean isTold;
    private volatile boolean isOver;

    // sentinel only
    private int looksBlocked;

    /**
     * It blocks, or is about to. At most once; called by its own thread, which holds no loop then, or by the one that tells
     * {@link Faults}.
     *
     * @param stack of the thread that runs it, where it blocks
     */
    protected abstract void blocked(StackTraceElement[] stack);

    /** What the calling thread runs on behalf of a loop; null in a virtual thread, and elsewhere. */
    public static @Nullable InlineTask current() {
        return Thread.currentThread() instanceof LoopThread thread ? thread.inline() : null;
    }

    /**
     * The caller is about to block its thread. In an inline task that thread gives its loop away first, and the task is told; elsewhere
     * this does nothing. Any thread.
     */
    public static void aboutToBlock() {
        if (!(Thread.currentThread() instanceof LoopThread thread)) return;
        InlineTask task = thread.inline();
        if (task != null) task.aboutToBlock(thread);
    }

    private void aboutToBlock(LoopThread thread) {
        if (thread.giveLoopAway()) leftLoop = true;
        tell(thread.getStackTrace());
    }

    /**
     * The thread of the calling inline task gives its loop to another one, and ends when the task is over: so do the thread-locals that it has
     * kept. Elsewhere this does nothing. Any thread.
     */
    public static void endThread() {
        if (!(Thread.currentThread() instanceof LoopThread thread)) return;
        InlineTask task = thread.inline();
        if (task == null) return;
        thread.endWhenBack();
        if (thread.giveLoopAway()) task.leftLoop = true;
    }

    /** Runs it on the calling thread. */
    final void runHere() {
        LoopThread thread = Thread.currentThread() instanceof LoopThread own ? own : null;
        if (thread != null) thread.runs(this);
        try {
            run();
        } finally {
            isOver = true;
            if (thread != null) thread.runs(null);
            Thread.interrupted(); // whoever was meant by it is gone
        }
    }

    /** By the thread that has run it: whether that gave its loop away meanwhile, of which nothing may be touched any more. */
    final boolean hasLeftLoop() {
        return leftLoop;
    }

    /** Whether nobody needs to look at it any more. */
    boolean isSettled() {
        return isTold || isOver;
    }

    /** The sentinel saw its thread blocked, or not. Once is not enough: a lock held by another for a moment blocks as well. */
    boolean isBlockedForLong(boolean nowBlocked) {
        looksBlocked = nowBlocked ? looksBlocked + 1 : 0;
        return looksBlocked >= LOOKS_BEFORE_BLOCKED;
    }

    /** Tells it, unless it is over: then {@code stack} may be of what came after it. */
    void tell(StackTraceElement[] stack) {
        if (isSettled()) return;
        isTold = true;
        blocked(stack);
    }

    /** One that nobody wants to hear of. */
    static final class Unheard extends InlineTask {
        private final Runnable task;

        Unheard(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            task.run();
        }

        @Override
        protected void blocked(StackTraceElement[] stack) {
            // The loop went to another thread, which is all there is to do.
        }
    }
}
