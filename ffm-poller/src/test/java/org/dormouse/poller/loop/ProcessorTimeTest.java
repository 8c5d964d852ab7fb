package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ProcessorTimeTest {
    @Test
    void aThreadThatComputesUsesTimeAndIsNotWaitedFor() throws Exception {
        var stop = new AtomicBoolean();
        File thread = start(() -> {
            while (!stop.get()) Thread.onSpinWait();
        });
        long before = ProcessorTime.nanos(thread);
        long after = before;
        while (after == before) after = ProcessorTime.nanos(thread);
        assertThat(after).isGreaterThan(before);
        assertThat(ProcessorTime.isWaitedFor(thread, before)).isFalse();
        stop.set(true);
    }

    @Test
    void aThreadThatSleepsUsesNoTimeAndIsNotWaitedFor() throws Exception {
        var stop = new CountDownLatch(1);
        File thread = start(() -> {
            try {
                stop.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        int inARow = 0;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (inARow < 1000 && System.nanoTime() < deadline) // it falls asleep at some time, and stays so
        inARow = ProcessorTime.isWaitedFor(thread, ProcessorTime.nanos(thread)) ? 0 : inARow + 1;
        assertThat(inARow).isEqualTo(1000);
        assertThat(ProcessorTime.demand(thread)).isEqualTo(ProcessorTime.Demand.WAITS);
        stop.countDown();
    }

    @Test
    void aThreadThatIsReadyAndGetsNothingIsWaitedFor() throws Exception {
        var stop = new AtomicBoolean();
        File thread = start(() -> {
            while (!stop.get()) Thread.onSpinWait();
        });
        // The kernel brings its figure up to date a few hundred times a second: read twice in a row it is the same.
        boolean seen = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!seen && System.nanoTime() < deadline)
            seen = ProcessorTime.isWaitedFor(thread, ProcessorTime.nanos(thread));
        assertThat(ProcessorTime.demand(thread)).isEqualTo(ProcessorTime.Demand.COMPUTES);
        stop.set(true);
        assertThat(seen).isTrue();
    }

    @Test
    void aThreadThatHasEndedCannotBeAsked() throws Exception {
        var ended = new CompletableFuture<Thread>();
        File thread = start(() -> ended.complete(Thread.currentThread()));
        ended.get(10, TimeUnit.SECONDS).join();
        // The kernel takes it off its list a moment after Java has.
        while (new File(thread, "stat").exists()) Thread.onSpinWait();
        assertThat(ProcessorTime.nanos(thread)).isEqualTo(ProcessorTime.UNKNOWN);
        assertThat(ProcessorTime.isWaitedFor(thread, ProcessorTime.UNKNOWN)).isFalse();
        assertThat(ProcessorTime.isWaitedFor(null, 1)).isFalse();
        assertThat(ProcessorTime.demand(thread)).isEqualTo(ProcessorTime.Demand.UNKNOWN);
        assertThat(ProcessorTime.demand(null)).isEqualTo(ProcessorTime.Demand.UNKNOWN);
    }

    private static File start(Runnable body) throws Exception {
        var place = new CompletableFuture<File>();
        Thread.ofPlatform().daemon(true).start(() -> {
            place.complete(ProcessorTime.ofThisThread());
            body.run();
        });
        return place.get(10, TimeUnit.SECONDS);
    }
}
