package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Nobody may stall a loop. Each test would wait for ever without the rule it is named after. */
@Timeout(30)
class HandOverTest {
    private final RecordedFaults faults = new RecordedFaults();
    private final LoopSettings oneLoop =
            LoopSettings.defaults().withLoops(1).withCarryThreads(true).withFaults(faults);

    @Test
    void aContinuationThatComputesLosesTheLoopWhichGoesOnAtOnce() throws Exception {
        try (var loops = EventLoops.start(oneLoop)) {
            EventLoop loop = loops.loop(0);
            var stop = new AtomicBoolean();
            var heldAtLast = new CompletableFuture<Boolean>();
            var behindIt = new CountDownLatch(1);
            loop.execute(() -> {
                loop.carry(() -> {
                    spinUntil(stop);
                    heldAtLast.complete(loop.isHeld());
                });
                loop.carry(behindIt::countDown);
            });

            assertThat(behindIt.await(10, TimeUnit.SECONDS)).isTrue();
            var ownerThread = new CompletableFuture<Boolean>();
            loop.execute(() -> ownerThread.complete(loop.isOwner() && loop.isHeld()));
            assertThat(ownerThread.get(10, TimeUnit.SECONDS)).isTrue();
            stop.set(true);

            assertThat(heldAtLast.get(10, TimeUnit.SECONDS)).isFalse();
        }
    }

    @Test
    void aStallIsReportedWithTheStackOfTheVirtualThread() throws Exception {
        try (var loops = EventLoops.start(oneLoop)) {
            EventLoop loop = loops.loop(0);
            var stop = new AtomicBoolean();
            loop.carry(() -> spinUntil(stop));

            var stall = faults.awaitStall("handed over 0");

            assertThat(stall.stack())
                    .extracting(StackTraceElement::getMethodName)
                    .contains("spinUntil");
            assertThat(loops.handOvers()).isPositive();
            stop.set(true);
        }
    }

    /** What a class initializer does, it does with its carrier pinned. */
    static final class PinsItsCarrier {
        static final CountDownLatch RELEASE = new CountDownLatch(1);

        static final class Pinned {
            static final boolean HAS_WAITED = waitForRelease();

