package org.dormouse.server;

import java.util.concurrent.Executor;
import org.dormouse.poller.loop.InlineTask;
import org.dormouse.servlet.NonBlockingPromise;

/** A callback on the thread of a loop itself, under a promise not to block. */
final class InlineStep extends InlineTask {
    private final Runnable task;
    private final NonBlockingPromise promise;
    private final String elsewhere;

    private InlineStep(Runnable task, NonBlockingPromise promise, String elsewhere) {
        this.task = task;
        this.promise = promise;
        this.elsewhere = elsewhere;
    }

    /** Runs {@code task} in {@code loop} if the promise is kept, else where it may block. */
    static void run(Runnable task, Executor loop, NonBlockingPromise promise, String elsewhere, Executor forBlocking) {
        if (promise.isKept()) loop.execute(new InlineStep(task, promise, elsewhere));
        else forBlocking.execute(task);
    }

    @Override
    public void run() {
        task.run();
    }

    @Override
    protected void blocked(StackTraceElement[] stack) {
        promise.broken(stack, elsewhere);
    }
}
