package org.dormouse.poller.loop;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the timeouts of many idle connections cost a loop: one that is put off, as with each request, and a turn of the wheel. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class TimerWheelBenchmark {
    private static final long KEEP_ALIVE_NANOS = 60_000_000_000L;

    @Param({"100", "10000"})
    private int connections;

    private final TimerWheel.Expiry none = timeout -> {
        throw new IllegalStateException("put off, so it cannot expire");
    };

    private TimerWheel wheel;
    private IdleTimeout[] timeouts;
    private long now;
    private int next;

    private static final class IdleTimeout extends Timeout {
        @Override
        protected void expired() {}
    }

    @Setup
    public void plan() {
        wheel = new TimerWheel(0);
        timeouts = new IdleTimeout[connections];
        for (int i = 0; i < connections; i++) {
            timeouts[i] = new IdleTimeout();
            putOff(timeouts[i]);
        }
    }

    private void putOff(IdleTimeout timeout) {
        timeout.expireAt(now + KEEP_ALIVE_NANOS);
        wheel.plan(timeout);
    }

    /** The deadline of one connection moves on: what a request costs. */
    @Benchmark
    public long putOff() {
        if (++next == connections) next = 0;
        putOff(timeouts[next]);
        return timeouts[next].expiresAt();
    }

    /** A millisecond passes, in which ten requests came; the wheel looks whether something is due, and how long the loop may sleep. */
    @Benchmark
    public long turn() {
        now += TimerWheel.NANOS_PER_TICK;
        for (int i = 0; i < 10; i++) putOff();
        wheel.advance(now, none);
        return wheel.nanosToNext(now);
    }
}
