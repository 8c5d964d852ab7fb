package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.dormouse.poller.Poller;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.poller.backend.Backend;
import org.dormouse.poller.epoll.EpollBackend;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.StreamSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Turns, wake-ups, registrations and what a continuation may see of its loop. */
@Timeout(30)
class LoopRulesTest {
    private final LoopSettings oneLoop = LoopSettings.defaults().withLoops(1).withCarryThreads(true);

    @Test
    void aThreadThatYieldsAllTheTimeDoesNotStarveInput() throws Exception {
        try (var loops = EventLoops.start(oneLoop);
                var connection = new Connection(loops.loop(0))) {
            EventLoop loop = loops.loop(0);
            var hasInput = new AtomicBoolean();
            var isYielding = new CountDownLatch(1);
            var stopped = new CountDownLatch(1);
            connection.register(readiness -> {
                if (connection.accepted.receive(new byte[1], 0, 1) == 1) hasInput.set(true);
            });
            loop.carry(() -> {
                while (!hasInput.get()) {
                    isYielding.countDown();
                    Thread.yield();
                }
                stopped.countDown();
            });
            assertThat(isYielding.await(10, TimeUnit.SECONDS)).isTrue();

            connection.client.getOutputStream().write('x');

            assertThat(stopped.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aYieldEndsTheTurnOfItsThread() {
        var kernel = new ScriptedKernel();
        try (var driver = new ScriptedLoop(kernel, new HandClock())) {
            var rounds = new AtomicInteger();
            driver.loop().carry(() -> {
                while (rounds.incrementAndGet() < 3) Thread.yield();
            });
            driver.turn();
            assertThat(rounds).hasValue(1);
            driver.turn();
            assertThat(rounds).hasValue(2);
            driver.settle();
            assertThat(rounds).hasValue(3);
        }
    }

    @Test
    void aTaskSentByATaskWaitsForTheNextPoll() {
        try (var driver = new ScriptedLoop(new ScriptedKernel(), new HandClock())) {
            var runs = new AtomicInteger();
            driver.loop().execute(new Runnable() {
                @Override
                public void run() {
                    if (runs.incrementAndGet() < 5) driver.loop().execute(this);
                }
            });
            driver.turn();
            assertThat(runs).hasValue(1);
            driver.settle();
            assertThat(runs).hasValue(5);
        }
    }

    @Test
    void whatAHandlerWakesRunsInTheSameTurn() throws Exception {
        var kernel = new ScriptedKernel();
        try (var driver = new ScriptedLoop(kernel, new HandClock())) {
            var sleeper = new ArrayList<Thread>();
            var woken = new AtomicBoolean();
            driver.loop().carry(() -> {
                sleeper.add(Thread.currentThread());
                LockSupport.park();
                woken.set(true);
            });
            driver.settle();
            ScriptedPeer peer = kernel.connect();
            driver.loop().register(peer.socket(), readiness -> LockSupport.unpark(sleeper.getFirst()));

            driver.turn();

            assertThat(woken).isTrue();
        }
    }

    // Turn by turn and without a sentinel, which on a busy machine may take a loop away at any moment.

    @Test
    void aContinuationHoldsItsLoopButIsNotItsOwner() {
        var kernel = new ScriptedKernel();
        try (var first = new ScriptedLoop(kernel, new HandClock(), 0);
                var second = new ScriptedLoop(kernel, new HandClock(), 1)) {
            var seen = new ArrayList<Boolean>();
            first.loop().carry(() -> {
                seen.addAll(List.of(first.loop().isHeld(), first.loop().isOwner()));
                seen.addAll(List.of(onAnotherThread(first.loop()::isHeld), onAnotherThread(first.loop()::isOwner)));
            });
            first.settle();
            assertThat(seen).containsExactly(true, false, false, false);
            assertThat(first.loop().isHeld()).isTrue();
            assertThat(first.loop().isOwner()).isTrue();
            second.settle();
        }
    }

    private static boolean onAnotherThread(BooleanSupplier question) {
        var answer = new AtomicBoolean();
        var thread = Thread.ofPlatform().start(() -> answer.set(question.getAsBoolean()));
        while (thread.isAlive()) Thread.onSpinWait(); // waiting politely would unmount the asker
        return answer.get();
    }

    @Test
    void aThreadThatAnApplicationStartsInACarriedOneInheritsTheLoop() {
        try (var driver = new ScriptedLoop(new ScriptedKernel(), new HandClock())) {
            var held = new ArrayList<Boolean>();
            driver.loop()
                    .carry(() -> Thread.startVirtualThread(
                            () -> held.add(driver.loop().isHeld())));
            driver.settle();
            assertThat(held).containsExactly(true);
        }
    }

    @Test
    void aBlockedThreadGivesTheLoopBackAndReturnsToIt() {
        try (var driver = new ScriptedLoop(new ScriptedKernel(), new HandClock())) {
            var gate = new CountDownLatch(1);
            var heldAfterwards = new ArrayList<Boolean>();
            driver.loop().carry(() -> {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                heldAfterwards.add(driver.loop().isHeld());
            });
            driver.loop().carry(gate::countDown);
            driver.settle();
            assertThat(heldAfterwards).containsExactly(true);
        }
    }

    @Test
    void aLateEventOfAClosedDescriptorDoesNotReachTheStrangerWithItsNumber() throws Exception {
        // Two connections are ready in the same poll; the first handler closes the second's socket and accepts a third,
        // which gets
        // its number at once. The second event is still in the kernel's answer then.
        try (var loops = EventLoops.start(oneLoop)) {
            EventLoop loop = loops.loop(0);
            try (ListenSocket listener = loops.listen(loopback(), 16).getFirst();
                    var first = connect(listener);
                    var second = connect(listener);
                    var third = connect(listener)) {
                var result = new CompletableFuture<String>();
                loop.execute(() -> {
                    StreamSocket one = accept(listener);
                    StreamSocket two = accept(listener);
                    var calls = new AtomicInteger();
                    long[] tokens = new long[2];
                    StreamSocket[] sockets = {one, two};
                    var strangerSeen = new ArrayList<Integer>();
                    for (int i = 0; i < 2; i++) {
                        int own = i;
                        tokens[i] = TestLoops.register(loop, sockets[i], readiness -> {
                            if (calls.incrementAndGet() > 1) {
                                result.completeExceptionally(new AssertionError("an event after deregister"));
                                return;
                            }
                            int other = 1 - own;
                            int number = sockets[other].descriptor();
                            loop.deregister(tokens[other]);
                            sockets[other].close();
                            StreamSocket stranger = accept(listener);
                            TestLoops.register(loop, stranger, strangerSeen::add);
                            // The rest of this poll's events comes before tasks do.
                            loop.execute(() -> result.complete(
                                    "same number " + (stranger.descriptor() == number) + ", seen " + strangerSeen));
                        });
                    }
                });
                assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo("same number true, seen []");
                assertThat(first.isConnected() && second.isConnected() && third.isConnected())
                        .isTrue();
            }
        }
    }

    @Test
    void anIdleLoopIsNotWokenByAnythingButItsTimersAndManyTasksNeedOneWakeUp() throws Exception {
        var counting = new CountingBackend();
        var reporter = new Reporter(Faults.LOG);
        var spares = new Spares(512 * 1024);
        var sentinel = new Sentinel(spares, new StuckThreads(spares, false), reporter, 4, 4);
        var loop = new EventLoop(0, Poller.over(counting), NanoClock.SYSTEM, sentinel, reporter, true, false);
        spares.run(loop);
        sentinel.start(List.of(loop));
        try {
            var isBusy = new CountDownLatch(1);
            var goOn = new CountDownLatch(1);
            loop.execute(() -> {
                isBusy.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(isBusy.await(10, TimeUnit.SECONDS)).isTrue();
            int wakeUpsBefore = counting.wakeUps.get();
            var ran = new CountDownLatch(1000);
            for (int i = 0; i < 1000; i++) loop.execute(ran::countDown);
            assertThat(counting.wakeUps.get() - wakeUpsBefore)
                    .as("a loop that does not wait needs no wake-up")
                    .isZero();
            goOn.countDown();
            assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();

            counting.awaitWaiting();
            int waits = counting.waits.get();
            // Long enough for the sentinel to tick and park, and for anything periodic to show.
            Thread.sleep(300);
            assertThat(counting.waits).hasValue(waits);
        } finally {
            loop.close();
            assertThat(loop.awaitEnd(TimeUnit.SECONDS.toNanos(10))).isTrue();
            sentinel.close();
            spares.close();
        }
    }

    /** The kernel's own queue, counted. */
    private static final class CountingBackend implements Backend {
        final AtomicInteger waits = new AtomicInteger();
        final AtomicInteger wakeUps = new AtomicInteger();
        private final AtomicBoolean isWaiting = new AtomicBoolean();
        private final Backend kernel;

        CountingBackend() throws IOException {
            kernel = EpollBackend.open();
        }

        void awaitWaiting() throws InterruptedException {
            while (!isWaiting.get()) Thread.sleep(1);
        }

        @Override
        public int await(long nanos) throws IOException {
            waits.incrementAndGet();
            isWaiting.set(nanos < 0);
            try {
                return kernel.await(nanos);
            } finally {
                isWaiting.set(false);
            }
        }

        @Override
        public void wakeUp() {
            wakeUps.incrementAndGet();
            kernel.wakeUp();
        }

        @Override
        public String name() {
            return kernel.name();
        }

        @Override
        public void add(int descriptor, int interest, long token) throws IOException {
            kernel.add(descriptor, interest, token);
        }

        @Override
        public void remove(int descriptor) throws IOException {
            kernel.remove(descriptor);
        }

        @Override
        public long token(int index) {
            return kernel.token(index);
        }

        @Override
        public int readiness(int index) {
            return kernel.readiness(index);
        }

        @Override
        public void close() {
            kernel.close();
        }
    }

    @Test
    void aTimeoutWakesTheLoopThatSleeps() throws Exception {
        try (var loops = EventLoops.start(oneLoop)) {
            EventLoop loop = loops.loop(0);
            var expired = new CompletableFuture<Boolean>();
            var timeout = new org.dormouse.poller.loop.Timeout() {
                private long deadline;

                @Override
                protected void expired() {
                    expired.complete(loop.nanoTime() >= deadline);
                }
            };
            loop.execute(() -> {
                timeout.deadline = loop.nanoTime() + 20_000_000;
                timeout.expireAt(timeout.deadline);
                loop.schedule(timeout);
            });
            assertThat(expired.get(10, TimeUnit.SECONDS))
                    .as("not before its time")
                    .isTrue();
        }
    }

    @Test
    void aBugInATaskOrATimeoutIsReportedAndTheLoopGoesOn() throws Exception {
        var faults = new RecordedFaults();
        try (var loops = EventLoops.start(oneLoop.withFaults(faults))) {
            EventLoop loop = loops.loop(0);
            loop.execute(() -> {
                throw new IllegalStateException("task");
            });
            assertThat(faults.awaitFailure()).hasMessage("task");
            loop.execute(() -> {
                var timeout = new org.dormouse.poller.loop.Timeout() {
                    @Override
                    protected void expired() {
                        throw new IllegalStateException("timeout");
                    }
                };
                timeout.expireAt(loop.nanoTime());
                loop.schedule(timeout);
            });
            assertThat(faults.awaitFailure()).hasMessage("timeout");
            loop.execute(() -> {
                throw new StackOverflowError("deep");
            });
            assertThat(faults.awaitFailure()).isInstanceOf(StackOverflowError.class);
            var ran = new CountDownLatch(1);
            loop.execute(ran::countDown);
            assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void closingLeavesNoThreadAndNoDescriptorBehind() throws Exception {
        try (var loops = EventLoops.start(oneLoop)) {
            assertThat(loops.backend()).isEqualTo("epoll");
        }
        long before = descriptors();
        for (int i = 0; i < 20; i++) {
            try (var loops = EventLoops.start(oneLoop.withLoops(4))) {
                loops.listen(loopback(), 8).forEach(ListenSocketCloser::close);
            }
        }
        assertThat(descriptors()).isLessThan(before + 20);
        for (int i = 0; i < 1000 && threadsOfLoops() > 0; i++) Thread.sleep(10);
        assertThat(threadsOfLoops()).isZero();
    }

    private static final class ListenSocketCloser {
        static void close(ListenSocket socket) {
            socket.close();
        }
    }

    private static long descriptors() throws IOException {
        try (var entries = java.nio.file.Files.list(java.nio.file.Path.of("/proc/self/fd"))) {
            return entries.count();
        }
    }

    private static long threadsOfLoops() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("dormouse-(loop-.*|sentinel|reports)"))
                .count();
    }

    private static SocketAddress loopback() {
        return SocketAddress.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static Socket connect(ListenSocket listener) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), listener.port());
    }

    private static StreamSocket accept(ListenSocket listener) {
        StreamSocket socket = listener.accept();
        while (socket == null) {
            Thread.onSpinWait();
            socket = listener.accept();
        }
        return socket;
    }

    /** One accepted connection with its client. */
    private static final class Connection implements AutoCloseable {
        final EventLoop loop;
        final Socket client;
        final StreamSocket accepted;

        Connection(EventLoop loop) throws IOException {
            this.loop = loop;
            try (ListenSocket listener = org.dormouse.poller.socket.KernelSockets.listen(loopback(), 4, 1)
                    .getFirst()) {
                client = connect(listener);
                accepted = accept(listener);
            }
        }

        void register(EventLoop.Handler handler) {
            loop.execute(() -> TestLoops.register(loop, accepted, handler));
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }
}
