package org.dormouse.server;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.http.Exchange;

/**
 * A bounded number of platform threads behind a bounded queue. New requests are refused when the queue is full; later tasks of requests
 * that were admitted are not, since each exchange has at most a few of them.
 */
final class PooledRequests implements RequestThreads {
    private static final long IDLE_SECONDS = 60;

    private final int maxAdmitted;
    private final AtomicInteger admitted = new AtomicInteger();
    private final ThreadPoolExecutor threads;

    PooledRequests(int maxThreads, int maxQueued) {
        this(
                maxThreads,
                maxQueued,
                Thread.ofPlatform()
                        .name("dormouse-pool-", 0)
                        .daemon()
                        .inheritInheritableThreadLocals(false)
                        .factory());
    }

    PooledRequests(int maxThreads, int maxQueued, ThreadFactory factory) {
        this.maxAdmitted = maxThreads + maxQueued;
        this.threads = new ThreadPoolExecutor(
                maxThreads, maxThreads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public String execution() {
        return "POOL";
    }

    @Override
    public boolean start(Exchange exchange, Runnable request) {
        if (admitted.incrementAndGet() > maxAdmitted) {
            admitted.decrementAndGet();
            return false;
        }
        try {
            threads.execute(() -> {
                try {
                    request.run();
                } finally {
                    admitted.decrementAndGet();
                }
            });
        } catch (RuntimeException | Error e) {
            admitted.decrementAndGet(); // the system gives no thread now, but it may again
            throw e;
        }
        return true;
    }

    @Override
    public Executor later(Exchange exchange) {
        return threads;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
