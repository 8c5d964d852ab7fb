package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.poller.Readiness;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.poller.libc.Errno;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.StreamSocket;
import org.junit.jupiter.api.Test;

/** The event loop over the kernel in memory; at the same time what others may expect of that kernel. */
class ScriptedLoopTest {
    private final ScriptedKernel kernel = new ScriptedKernel();
    private final ScriptedLoop driver = new ScriptedLoop(kernel, new HandClock());
    private final EventLoop loop = driver.loop();

    @Test
    void bytesOfThePeerReachTheHandlerAndItsAnswerThePeer() throws Exception {
        try (driver) {
            ScriptedPeer peer = kernel.connect();
            loop.register(peer.socket(), new Echo(peer.socket()));

            peer.send("hello");
            driver.settle();

            assertThat(peer.takeReceivedText()).isEqualTo("hello");
        }
    }

    @Test
    void whatCannotBeginForLackOfMemoryBeginsALittleLater() {
        try (driver) {
            var tries = new ArrayList<Boolean>();
            loop.insist(() -> {
                tries.add(loop.isOwner());
                if (tries.size() < 3) throw new OutOfMemoryError("for a test");
            });
            driver.settle();
            assertThat(tries).hasSize(1);
            for (int i = 0; i < 5; i++) driver.advance(Duration.ofNanos(Insistent.NANOS_BETWEEN_TRIES));
            assertThat(tries).containsExactly(true, true, true);
        }
    }

    @Test
    void scriptedShortReadsAreFollowedByAnotherEdge() throws Exception {
        try (driver) {
            ScriptedPeer peer = kernel.connect();
            loop.register(peer.socket(), new Echo(peer.socket()));

            peer.shortReads(1, 0, 2).send("hello");
            driver.settle();

            assertThat(peer.takeReceivedText()).isEqualTo("hello");
        }
    }

    @Test
    void aPeerThatStopsReadingFillsTheSendBufferAndGivesOneEdgeWhenItReadsAgain() throws Exception {
        try (driver) {
            ScriptedPeer peer = kernel.connect().sendBuffer(3).stopReading();
            StreamSocket socket = peer.socket();
            var seen = new ArrayList<Integer>();
            loop.register(socket, seen::add);
            driver.settle();

            assertThat(socket.send("hello".getBytes(StandardCharsets.ISO_8859_1), 0, 5))
                    .isEqualTo(3);
            assertThat(socket.send("lo".getBytes(StandardCharsets.ISO_8859_1), 0, 2))
                    .isEqualTo(-Errno.EAGAIN);
            driver.settle();
            assertThat(seen).containsExactly(Readiness.OUT);

            peer.read(2);
            driver.settle();
            assertThat(seen).containsExactly(Readiness.OUT, Readiness.OUT);
            assertThat(peer.takeReceivedText()).isEqualTo("he");
        }
    }

    @Test
    void halfCloseIsNotADisconnect() throws Exception {
        try (driver) {
            ScriptedPeer peer = kernel.connect();
            var seen = new ArrayList<Integer>();
            loop.register(peer.socket(), seen::add);
            peer.send("x").finish();
            driver.settle();

            assertThat(seen).containsExactly(Readiness.IN | Readiness.OUT | Readiness.PEER_FINISHED);
            byte[] bytes = new byte[8];
            assertThat(peer.socket().receive(bytes, 0, 8)).isEqualTo(1);
            assertThat(peer.socket().receive(bytes, 0, 8)).isZero();
            assertThat(peer.socket().send(bytes, 0, 1)).isEqualTo(1);
        }
    }

    @Test
    void aResetIsSeenOnceByReceiveAndThenAsTheEnd() throws Exception {
        try (driver) {
            ScriptedPeer peer = kernel.connect();
            var seen = new ArrayList<Integer>();
            loop.register(peer.socket(), seen::add);
            peer.reset();
            driver.settle();

            assertThat(seen.getLast() & Readiness.GONE).isNotZero();
            byte[] bytes = new byte[8];
            assertThat(peer.socket().receive(bytes, 0, 8)).isEqualTo(-Errno.ECONNRESET);
            assertThat(peer.socket().receive(bytes, 0, 8)).isZero();
            assertThat(peer.socket().send(bytes, 0, 1)).isEqualTo(-Errno.EPIPE);
        }
    }

    @Test
    void aClosedDescriptorsNumberGoesToTheNextSocketAndALateSendReachesIt() {
        try (driver) {
            ScriptedPeer first = kernel.connect();
            kernel.connect();
            first.socket().close();
            ScriptedPeer stranger = kernel.connect();

            assertThat(stranger.socket().descriptor()).isEqualTo(first.socket().descriptor());
            first.socket().send(new byte[] {'!'}, 0, 1);
            assertThat(stranger.takeReceivedText()).isEqualTo("!");
            assertThat(kernel.misuses()).singleElement().asString().contains("send on descriptor");
        }
    }

    @Test
    void anEventTakenBeforeItsDescriptorWasClosedReachesNobody() throws Exception {
        try (driver) {
            ScriptedPeer killer = kernel.connect();
            ScriptedPeer victim = kernel.connect();
            var seenByVictim = new ArrayList<Integer>();
            var seenByStranger = new ArrayList<Integer>();
            long token = loop.register(victim.socket(), seenByVictim::add);
            driver.settle();
            seenByVictim.clear();
            loop.register(killer.socket(), readiness -> {
                loop.deregister(token);
                victim.socket().close();
                ScriptedPeer stranger = kernel.connect();
                assertThat(stranger.socket().descriptor())
                        .isEqualTo(victim.socket().descriptor());
                watch(stranger.socket(), seenByStranger::add);
            });
            victim.send("late");

            driver.turn();

            assertThat(seenByVictim).isEmpty();
            assertThat(seenByStranger).isEmpty();
            driver.turn();
            assertThat(seenByStranger).containsExactly(Readiness.OUT);
        }
    }