            private static boolean waitForRelease() {
                try {
                    return RELEASE.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    @Test
    void aContinuationThatBlocksWithItsCarrierPinnedLosesTheLoop() throws Exception {
        try (var loops = EventLoops.start(oneLoop)) {
            EventLoop loop = loops.loop(0);
            var waited = new CompletableFuture<Boolean>();
            loop.carry(() -> waited.complete(PinsItsCarrier.Pinned.HAS_WAITED));
            loop.carry(PinsItsCarrier.RELEASE::countDown);

            assertThat(waited.get(25, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whatAThreadBringsAboutAfterItLostTheLoopRunsExactlyOnce() throws Exception {
        try (var loops = EventLoops.start(oneLoop.withLoops(2).withMaxComputing(1000))) {
            int bodies = 300;
            var done = new AtomicInteger();
            var all = new CountDownLatch(bodies * 3);
            for (int i = 0; i < bodies; i++) {
                int number = i;
                loops.loop(i % 2).carry(() -> {
                    // Some outlast a tick, some yield, some park and are woken by a thread they start, which inherits
                    // the loop.
                    if (number % 10 == 0) spin(3_000_000);
                    Thread self = Thread.currentThread();
                    var woken = new AtomicBoolean();
                    Thread.startVirtualThread(() -> {
                        if (number % 15 == 0) spin(3_000_000);
                        woken.set(true);
                        LockSupport.unpark(self);
                        done.incrementAndGet();
                        all.countDown();
                    });
                    while (!woken.get()) LockSupport.park();
                    Thread.yield();
                    if (number % 20 == 0) spin(3_000_000);
                    done.incrementAndGet();
                    all.countDown();
                    loops.loop(number % 2).execute(() -> {
                        done.incrementAndGet();
                        all.countDown();
                    });
                });
            }
            assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(done).hasValue(bodies * 3);
        }
    }

    @Test
    void aThreadThatYieldsAllTheTimeDoesNotStarveTheMailbox() throws Exception {
        try (var loops = EventLoops.start(oneLoop)) {
            EventLoop loop = loops.loop(0);
            var stop = new AtomicBoolean();
            var stopped = new CountDownLatch(1);
            var isSpinning = new CountDownLatch(1);
            loop.carry(() -> {
                while (!stop.get()) {
                    isSpinning.countDown();
                    Thread.yield();
                }
                stopped.countDown();
            });
            assertThat(isSpinning.await(10, TimeUnit.SECONDS)).isTrue();
            loop.execute(() -> stop.set(true));

            assertThat(stopped.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void atMaxStuckNothingIsEnteredButTheLoopItselfGoesOn() throws Exception {
        try (var loops = EventLoops.start(oneLoop.withMaxStuck(2).withMaxComputing(1000))) {
            EventLoop loop = loops.loop(0);
            var stop = new AtomicBoolean();
            var spinning = new CountDownLatch(2);
            for (int i = 0; i < 2; i++) {
                loop.carry(() -> {
                    spinning.countDown();
                    spinUntil(stop);
                });
            }
            assertThat(spinning.await(10, TimeUnit.SECONDS)).isTrue();
            faults.awaitStall("limit maxStuck 2");
            assertThat(loop.isOverloaded()).isTrue();

            var order = new CompletableFuture<String>();
            loop.carry(() -> order.complete("entered at the limit"));
            var taskRan = new CountDownLatch(1);
            loop.execute(taskRan::countDown);
            assertThat(taskRan.await(10, TimeUnit.SECONDS)).isTrue();
            var another = new CountDownLatch(1);
            loop.execute(another::countDown);
            assertThat(another.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(order).isNotDone();

            stop.set(true);
            assertThat(order.get(10, TimeUnit.SECONDS)).isEqualTo("entered at the limit");
        }
    }

    @Test
    void whileTooManyComputeNoNewOnesStartButThoseThatBeganGoOn() throws Exception {
        try (var loops = EventLoops.start(oneLoop.withMaxComputing(1).withStuckGiveWay(false))) {
            EventLoop loop = loops.loop(0);
            var parked = new CompletableFuture<Thread>();
            var isReleased = new AtomicBoolean();
            var resumed = new CountDownLatch(1);
            loop.carry(() -> {
                parked.complete(Thread.currentThread());
                while (!isReleased.get()) LockSupport.park();
                resumed.countDown();
            });
            Thread thread = parked.get(10, TimeUnit.SECONDS);
            var stop = new AtomicBoolean();
            for (int i = 0; i < 2; i++) loop.carry(() -> spinUntil(stop));
            faults.awaitStall("maxComputing 1");
            assertThat(loop.isOverloaded()).isTrue();

            boolean wasHeldBack = false;
            // One that computes may be seen waiting, while the report's thread looks at its stack.
            for (int attempt = 0; attempt < 50 && !wasHeldBack; attempt++) {
                var startedLate = new CompletableFuture<Boolean>();
                loop.carry(() -> startedLate.complete(stop.get()));
                for (int turn = 0; turn < 3; turn++) {
                    var turned = new CountDownLatch(1);
                    loop.execute(turned::countDown);
                    assertThat(turned.await(10, TimeUnit.SECONDS)).isTrue();
                }
                wasHeldBack = !startedLate.isDone();
            }
            assertThat(wasHeldBack).isTrue();
            isReleased.set(true);
            LockSupport.unpark(thread);

            assertThat(resumed.await(10, TimeUnit.SECONDS)).isTrue();
            var startedAtLast = new CompletableFuture<Boolean>();
            loop.carry(() -> startedAtLast.complete(true));
            stop.set(true);
            assertThat(startedAtLast.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aCrowdThatComputesGivesWaySoThatNewOnesStart() throws Exception {
        int crowd = Runtime.getRuntime().availableProcessors() + 2;
        var stop = new AtomicBoolean();
        try (var loops = EventLoops.start(oneLoop.withMaxComputing(crowd - 1))) {
            EventLoop loop = loops.loop(0);
            var spinning = new CountDownLatch(crowd);
            for (int i = 0; i < crowd; i++) {
                loop.carry(() -> {
                    spinning.countDown();
                    spinUntil(stop);
                });
            }
            assertThat(spinning.await(10, TimeUnit.SECONDS)).isTrue();
            awaitOpenGate(loop);
            var startedMeanwhile = new CompletableFuture<Boolean>();
            loop.carry(() -> startedMeanwhile.complete(!stop.get()));

            assertThat(startedMeanwhile.get(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            stop.set(true);
        }
    }

    @Test
    void stuckThreadsThatOnlyWaitDoNotCountAsComputing() throws Exception {
        try (var loops = EventLoops.start(oneLoop.withMaxComputing(1))) {
            EventLoop loop = loops.loop(0);
            var release = new CountDownLatch(1);
            var stuck = new CountDownLatch(3);
            for (int i = 0; i < 3; i++) {
                loop.carry(() -> pinned(() -> {
                    stuck.countDown();
                    awaitQuietly(release);
                }));
            }
            assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();

            var ran = new CountDownLatch(1);
            loop.carry(ran::countDown);

            assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
            release.countDown();
        }
    }

    @Test
    void aLoopThatStandsStillInItsOwnCodeHasItsContinuationsRunAndIsReported() throws Exception {
        try (var loops = EventLoops.start(oneLoop)) {
            EventLoop loop = loops.loop(0);
            var carriedRan = new CountDownLatch(1);
            var goOn = new CountDownLatch(1);
            loop.execute(() -> {
                loop.carry(carriedRan::countDown);
                awaitQuietly(goOn); // which is what the loop's own code must never do
            });

            assertThat(carriedRan.await(15, TimeUnit.SECONDS)).isTrue();
            assertThat(faults.awaitStall("stood still in its own code").stack())
                    .extracting(StackTraceElement::getMethodName)
                    .contains("awaitQuietly");
            goOn.countDown();
        }
    }

    @Test
    void anIdleLoopRunsWhatWaitedATickOnABusyOne() throws Exception {
        try (var loops = EventLoops.start(oneLoop.withLoops(2))) {
            EventLoop busy = loops.loop(0);
            EventLoop idle = loops.loop(1);
            boolean wasHelped = false;
            // On a busy machine the helping loop may be taken away before it answers.
            for (int attempt = 0; attempt < 100 && !wasHelped; attempt++) {
                var answer = new CompletableFuture<Boolean>();
                busy.execute(() -> {
                    busy.carry(() -> answer.complete(idle.isHeld() && !busy.isHeld()));
                    while (!answer.isDone()) Thread.onSpinWait();
                });
                wasHelped = answer.get(10, TimeUnit.SECONDS);
            }
            assertThat(wasHelped).isTrue();
        }
    }

    @Test
    void theSentinelParksWhenEveryLoopWaitsAndComesBackWhenOneIsStuck() throws Exception {
        try (var loops = EventLoops.start(oneLoop.withLoops(2))) {
            for (int round = 0; round < 2; round++) {
                awaitParkedSentinel();
                var stop = new AtomicBoolean();
                loops.loop(0).carry(() -> spinUntil(stop));
                var ran = new CountDownLatch(1);
                loops.loop(0).carry(ran::countDown);
                assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
                stop.set(true);
            }
        }
    }

    @Test
    void threadsOfLoopsInheritNoThreadLocalsAndNeitherDoCarriedOnes() throws Exception {
        var local = new InheritableThreadLocal<String>();
        local.set("of the thread that starts the server");
        try (var loops = EventLoops.start(oneLoop)) {
            EventLoop loop = loops.loop(0);
            List<String> seen = new ArrayList<>();
            var done = new CountDownLatch(1);
            loop.execute(() -> {
                seen.add(local.get());
                local.set("of the loop");
                loop.carry(() -> {
                    seen.add(local.get());
                    done.countDown();
                });
            });
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(seen).containsExactly(null, null);
        } finally {
            local.remove();
        }
    }

    private static void awaitOpenGate(EventLoop loop) throws InterruptedException {
        for (int i = 0; i < 1000 && loop.isOverloaded(); i++) Thread.sleep(10);
        assertThat(loop.isOverloaded()).isFalse();
    }

    static void awaitParkedSentinel() throws InterruptedException {
        for (int i = 0; i < 1000; i++) {
            boolean isParked = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("dormouse-sentinel"))
                    .allMatch(thread -> thread.getState() == Thread.State.WAITING); // TIMED_WAITING between two ticks
            if (isParked) return;
            Thread.sleep(10);
        }
        throw new AssertionError("the sentinel has not parked");
    }

    /** Blocks with the carrier pinned, as a class initializer does. */
    private static void pinned(Runnable blocking) {
        new PinningLoader(blocking).run();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void spinUntil(AtomicBoolean stop) {
        while (!stop.get()) Thread.onSpinWait();
    }

    private static void spin(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) Thread.onSpinWait();
    }
}
