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
        var spares = new Spares(512 * 1024, true);
        List<Spares.Worker> workers = new ArrayList<>();
        for (int i = 0; i < STUCK; i++) workers.add(spares.reserve());
        for (Spares.Worker worker : workers) awaitParked(worker);
        for (Spares.Worker worker : workers) spares.stuck(worker);

        assertThat(spares.crowding(1)).isEqualTo(STUCK - 8);
        assertThat(spares.crowding(1)).isEqualTo(STUCK - 16);
        assertThat(spares.crowding(1)).isZero();
        assertThat(spares.stuckCount()).isEqualTo(STUCK);
        spares.close();
        for (Spares.Worker worker : workers) spares.giveBack(worker);
        for (Spares.Worker worker : workers) worker.thread().join(TimeUnit.SECONDS.toMillis(15));
        assertThat(workers).noneMatch(worker -> worker.thread().isAlive());
    }

    @Test
    void thereAreSparesToTakeOnceTheyWereAskedFor() throws Exception {
        var spares = new Spares(512 * 1024, true);
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

    private static void awaitParked(Spares.Worker worker) throws InterruptedException {
        for (int i = 0; i < 1000; i++) {
            if (worker.thread().getState() == Thread.State.TIMED_WAITING) return;
            Thread.sleep(10);
        }
        throw new AssertionError(worker.thread() + " has not parked");
    }
}
