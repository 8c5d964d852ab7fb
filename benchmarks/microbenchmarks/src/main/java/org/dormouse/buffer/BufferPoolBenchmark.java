package org.dormouse.buffer;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to take a buffer and give it back: by the threads of one loop alone, and by two threads at once. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class BufferPoolBenchmark {
    private final BufferPool pool = new BufferPool(1024);

    @Benchmark
    @Threads(1)
    public int takeAndGiveBack() {
        return use();
    }

    @Benchmark
    @Threads(2)
    public int takeAndGiveBackByTwo() {
        return use();
    }

    /** Several at once, as when answers wait to be sent: the hint moves. */
    @Benchmark
    @Threads(1)
    public int takeEightAndGiveThemBack() {
        var taken = new PooledBuffer[8];
        for (int i = 0; i < taken.length; i++) taken[i] = pool.take();
        int room = 0;
        for (PooledBuffer each : taken) {
            room += each.room();
            each.close();
        }
        return room;
    }

    private int use() {
        PooledBuffer buffer = pool.take();
        int room = buffer.room();
        buffer.close();
        return room;
    }
}
