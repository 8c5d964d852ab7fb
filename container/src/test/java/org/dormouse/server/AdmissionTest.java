package org.dormouse.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.poller.loop.HandClock;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    @Test
    void withOneLoopTheLimitIsExact() {
        var counter = admission(3, 1).counter(0);
        assertThat(List.of(counter.enter(), counter.enter(), counter.enter(), counter.enter()))
                .containsExactly(true, true, true, false);
    }

    @Test
    void whoLeavesMakesRoomForOne() {
        var counter = admission(1, 1).counter(0);
        assertThat(counter.enter()).isTrue();
        assertThat(counter.enter()).isFalse();
        counter.leave();
        assertThat(counter.enter()).isTrue();
        assertThat(counter.enter()).isFalse();
    }

    @Test
    void oneLoopMayUseWhatTheOthersDoNot() {
        var admission = admission(4, 4);
        for (int i = 0; i < 4; i++) assertThat(admission.counter(2).enter()).isTrue();
        assertThat(admission.counter(2).enter()).isFalse();
        assertThat(admission.admitted()).isEqualTo(4);
    }

    @Test
    void fewerThanLoopsAreCountedExactlyToo() {
        var admission = admission(1, 8);
        assertThat(admission.counter(0).enter()).isTrue();
        assertThat(admission.counter(7).enter()).isFalse();
        admission.counter(0).leave();
        assertThat(admission.counter(7).enter()).isTrue();
    }

    @Test
    void manyThreadsNeverPassTheLimitByMoreThanTheSharesOfTheOthers() throws InterruptedException {
        int loops = 4;
        var admission = admission(40, loops);
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        var start = new CountDownLatch(1);
        var threads = new ArrayList<Thread>();
        for (int loop = 0; loop < loops; loop++) {
            var counter = admission.counter(loop);
            threads.add(Thread.ofPlatform().start(() -> {
                await(start);
                for (int round = 0; round < 2_000; round++) {
                    int held = 0;
                    while (held < 30 && counter.enter()) {
                        held++;
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    }
                    for (int i = 0; i < held; i++) {
                        inside.decrementAndGet();
                        counter.leave();
                    }
                }
            }));
        }
        start.countDown();
        for (Thread thread : threads) thread.join();
        assertThat(most.get()).isBetween(30, 40 + 3 * 10);
        assertThat(admission.admitted()).isZero();
    }

    private static Admission admission(int limit, int loops) {
        return new Admission(AdmissionSettings.fixed(limit, 0, Duration.ofSeconds(1)), loops, new HandClock());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
