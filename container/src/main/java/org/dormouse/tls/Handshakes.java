package org.dormouse.tls;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** How many handshakes are under way, and the threads that do their arithmetic, which takes a loop's while. Any thread. */
final class Handshakes {
    private final Executor executor;
    private final AtomicInteger underWay = new AtomicInteger();

    /** @param executor runs what an engine delegates: one task for each handshake at a time, so its queue is as short as the limit of these */
    Handshakes(Executor executor) {
        this.executor = executor;
    }

    /** Those of this JVM: its processors are what they share. Threads are started by the first one, and end when there is nothing to do. */
    static Handshakes ofThisJvm() {
        return Shared.HANDSHAKES;
    }

    /** Counts one more; false if there are {@code most} already. */
    boolean enter(int most) {
        if (underWay.incrementAndGet() <= most) return true;
        underWay.decrementAndGet();
        return false;
    }

    /** The end of one that has entered, and of what was computed for it. */
    void leave() {
        underWay.decrementAndGet();
    }

    int underWay() {
        return underWay.get();
    }

    void compute(Runnable task) {
        executor.execute(task);
    }

    private static final class Shared {
        static final Handshakes HANDSHAKES =
                new Handshakes(threads(Runtime.getRuntime().availableProcessors()));
    }

    /** Submitting to this pool waits for no lock that a thread of it could hold for long, as that of a queue would. */
    private static Executor threads(int count) {
        var numbers = new AtomicInteger();
        return new ForkJoinPool(
                count,
                pool -> {
                    ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
                    thread.setName("dormouse-tls-" + numbers.incrementAndGet());
                    return thread;
                },
                null,
                true,
                count,
                count,
                0,
                null,
                10,
                TimeUnit.SECONDS);
    }
}
