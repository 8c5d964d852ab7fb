package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.poller.Poller;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.ScriptedPeer;
import org.junit.jupiter.api.Test;

/**
 * A loop that is taken away at points drawn from a seed, always the same for the same seed: the request says itself when it happens, the
 * next holder makes some turns, in which the loop may be taken away again, and only then the request goes on. So one thread runs at a time,
 * in every order that matters: before and after a yield, a park, a task sent, a thread started, and the end.
 */
class HandOverAtEveryPointTest {
    private static final int SEEDS = Integer.getInteger("dormouse.test.seeds", 60);
    private static final long FIRST_SEED = Long.getLong("dormouse.test.seed", 1);
    private static final int MAX_DEPTH = 3;
    private static final int MAX_TURNS = 10_000;

    @Test
    void whereverItHappensAllWorkIsDoneOnceAndInItsOrder() {
        int taken = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            try {
                var world = new World(seed);
                world.run();
                taken += world.taken;
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ": -Ddormouse.test.seed=" + seed, e);
            }
        }
        assertThat(taken).isGreaterThan(SEEDS);
    }

    private static final class World implements Faults {
        private final SplittableRandom random;
        private final ScriptedKernel kernel = new ScriptedKernel();
        private final Reporter reporter = new Reporter(this);
        private final Spares spares = new Spares(512 * 1024);
        private final Sentinel sentinel = new Sentinel(spares, new StuckThreads(spares, false), reporter, 100, 100);
        private final EventLoop loop =
                new EventLoop(0, Poller.over(kernel.poller()), new HandClock(), sentinel, reporter, true, true);
        private final ScriptedPeer peer = kernel.connect();
        private final List<String> violations = new ArrayList<>();
        private final ArrayDeque<Parked> parked = new ArrayDeque<>();
        private int asked;
        private int done;
        private int tasksSent;
        private int tasksRun;
        private int bytesSent;
        private int bytesRead;
        private int depth;
        private int taken;
        private boolean isInLoop;

        private record Parked(Thread thread, AtomicBoolean isWoken) {}

        World(long seed) {
            random = new SplittableRandom(seed);
        }

        void run() throws Exception {
            loop.ownership().hold(Thread.currentThread().threadId());
            loop.register(peer.socket(), this::read);
            for (int i = 0; i < 4; i++) carry();
            for (int turns = 0; !isDone(); turns++) {
                if (turns == MAX_TURNS) throw new AssertionError("lost: " + this);
                // Whoever lost it meanwhile, nobody holds it now: this thread takes its turn.
                loop.turn(false);
                if (turns % 4 == 3) wakeOne();
            }
            loop.turn(false);
            loop.end();
            reporter.writeQueued();
            assertThat(violations).isEmpty();
            assertThat(kernel.misuses()).isEmpty();
            assertThat(this)
                    .hasToString("done " + asked + " of " + asked + ", tasks " + tasksSent + " of " + tasksSent
                            + ", bytes " + bytesSent + " of " + bytesSent + ", parked 0");
        }

        private boolean isDone() {
            return done == asked && tasksRun == tasksSent && bytesRead == bytesSent && parked.isEmpty();
        }

        private void carry() {
            asked++;
            loop.carry(this::body);
        }

        private void body() {
            int steps = 1 + random.nextInt(6);
            for (int i = 0; i < steps; i++) {
                switch (random.nextInt(8)) {
                    case 0 -> Thread.yield();
                    case 1 -> park();
                    case 2 -> sendTask();
                    case 3 -> peer.send(new byte[] {(byte) bytesSent++});
                    case 4 -> wakeOneFromHere();
                    case 5 -> {
                        if (asked < 30) carry();
                    }
                    default -> takeAway();
                }
            }
            done++;
        }

        /** What the sentinel does to a loop that is stuck in the calling continuation. */
        private void takeAway() {
            if (depth == MAX_DEPTH || !loop.isHeld()) return;
            long enteredAt = loop.ownership().state();
            sentinel.nextTick(0);
            if (!loop.ownership().takeAway(enteredAt)) violations.add("could not be taken away");
            if (loop.ownership().takeAway(enteredAt)) violations.add("was taken away twice");
            taken++;
            depth++;
            int turns = random.nextInt(4);
            var isOver = new AtomicBoolean();
            Thread.ofPlatform().daemon(true).start(() -> {
                try {
                    for (int i = 0; i < turns; i++) if (!loop.turn(false)) break;
                } catch (Throwable e) {
                    violations.add("next holder: " + e);
                } finally {
                    isOver.set(true);
                }
            });
            // Not by blocking, which would give this thread free: it is the one that is stuck.
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!isOver.get() && System.nanoTime() < deadline) Thread.onSpinWait();
            if (!isOver.get()) throw new AssertionError("the next holder does not come back: " + this);
            depth--;
            if (loop.isHeld() || loop.isOwner()) violations.add("holds what it has lost");
        }

        private void park() {
            var self = new Parked(Thread.currentThread(), new AtomicBoolean());
            parked.add(self);
            while (!self.isWoken.get()) LockSupport.park();
        }

        /** In a continuation, which may lose the loop at any moment: what belongs to the loop stays as it is. */
        private void wakeOneFromHere() {
            RunQueue queue = loop.continuations().resumed();
            long end = queue.end();
            wakeOne();
            if (queue.end() != end) violations.add("a continuation adds to the queue of a loop that it may lose");
        }

        private void wakeOne() {
            Parked first = parked.poll();
            if (first == null) return;
            first.isWoken.set(true);
            LockSupport.unpark(first.thread);
        }

        private void sendTask() {
            int number = tasksSent++;
            loop.execute(() -> {
                enterLoop();
                if (tasksRun++ != number) violations.add("task " + number + " ran as number " + (tasksRun - 1));
                isInLoop = false;
            });
        }

        private void read(int readiness) {
            enterLoop();
            byte[] buffer = loop.readBuffer();
            for (int count = peer.socket().receive(buffer, 0, 2);
                    count > 0;
                    count = peer.socket().receive(buffer, 0, 2))
                for (int i = 0; i < count; i++)
                    if (buffer[i] != (byte) bytesRead++) violations.add("byte " + (bytesRead - 1) + " is " + buffer[i]);
            isInLoop = false;
        }

        private void enterLoop() {
            if (!loop.isOwner()) violations.add("the loop's code is run by one who does not own it");
            if (isInLoop) violations.add("the loop's code is entered twice");
            isInLoop = true;
        }

        @Override
        public void fellBack(String what) {
            violations.add(what);
        }

        @Override
        public void failed(String where, Throwable cause) {
            violations.add(where + ": " + cause);
        }

        @Override
        public void handedOver(int index, StackTraceElement[] stack, int others) {
            violations.add("nobody but the test takes this loop away");
        }

        @Override
        public void stalled(String what, StackTraceElement[] stack) {
            violations.add(what);
        }

        @Override
        public String toString() {
            return "done " + done + " of " + asked + ", tasks " + tasksRun + " of " + tasksSent + ", bytes " + bytesRead
                    + " of " + bytesSent + ", parked " + parked.size();
        }
    }
}
