package org.dormouse.push;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends a comment whenever a stream has sent nothing for a while. The JDK's timer knows only this object, which forgets a stream that has ended. */
final class Heartbeat implements Runnable {
    private final long pauseNanos;
    private final Executor timer;
    private volatile @Nullable EventStream stream;
    private volatile long quietSince = System.nanoTime();

    /** @param pause {@link Duration#ZERO}: never */
    Heartbeat(EventStream stream, Duration pause, Executor sender) {
        this.stream = stream;
        this.pauseNanos = pause.toNanos();
        this.timer = CompletableFuture.delayedExecutor(pauseNanos, TimeUnit.NANOSECONDS, sender);
    }

    void begin() {
        if (pauseNanos > 0) timer.execute(this);
    }

    /** Something is sent. */
    void touch() {
        quietSince = System.nanoTime();
    }

    void end() {
        stream = null;
    }

    @Override
    public void run() {
        EventStream present = stream;
        if (present == null) return;
        // A stream with something to send half of the time looks alive: no timer is moved for an event.
        if (System.nanoTime() - quietSince >= pauseNanos / 2 && present.waitingBytes() == 0) present.comment("");
        timer.execute(this);
    }
}
