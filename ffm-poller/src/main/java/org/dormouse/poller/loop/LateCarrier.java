package org.dormouse.poller.loop;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs what still arrives for loops that are closed: virtual threads that were started there and live on, and late tasks. One for the
 * JVM, since it must outlive every server; its threads end when there is nothing to do.
 */
final class LateCarrier {
    private static final int MAX_THREADS = 16;
    private static final ThreadPoolExecutor POOL = new ThreadPoolExecutor(
            MAX_THREADS,
            MAX_THREADS,
            5,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform()
                    .name("dormouse-late-", 0)
                    .daemon(true)
                    .inheritInheritableThreadLocals(false)
                    .factory());

    static {
        POOL.allowCoreThreadTimeOut(true);
    }

    private LateCarrier() {}

    static Executor executor() {
        return POOL;
    }
}
