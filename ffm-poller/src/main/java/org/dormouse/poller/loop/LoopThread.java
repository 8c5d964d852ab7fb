package org.dormouse.poller.loop;

import org.jspecify.annotations.Nullable;

/** A platform thread that holds a loop, is stuck in a continuation, or spare. */
final class LoopThread extends Thread {
    private final Worker worker;

    /** What it runs itself just now. Written by this thread, read by the sentinel too. */
    private volatile @Nullable InlineTask inline;

    /** @param contextLoader its context class loader, whoever needs the thread: that may be an application */
    LoopThread(Worker worker, String name, Runnable life, long stackBytes, @Nullable ClassLoader contextLoader) {
        super(null, life, name, stackBytes, false);
        this.worker = worker;
        setDaemon(true);
        setContextClassLoader(contextLoader);
    }

    @Nullable
    InlineTask inline() {
        return inline;
    }

    /** This thread only. */
    void runs(@Nullable InlineTask task) {
        inline = task;
    }

    /** This thread, in a continuation: another one takes over the loop that it holds. False if it holds none (any more). */
    boolean giveLoopAway() {
        return worker.giveLoopAway();
    }

    /** This thread: it holds no loop again after it has lost this one. */
    void endWhenBack() {
        worker.endWhenBack();
    }
}
