package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dormouse.poller.Poller;
import org.dormouse.poller.ScriptedKernel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the sentinel does, look by look: the test is its thread. */
@Timeout(30)
class SentinelTest {
    private static final int MAX_STUCK = 2;

    private final RecordedFaults faults = new RecordedFaults();
    private final Reporter reporter = new Reporter(faults);
    private final Spares spares = new Spares(512 * 1024);
    private final Sentinel sentinel = new Sentinel(spares, new StuckThreads(spares, false), reporter, MAX_STUCK, 100);
    private final ScriptedKernel kernel = new ScriptedKernel();
    private final EventLoop busy = loop(0);
    private final EventLoop idle = loop(1);

    private EventLoop loop(int index) {
        return new EventLoop(index, Poller.over(kernel.poller()), new HandClock(), sentinel, reporter, true, false);
    }

    @Test
    void anIdleLoopIsAskedForHelpOnlyWithWhatWaitedAWholeTick() {
        sentinel.watchAll(List.of(busy, idle));
        idle.ownership().beginWaiting();
        busy.ownership().hold(Thread.currentThread().threadId());
        busy.carry(() -> {});

        tick();
        assertThat(idle.hasWork()).isFalse();
        assertThat(idle.ownership().state()).isEqualTo(Ownership.WAITING);

        tick();
        assertThat(idle.hasWork()).isTrue();
        assertThat(idle.ownership().state()).isNotEqualTo(Ownership.WAITING);
    }

    @Test
    void aLoopThatIsNotIdleIsNotAskedForHelp() {
        sentinel.watchAll(List.of(busy, idle));
        busy.ownership().hold(Thread.currentThread().threadId());
        busy.carry(() -> {});

        for (int i = 0; i < 5; i++) tick();

        assertThat(idle.hasWork()).isFalse();
    }

    @Test
    void aLoopIsTakenAwayWhenItHasBeenInTheSameContinuationForAWholeTickAndNotBefore() throws Exception {
        sentinel.watchAll(List.of(busy));
        long self = Thread.currentThread().threadId();
        busy.ownership().hold(self);
        long enteredAt = sentinel.tick();
        busy.ownership().enter(enteredAt);

        tick();
        assertThat(busy.ownership().state()).isEqualTo(enteredAt);
        tick();
        assertThat(busy.ownership().leave(enteredAt, self)).isFalse();

        var ran = new CountDownLatch(1);
        busy.execute(ran::countDown);
        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(reporter.handOvers()).isEqualTo(1);
        // The next one need not be started first.
        for (int i = 0; i < 1000 && spares.idleCount() == 0; i++) Thread.sleep(10);
        assertThat(spares.idleCount()).isPositive();
        busy.close();
        assertThat(busy.awaitEnd(TimeUnit.SECONDS.toNanos(10))).isTrue();
        spares.close();
    }

    @Test
    void aContinuationIsToldATickBeforeTheLoopIsTakenAwayFromIt() {
        sentinel.watchAll(List.of(busy));
        long self = Thread.currentThread().threadId();
        busy.ownership().hold(self);
        assertThat(busy.isOverdue()).isFalse();
        long enteredAt = sentinel.tick();
        busy.ownership().enter(enteredAt);
        assertThat(busy.isOverdue()).isFalse();

        tick();
        assertThat(busy.isOverdue()).isTrue();

        assertThat(busy.ownership().leave(enteredAt, self)).isTrue();
        busy.ownership().enter(sentinel.tick());
        assertThat(busy.isOverdue()).isFalse();
    }

    @Test
    void aLoopThatGoesFromOneContinuationToTheNextIsNotTakenAway() {
        sentinel.watchAll(List.of(busy));
        long self = Thread.currentThread().threadId();
        busy.ownership().hold(self);
        for (int i = 0; i < 10; i++) {
            long enteredAt = sentinel.tick();
            busy.ownership().enter(enteredAt);
            tick();
            assertThat(busy.ownership().leave(enteredAt, self)).isTrue();
        }
        assertThat(reporter.handOvers()).isZero();
    }

    @Test
    void aLoopThatStandsStillGetsNoMoreHelpThanThereMayBeStuckThreads() {
        sentinel.watchAll(List.of(busy));
        busy.ownership().hold(Thread.currentThread().threadId());
        var stop = new AtomicBoolean();
        for (int i = 0; i < 5; i++)
            busy.carry(() -> {
                while (!stop.get()) Thread.onSpinWait();
            });

        for (int i = 0; i < 50; i++) {
            sentinel.nextTick(TimeUnit.MILLISECONDS.toNanos(5));
            sentinel.lookAtAll();
        }

        assertThat(spares.stuckCount()).isEqualTo(MAX_STUCK);
        stop.set(true);
        spares.close();
    }

    @Test
    void itParksOnlyIfNoLoopHasWokenUpMeanwhile() {
        sentinel.watchAll(List.of(busy, idle));
        idle.ownership().beginWaiting();

        assertThat(sentinel.beginParking()).isFalse();

        busy.ownership().beginWaiting();
        assertThat(sentinel.beginParking()).isTrue();
        idle.ownership().endWaiting();
        assertThat(sentinel.beginParking()).isFalse();
    }

    private void tick() {
        sentinel.nextTick(0);
        sentinel.lookAtAll();
    }
}
