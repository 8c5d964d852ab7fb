package org.dormouse.poller.loop;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to bring a task to a loop and to take it out: one at a time, many at once, and the look that finds nothing. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class MailboxBenchmark {
    private static final int MANY = 64;
    private static final Runnable TASK = () -> {};

    private final Mailbox mailbox = new Mailbox();
    private final ArrayDeque<Runnable> taken = new ArrayDeque<>();

    @Benchmark
    public int one() {
        mailbox.addTask(TASK);
        return take();
    }

    /** For each of them. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public int many() {
        for (int i = 0; i < MANY; i++) mailbox.addTask(TASK);
        return take();
    }

    /** What every turn of a loop pays. */
    @Benchmark
    public int none() {
        return take();
    }

    private int take() {
        mailbox.takeTasks(taken);
        int count = taken.size();
        taken.clear();
        return count;
    }
}
