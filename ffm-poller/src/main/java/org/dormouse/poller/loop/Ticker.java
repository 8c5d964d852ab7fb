package org.dormouse.poller.loop;

/**
 * Calls back on a loop again and again until it is closed. It keeps its rhythm: a late call does not put off the later ones, and beats that
 * a busy loop missed are left out, not made up for.
 */
public final class Ticker extends Timeout implements AutoCloseable {
    private final EventLoop loop;
    private final long periodNanos;
    private final Runnable task;

    // loop owner
    private long beat;
    private boolean isClosed;

    private Ticker(EventLoop loop, long periodNanos, Runnable task) {
        this.loop = loop;
        this.periodNanos = periodNanos;
        this.task = task;
    }

    /**
     * Begins; the first call comes after one period. Any thread.
     *
     * @param periodNanos at least a millisecond, the step of a loop's clock
     * @param task is run by the loop's owner and must not block; if it throws, that is reported and the next call comes nevertheless
     */
    public static Ticker start(EventLoop loop, long periodNanos, Runnable task) {
        if (periodNanos < TimerWheel.NANOS_PER_TICK)
            throw new IllegalArgumentException(
                    "period of " + periodNanos + " ns, at least " + TimerWheel.NANOS_PER_TICK + " is possible");
        var ticker = new Ticker(loop, periodNanos, task);
        loop.execute(ticker::begin);
        return ticker;
    }

    private void begin() {
        beat = loop.nanoTime();
        plan();
    }

    private void plan() {
        if (isClosed) return;
        long missed = (loop.nanoTime() - beat) / periodNanos;
        beat += (missed + 1) * periodNanos;
        expireAt(beat);
        loop.schedule(this);
    }

    @Override
    protected void expired() {
        if (isClosed) return;
        plan();
        task.run();
    }

    /** No further call begins once the loop has come to this. Any thread; a second call does nothing. */
    @Override
    public void close() {
        loop.execute(() -> {
            isClosed = true;
            expireAt(NEVER);
        });
    }
}
