package org.dormouse.server;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.dormouse.http.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of platform threads behind a bounded queue. New requests are refused when the queue is full; later tasks of requests
 * that were admitted are not, since each exchange has at most a few of them.
 */
final class PooledRequests implements RequestThreads, Executor {
    private static final long IDLE_SECONDS = 60;

    private final int maxAdmitted;
    private final AtomicInteger admitted = new AtomicInteger();
    private final @Nullable ClassLoader contextLoader = Thread.currentThread().getContextClassLoader();
    private final Supplier<ThreadPoolExecutor> maker;
    private volatile ThreadPoolExecutor threads;
    // guarded by this: those that finish what they are at
    private final List<ThreadPoolExecutor> leaving = new ArrayList<>();

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
        this.maker = () -> make(maxThreads, factory);
        this.threads = maker.get();
    }

    private ThreadPoolExecutor make(int maxThreads, ThreadFactory factory) {
        ThreadFactory ofServer = task -> {
            Thread made = factory.newThread(task);
            made.setContextClassLoader(contextLoader); // whoever needs it: that may be an application
            return made;
        };
        var made = new ThreadPoolExecutor(
                maxThreads, maxThreads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), ofServer);
        made.allowCoreThreadTimeOut(true);
        return made;
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
            execute(() -> {
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
        return this;
    }

    @Override
    public void execute(Runnable task) {
        ThreadPoolExecutor current = threads;
        try {
            current.execute(task);
        } catch (RejectedExecutionException e) {
            if (current.equals(threads)) throw e;
            execute(task); // it has been renewed since
        }
    }

    /** Threads that are idle end, the others when they have nothing more to do; until then there may be twice as many. */
    @Override
    public synchronized void renew() {
        ThreadPoolExecutor before = threads;
        if (before.isShutdown()) return;
        leaving.removeIf(ThreadPoolExecutor::isTerminated);
        leaving.add(before);
        threads = maker.get();
        before.shutdown();
    }

    @Override
    public synchronized void close() {
        for (ThreadPoolExecutor each : leaving) each.shutdownNow();
        threads.shutdownNow();
    }
}