    @Test
    void acceptFailuresAreSortedByWhatToDoAboutThem() {
        try (driver) {
            var listener = kernel.listen(0);
            kernel.connect(listener);
            kernel.connect(listener);
            listener.failAccepts(Errno.ECONNABORTED, Errno.EMFILE, Errno.ENOBUFS);

            assertThat(listener.accept()).isNull();
            assertThat(listener.outcome()).isEqualTo(ListenSocket.Outcome.ONE_LOST);
            assertThat(listener.accept()).isNull();
            assertThat(listener.outcome()).isEqualTo(ListenSocket.Outcome.EXHAUSTED);
            assertThat(listener.accept()).isNull();
            assertThat(listener.outcome()).isEqualTo(ListenSocket.Outcome.EXHAUSTED);
            assertThat(listener.accept()).isNotNull();
            assertThat(listener.accept()).isNull();
            assertThat(listener.outcome()).isEqualTo(ListenSocket.Outcome.NONE_WAITING);
        }
    }

    @Test
    void whoAsksForAnotherGoIsToldOncePerTurn() {
        try (driver) {
            var calls = new ArrayList<Integer>();
            loop.again(new EventLoop.Handler() {
                @Override
                public void ready(int readiness) {
                    calls.add(readiness);
                    if (calls.size() < 3) loop.again(this);
                }
            });
            driver.turn();
            assertThat(calls).containsExactly(0);
            driver.settle();
            assertThat(calls).hasSize(3);
        }
    }

    @Test
    void aCarriedThreadRunsInTheSameTurnAfterItsStarterReturned() throws Exception {
        try (driver) {
            var order = new ArrayList<String>();
            ScriptedPeer peer = kernel.connect();
            loop.register(peer.socket(), readiness -> {
                loop.carry(() ->
                        order.add("carried, virtual " + Thread.currentThread().isVirtual()));
                order.add("handler returns");
            });

            driver.turn();

            assertThat(order).containsExactly("handler returns", "carried, virtual true");
        }
    }

    @Test
    void theReadBufferIsOverwrittenBeforeAContinuationSeesIt() {
        try (driver) {
            byte[] buffer = loop.readBuffer();
            buffer[7] = 7;
            var seen = new ArrayList<Byte>();
            loop.carry(() -> seen.add(buffer[7]));
            driver.turn();
            assertThat(seen).containsExactly((byte) 0xA5);
        }
    }

    @Test
    void aTimeoutHappensAtItsMomentAndNotBefore() {
        try (driver) {
            var fired = new ArrayList<Long>();
            var timeout = new Timeout() {
                @Override
                protected void expired() {
                    fired.add(loop.nanoTime());
                }
            };
            long start = loop.nanoTime();
            timeout.expireAt(start + Duration.ofSeconds(10).toNanos());
            loop.schedule(timeout);

            driver.advance(Duration.ofMillis(9_999));
            assertThat(fired).isEmpty();
            driver.advance(Duration.ofMillis(1));
            assertThat(fired).hasSize(1);
        }
    }

    @Test
    void aHandlerThatThrowsIsReportedAndToldAndTheOthersGoOn() throws Exception {
        var told = new ArrayList<Throwable>();
        ScriptedPeer broken = kernel.connect();
        ScriptedPeer fine = kernel.connect();
        loop.register(broken.socket(), new EventLoop.Handler() {
            @Override
            public void ready(int readiness) {
                throw new IllegalStateException("a bug");
            }

            @Override
            public void failed(Throwable bug) {
                told.add(bug);
            }
        });
        loop.register(fine.socket(), new Echo(fine.socket()));
        fine.send("on");

        driver.settle();

        assertThat(told).singleElement().asString().contains("a bug");
        assertThat(driver.takeFaults())
                .singleElement()
                .extracting(Throwable::getCause)
                .isSameAs(told.getFirst());
        assertThat(fine.takeReceivedText()).isEqualTo("on");
        driver.close();
    }

    private void watch(StreamSocket socket, EventLoop.Handler handler) {
        try {
            loop.register(socket, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends back what it receives, until it would block. */
    private static final class Echo implements EventLoop.Handler {
        private final StreamSocket socket;

        Echo(StreamSocket socket) {
            this.socket = socket;
        }

        @Override
        public void ready(int readiness) {
            byte[] bytes = new byte[100];
            for (int count = socket.receive(bytes, 0, 100); count > 0; count = socket.receive(bytes, 0, 100))
                socket.send(bytes, 0, count);
        }
    }

    @Test
    void tasksOfOneSenderKeepTheirOrderAndTheSameOneMayComeTwice() {
        try (driver) {
            var order = new ArrayList<Integer>();
            Runnable twice = () -> order.add(0);
            loop.execute(twice);
            loop.execute(() -> order.add(1));
            loop.execute(twice);
            driver.settle();
            assertThat(order).isEqualTo(List.of(0, 1, 0));
        }
    }
}
