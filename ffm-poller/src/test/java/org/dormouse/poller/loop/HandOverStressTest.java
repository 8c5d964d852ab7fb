package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.poller.Poller;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.poller.socket.StreamSocket;
import org.junit.jupiter.api.Test;

/**
 * Two loops with a real sentinel and spares, over a kernel in memory, under schedules drawn from seeds: requests that yield, park, compute,
 * pin their thread and die, tasks from other threads, timeouts, aborts whose descriptors are reused at once, loops that stand still, and
 * a close in the midst of it. Whatever happens: each piece of work is done once, each byte is seen once and in order, a connection has one
 * owner at a time, and nobody uses a descriptor after its close.
 *
 * <p>{@code -Ddormouse.test.seeds=1000} tries more; {@code -Ddormouse.test.seed=N} begins with that one.
 */
class HandOverStressTest {
    private static final int SEEDS = Integer.getInteger("dormouse.test.seeds", 6);
    private static final long FIRST_SEED = Long.getLong("dormouse.test.seed", 1);
    private static final int DRIVERS = 3;
    private static final int STEPS = 120;
    private static final int ROUNDS = 5_000;

    @Test
    void whateverTheSentinelTakesAwayNothingIsLostDoubledOrTouchedByTwo() throws Exception {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            try {
                new Run(seed).go();
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ": -Ddormouse.test.seed=" + seed, e);
            }
        }
    }

    @Test
    void aTaskThatComesJustWhenTheLoopFallsAsleepIsNotForgotten() throws Exception {
        try (var loops = EventLoops.start(LoopSettings.defaults().withLoops(1))) {
            EventLoop loop = loops.loop(0);
            var ran = new Semaphore(0);
            for (int i = 0; i < ROUNDS; i++) {
                loop.execute(ran::release);
                if (!ran.tryAcquire(20, TimeUnit.SECONDS)) throw new AssertionError("task " + i + " was not run");
                // The loop is on its way to sleep now: the next one meets it at each point of it.
                for (int pause = i % 64; pause > 0; pause--) Thread.onSpinWait();
            }
        }
    }

    private static final class Run implements Faults {
        private final long seed;
        private final ScriptedKernel kernel = new ScriptedKernel();
        private final List<EventLoop> loops = new ArrayList<>();
        private final Queue<String> violations = new ConcurrentLinkedQueue<>();
        private final Queue<Client> clients = new ConcurrentLinkedQueue<>();
        private final Spares spares = new Spares(512 * 1024);
        private final Reporter reporter = new Reporter(this);
        private final Sentinel sentinel = new Sentinel(spares, new StuckThreads(spares, true), reporter, 64, 1000);

        /** Work that was asked for, and that was done: each thread, task and timeout gives one permit. */
        private final AtomicInteger asked = new AtomicInteger();

        private final Semaphore done = new Semaphore(0);
        private volatile boolean isClosing;

        Run(long seed) {
            this.seed = seed;
        }

        void go() throws Exception {
            for (int i = 0; i < 2; i++)
                loops.add(new EventLoop(
                        i, Poller.over(kernel.poller()), NanoClock.SYSTEM, sentinel, reporter, true, true));
            reporter.start();
            loops.forEach(spares::run);
            sentinel.start(loops);
            try {
                drive();
                boolean endsInTheMidst = seed % 2 == 0;
                if (!endsInTheMidst) awaitAnswers();
            } finally {
                close();
            }
            awaitWork();
            assertThat(kernel.misuses()).isEmpty();
            assertThat(violations).isEmpty();
        }

        private void drive() throws InterruptedException {
            var drivers = new ArrayList<Thread>();
            for (int i = 0; i < DRIVERS; i++) {
                var random = new SplittableRandom(seed * DRIVERS + i);
                drivers.add(Thread.ofPlatform().daemon(true).start(() -> {
                    try {
                        for (int step = 0; step < STEPS; step++) step(random);
                    } catch (Throwable e) {
                        violations.add("driver: " + e);
                    }
                }));
            }
            for (Thread driver : drivers) driver.join(TimeUnit.SECONDS.toMillis(20));
        }

        private void step(SplittableRandom random) {
            EventLoop loop = loops.get(random.nextInt(loops.size()));
            switch (random.nextInt(10)) {
                case 0, 1 -> clients.add(new Client(this, loop, random.split()));
                case 2, 3, 4 -> sendSome(random);
                case 5 -> abortOne(random);
                case 6 -> task(loop, () -> {});
                case 7 -> carry(loop, new Body(this, random.split()));
                case 8 -> timeout(loop, random.nextLong(3_000_000));
                default -> {
                    // A loop that stands still: what it carries goes on at the other one, or in a spare thread.
                    long nanos = random.nextInt(4) == 0 ? random.nextLong(15_000_000) : random.nextLong(2_000_000);
                    task(loop, () -> spin(nanos));
                }
            }
            if (random.nextInt(4) == 0) LockSupport.parkNanos(random.nextLong(500_000));
        }

        private void sendSome(SplittableRandom random) {
            for (Client client : clients) if (random.nextInt(3) == 0) client.send(1 + random.nextInt(20));
        }

        private void abortOne(SplittableRandom random) {
            if (random.nextInt(3) != 0) return;
            Client client = clients.poll();
            if (client == null) return;
            client.isAborted = true;
            task(client.loop, client::abort);
        }

        /** A piece of work that must be done exactly once, as the owner. */
        void task(EventLoop loop, Runnable what) {
            var once = once("task");
            loop.execute(() -> {
                if (!loop.isOwner()) violations.add("a task does not own its loop");
                what.run();
                once.run();
            });
        }

        void carry(EventLoop loop, Runnable body) {
            var once = once("thread");
            loop.carry(() -> {
                try {
                    body.run();
                } finally {
                    once.run();
                }
            });
        }

        private void timeout(EventLoop loop, long nanos) {
            var once = once("timeout");
            var timeout = new Timeout() {
                @Override
                protected void expired() {
                    if (!loop.isOwner()) violations.add("a timeout does not own its loop");
                    once.run();
                }
            };
            task(loop, () -> {
                if (isClosing) {
                    once.run(); // a closed loop looks at no clock
                    return;
                }
                timeout.expireAt(loop.nanoTime() + nanos);
                loop.schedule(timeout);
                timeouts.add(new Planned(timeout, once));
            });
        }

        private record Planned(Timeout timeout, Runnable once) {}

        private final Queue<Planned> timeouts = new ConcurrentLinkedQueue<>();

        private Runnable once(String what) {
            asked.incrementAndGet();
            var runs = new AtomicInteger();
            return () -> {
                if (runs.incrementAndGet() != 1) violations.add("a " + what + " ran " + runs + " times");
                done.release();
            };
        }

        /** Every byte of those who were not aborted comes back. */
        private void awaitAnswers() throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            for (Client client : clients) {
                while (!client.isAnswered() && System.nanoTime() < deadline) Thread.sleep(1);
                if (!client.isAnswered()) violations.add("lost: " + client);
            }
        }

        private void close() throws InterruptedException {
            isClosing = true;
            for (EventLoop loop : loops) loop.close();
            for (EventLoop loop : loops)
                if (!loop.awaitEnd(TimeUnit.SECONDS.toNanos(10))) violations.add("a loop has not ended");
            for (Planned planned : timeouts)
                if (planned.timeout.expiresAt() != Timeout.NEVER) planned.once.run(); // the end came before it
            sentinel.close();
            spares.close();
            reporter.close();
        }

        private void awaitWork() throws InterruptedException {
            // What runs may ask for more, so this is looked at again.
            for (int taken = 0; taken < asked.get(); taken++)
                if (!done.tryAcquire(20, TimeUnit.SECONDS))
                    throw new AssertionError(taken + " of " + asked + " pieces of work were done");
            assertThat(done.availablePermits()).isZero();
        }

        @Override
        public void fellBack(String what) {
            violations.add(what);
        }

        @Override
        public void failed(String where, Throwable cause) {
            if (!isClosing) violations.add(where + ": " + cause);
        }

        @Override
        public void handedOver(int loop, StackTraceElement[] stack, int others) {}

        @Override
        public void stalled(String what, StackTraceElement[] stack) {}
    }

    /** What a request does, in a few steps. */
    private record Body(Run of, SplittableRandom random) implements Runnable {
        @Override
        public void run() {
            int steps = 1 + random.nextInt(4);
            for (int i = 0; i < steps; i++) {
                switch (random.nextInt(12)) {
                    case 0, 1, 2 -> Thread.yield();
                    case 3, 4 -> parkUntilWoken();
                    case 5 -> spin(random.nextLong(4_000_000));
                    case 6 -> new PinningLoader(() -> LockSupport.parkNanos(1_500_000)).run();
                    case 7 -> LockSupport.parkNanos(random.nextLong(1_000_000));
                    case 8 -> of.task(of.loops.get(random.nextInt(2)), () -> {});
                    case 9 -> of.carry(of.loops.get(random.nextInt(2)), Thread::yield);
                    default -> spin(random.nextLong(100_000));
                }
            }
        }

        /** Woken as the owner of either loop, or by a thread that an application starts, which inherits the loop. */
        private void parkUntilWoken() {
            Thread self = Thread.currentThread();
            var isWoken = new AtomicInteger();
            Runnable waker = () -> {
                isWoken.set(1);
                LockSupport.unpark(self);
            };
            if (random.nextBoolean()) of.task(of.loops.get(random.nextInt(2)), waker);
            else Thread.startVirtualThread(waker);
            while (isWoken.get() == 0) LockSupport.park();
        }
    }

    /**
     * One connection, both ends of it: the peer sends bytes that count up, and gets each of them back from a carried thread, which has
     * borrowed the connection meanwhile.
     */
    private static final class Client implements EventLoop.Handler {
        private final Run run;
        private final EventLoop loop;
        private final SplittableRandom random;
        private final ScriptedPeer peer;
        private final StreamSocket socket;
        private final AtomicReference<Object> owner = new AtomicReference<>();
        volatile boolean isAborted;

        // the peer
        private int sent;
        private int answered;

        // whoever has the connection
        private boolean isLent;
        private boolean isToClose;
        private boolean isClosed;
        private long token = -1;
        private int expected;

        Client(Run run, EventLoop loop, SplittableRandom random) {
            this.run = run;
            this.loop = loop;
            this.random = random;
            peer = run.kernel.connect();
            peer.shortReads(1, 3, 0, 2).shortWrites(1, 0, 2);
            socket = peer.socket();
            run.task(loop, () -> {
                if (!run.isClosing && !isClosed) token = TestLoops.register(loop, socket, this);
            });
        }

        // --- the peer

        synchronized void send(int count) {
            if (isAborted) return;
            byte[] bytes = new byte[count];
            for (int i = 0; i < count; i++) bytes[i] = (byte) sent++;
            peer.send(bytes);
        }

        synchronized boolean isAnswered() {
            for (byte next : peer.takeReceived())
                if (next != (byte) answered++) run.violations.add("byte " + (answered - 1) + " comes back as " + next);
            return answered == sent || isAborted;
        }

        // --- the loop

        @Override
        public void ready(int readiness) {
            if (isLent) return; // it looks again when it has the connection back
            begin("loop");
            byte[] buffer = loop.readBuffer();
            int count = isClosed ? 0 : socket.receive(buffer, 0, 1 + random.nextInt(16));
            byte[] bytes = new byte[Math.max(count, 0)];
            for (int i = 0; i < count; i++) {
                bytes[i] = buffer[i];
                if (bytes[i] != (byte) expected++) run.violations.add("byte " + (expected - 1) + " is " + bytes[i]);
            }
            isLent = count > 0;
            end();
            if (isLent) run.carry(loop, () -> answer(bytes));
        }

        private void answer(byte[] bytes) {
            begin(Thread.currentThread());
            new Body(run, random.split()).run();
            for (int from = 0; from < bytes.length; ) {
                int count = socket.send(bytes, from, bytes.length - from);
                if (count > 0) from += count;
                else if (isAborted) break;
                else Thread.yield();
            }
            end();
            run.task(loop, this::takeBack);
        }

        private void takeBack() {
            isLent = false;
            if (isToClose) close();
            else if (!run.isClosing) ready(0);
        }

        private void abort() {
            isToClose = true;
            if (isLent) socket.shutdown();
            else close();
        }

        /** The next connection gets the number at once. */
        private void close() {
            if (isClosed) return;
            begin("close");
            isClosed = true;
            if (token >= 0) loop.deregister(token);
            socket.close();
            run.kernel.connect();
            end();
        }

        private void begin(Object who) {
            Object other = owner.getAndSet(who);
            if (other != null) run.violations.add(who + " meets " + other);
        }

        private void end() {
            owner.set(null);
        }

        @Override
        public synchronized String toString() {
            return "connection with " + sent + " bytes sent, " + expected + " read, " + answered + " answered, lent "
                    + isLent;
        }
    }

    private static void spin(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) Thread.onSpinWait();
    }
}
