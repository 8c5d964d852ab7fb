package org.dormouse.server;

import java.util.concurrent.Executor;
import org.dormouse.servlet.NonBlockingPromise;

/** Where the endpoints of an application with execution INLINE are called. Keeps no request alive. */
record InlineSockets(Executor loop, NonBlockingPromise promise, String elsewhere, Executor forBlocking)
        implements Executor {
    @Override
    public void execute(Runnable task) {
        InlineStep.run(task, loop, promise, elsewhere, forBlocking);
    }
}
