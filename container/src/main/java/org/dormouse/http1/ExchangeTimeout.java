package org.dormouse.http1;

import java.util.concurrent.atomic.AtomicReference;
import org.dormouse.poller.loop.EventLoop;
import org.dormouse.poller.loop.Timeout;
import org.jspecify.annotations.Nullable;

/** A task that runs later on a loop; running this object takes it back, from any thread. */
final class ExchangeTimeout extends Timeout implements Runnable {
    private final EventLoop loop;
    private final AtomicReference<@Nullable Runnable> task;

    ExchangeTimeout(EventLoop loop, Runnable task) {
        this.loop = loop;
        this.task = new AtomicReference<>(task);
    }

    /** Loop owner. */
    void start(long deadline) {
        if (task.get() == null) return;
        expireAt(deadline);
        loop.schedule(this);
    }

    @Override
    public void run() {
        if (task.getAndSet(null) != null) loop.execute(() -> expireAt(NEVER));
    }

    @Override
    protected void expired() {
        Runnable due = task.getAndSet(null);
        if (due != null) due.run();
    }
}
