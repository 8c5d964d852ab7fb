package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(30)
class SparesTest {
    private static final int STUCK = 20;

    @Test
    @EnabledOnOs(OS.LINUX)
    void whoWaitsIsToldFromWhoComputesAtTheFirstLookAndNotAllAreLookedAtAtOnce() throws Exception {
        var spares = new Spares(512 * 1024);
        var threads = new StuckThreads(spares, true);
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < STUCK; i++) workers.add(spares.reserve());
        for (Worker worker : workers) awaitParked(worker);
        for (Worker worker : workers) spares.stuck(worker);

        assertThat(threads.crowding(1)).isEqualTo(STUCK - 8);
        assertThat(threads.crowding(1)).isEqualTo(STUCK - 16);
        assertThat(threads.crowding(1)).isZero();
        assertThat(spares.stuckCount()).isEqualTo(STUCK);
        spares.close();
        for (Worker worker : workers) spares.giveBack(worker);
        for (Worker worker : workers) worker.thread().join(TimeUnit.SECONDS.toMillis(15));
        assertThat(workers).noneMatch(worker -> worker.thread().isAlive());
    }

    @Test
    void thereAreSparesToTakeOnceTheyWereAskedFor() throws Exception {
        var spares = new Spares(512 * 1024);
        assertThat(spares.idleCount()).isZero();
        spares.keepReady();

        for (int i = 0; i < 1000 && spares.idleCount() < 4; i++) Thread.sleep(10);

        assertThat(spares.idleCount()).isEqualTo(4);
        spares.close();
    }

    @Test
    void ticksAreShortForAWhileAfterALoopWasTakenAway() {
        assertThat(Sentinel.tickNanos(TimeUnit.MILLISECONDS.toNanos(1))).isEqualTo(200_000);
        assertThat(Sentinel.tickNanos(TimeUnit.MILLISECONDS.toNanos(19))).isEqualTo(200_000);
        assertThat(Sentinel.tickNanos(TimeUnit.MILLISECONDS.toNanos(20))).isEqualTo(1_000_000);
    }

    private static void awaitParked(Worker worker) throws InterruptedException {
        for (int i = 0; i < 1000; i++) {
            if (worker.thread().getState() == Thread.State.TIMED_WAITING) return;
            Thread.sleep(10);
        }
        throw new AssertionError(worker.thread() + " has not parked");
    }
}
