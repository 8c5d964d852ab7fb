package org.dormouse.poller.loop;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until a test moves it. Any thread. */
public final class HandClock implements NanoClock {
    /** Not 0, so that a deadline that was never set is not mistaken for now; a round number, so that sums stay readable. */
    private final AtomicLong nanos = new AtomicLong(Duration.ofHours(1).toNanos());

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    /** Moves the clock forward. Who drives loops by hand wants {@link ScriptedLoop#advance}, which lets timeouts happen too. */
    public void advance(Duration time) {
        if (time.isNegative()) throw new IllegalArgumentException("a clock does not go back: " + time);
        nanos.addAndGet(time.toNanos());
    }
}
