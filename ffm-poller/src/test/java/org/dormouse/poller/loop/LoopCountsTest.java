package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.dormouse.poller.ScriptedKernel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What loops count of themselves. */
@Timeout(60)
class LoopCountsTest {
    private final ScriptedKernel kernel = new ScriptedKernel();

    @Test
    void turnsEventsTasksAndContinuationsAreCountedOneByOne() {
        try (var driver = new ScriptedLoop(kernel, new HandClock())) {
            EventLoop loop = driver.loop();
            LoopCounts counts = loop.counts();
            var peer = kernel.connect();
            long token = TestLoops.register(loop, peer.socket(), readiness -> {});
            driver.settle();
            long events = counts.events();
            long turns = counts.turns();
            peer.send("a");
            driver.turn();
            assertThat(counts.events()).isEqualTo(events + 1);
            assertThat(counts.turns()).isEqualTo(turns + 1);
            loop.execute(() -> {});
            loop.execute(() -> loop.carry(() -> {}));
            assertThat(counts.waitingTasks()).isEqualTo(2);
            driver.turn();
            assertThat(counts.tasks()).isEqualTo(2);
            assertThat(counts.waitingTasks()).isZero();
            assertThat(counts.continuations()).isOne();
            assertThat(counts.steals() + counts.handOvers() + counts.stalls() + counts.wakeUps())
                    .isZero();
            loop.deregister(token);
            peer.socket().close();
        }
    }

    @Test
    void threadsThatWaitForTheLoopAreItsQueue() throws Exception {
        try (var driver = new ScriptedLoop(kernel, new HandClock())) {
            EventLoop loop = driver.loop();
            var latch = new CountDownLatch(1);
            for (int i = 0; i < 3; i++) {
                loop.carry(() -> {
                    try {
                        latch.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
            }
            assertThat(loop.counts().readyContinuations()).isEqualTo(3);
            driver.settle();
            assertThat(loop.counts().readyContinuations()).isZero();
            latch.countDown();
            assertThat(loop.counts().readyContinuations()).isPositive();
            driver.settle();
            assertThat(loop.counts().continuations()).isEqualTo(6);
        }
    }

    /** Between its last turn and the moment when the sentinel parks lie twenty ticks in which something could wake it. */
    @Test
    void anIdleLoopMakesNoTurn() throws Exception {
        try (var loops = EventLoops.start(LoopSettings.defaults().withLoops(1))) {
            EventLoop loop = loops.loop(0);
            LoopCounts counts = loop.counts();
            var ran = new CountDownLatch(1);
            long waits = counts.waits();
            loop.execute(ran::countDown);
            assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (counts.waits() == waits && System.nanoTime() < deadline) Thread.onSpinWait();
            long turns = counts.turns();
            HandOverTest.awaitParkedSentinel();
            assertThat(counts.turns()).isEqualTo(turns);
        }
    }
}
