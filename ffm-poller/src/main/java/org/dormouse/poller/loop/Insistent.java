package org.dormouse.poller.loop;

import java.util.concurrent.TimeUnit;

/**
 * What begins a thread or task that nobody else knows of: where memory lacks for that, it is tried again a little later, or the request behind
 * it would never be answered. Loop owner.
 */
final class Insistent extends Timeout implements Runnable, EventLoop.Handler {
    static final long NANOS_BETWEEN_TRIES = TimeUnit.MILLISECONDS.toNanos(10);

    private final EventLoop loop;
    private final Runnable attempt;

    Insistent(EventLoop loop, Runnable attempt) {
        this.loop = loop;
        this.attempt = attempt;
    }

    @Override
    public void run() {
        try {
            attempt.run();
        } catch (OutOfMemoryError e) {
            tryLater();
        }
    }

    private void tryLater() {
        expireAt(loop.nanoTime() + NANOS_BETWEEN_TRIES);
        try {
            loop.schedule(this);
        } catch (OutOfMemoryError e) {
            expireAt(NEVER);
            loop.again(this);
        }
    }

    @Override
    protected void expired() {
        run();
    }

    @Override
    public void ready(int readiness) {
        run();
    }
}
