package org.dormouse.poller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dormouse.poller.backend.Backend;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.SocketError;
import org.dormouse.poller.socket.StreamSocket;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every readiness queue does, over sockets of the loopback. */
@Timeout(20)
class BackendTest {
    private static final SocketAddress LOOPBACK =
            SocketAddress.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    private static final long FOREVER = -1;
    private static final long PATIENCE_NANOS = 10_000_000_000L;
    private static final int BOTH = Backend.IN | Backend.OUT;

    /** A queue that watches the server's end of one connection, with token 42. */
    private static final class Watched implements AutoCloseable {
        final Backend backend;
        final ListenSocket listener;
        final Socket client;
        final StreamSocket socket;

        Watched(RealBackend kind) throws IOException {
            backend = kind.open();
            listener = kind.listen(LOOPBACK, 1).getFirst();
            client = new Socket(InetAddress.getLoopbackAddress(), listener.port());
            socket = accept(listener);
            backend.add(socket.descriptor(), BOTH, 42);
        }

        /** Waits until all of {@code bits} have been reported; everything that was. */
        int awaitAll(int bits) throws IOException {
            int seen = 0;
            long giveUp = System.nanoTime() + PATIENCE_NANOS;
            while ((seen & bits) != bits) {
                int events = backend.await(PATIENCE_NANOS);
                if (events == 0 && System.nanoTime() - giveUp > 0)
                    throw new AssertionError("only " + Readiness.describe(seen) + " was reported");
                for (int i = 0; i < events; i++) {
                    assertThat(backend.token(i)).isEqualTo(42);
                    seen |= backend.readiness(i);
                }
            }
            return seen;
        }

        /** Takes what is there as a loop does: until there is nothing left, or the end. The last result. */
        int receiveAll() {
            byte[] target = new byte[1000];
            int result = 1;
            while (result > 0) result = socket.receive(target, 0, target.length);
            return result;
        }

        @Override
        public void close() throws IOException {
            client.close();
            socket.close();
            listener.close();
            backend.close();
        }
    }

    private static StreamSocket accept(ListenSocket listener) {
        StreamSocket socket = listener.accept();
        while (socket == null) {
            Thread.onSpinWait();
            socket = listener.accept();
        }
        return socket;
    }

    @ParameterizedTest
    @EnumSource
    void oneRegistrationReportsInputAndHalfCloseEachAsAnEdge(RealBackend kind) throws Exception {
        try (var watched = new Watched(kind)) {
            Backend backend = watched.backend;
            assertThat(watched.awaitAll(Backend.OUT)).isEqualTo(Backend.OUT);
            assertThat(backend.await(0)).isZero();

            watched.client.getOutputStream().write(1);
            assertThat(watched.awaitAll(Backend.IN) & ~BOTH).isZero();
            assertThat(backend.await(0))
                    .as("an edge comes once, though the byte is still there")
                    .isZero();
            assertThat(watched.receiveAll()).matches(SocketError::wouldBlock);

            watched.client.getOutputStream().write(1);
            watched.awaitAll(Backend.IN);
            assertThat(watched.receiveAll()).matches(SocketError::wouldBlock);

            watched.client.shutdownOutput();
            int end = Backend.IN | (kind.tellsEnds() ? Backend.PEER_FINISHED : 0);
            assertThat(watched.awaitAll(end) & Backend.GONE)
                    .as("a half-close is no hang-up")
                    .isZero();
            assertThat(watched.receiveAll()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void bytesThatComeAfterAShortReceiveAreANewEdgeWithoutAReceiveInBetween(RealBackend kind) throws Exception {
        try (var watched = new Watched(kind)) {
            watched.client.getOutputStream().write(new byte[3]);
            watched.awaitAll(Backend.IN);
            assertThat(watched.socket.receive(new byte[10], 0, 10)).isEqualTo(3);
            watched.client.getOutputStream().write(1);
            watched.awaitAll(Backend.IN);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWaitThatHasBegunIsToldOfInputThatComesAfterAnotherThreadFoundNone(RealBackend kind) throws Exception {
        try (var watched = new Watched(kind)) {
            watched.client.getOutputStream().write(1);
            watched.awaitAll(BOTH);
            var seen = new CompletableFuture<Integer>();
            var waiter = Thread.ofPlatform().start(() -> {
                try {
                    seen.complete(watched.awaitAll(Backend.IN));
                } catch (IOException | AssertionError e) {
                    seen.completeExceptionally(e);
                }
            });
            while (!isWaiting(waiter)) Thread.onSpinWait();
            assertThat(watched.receiveAll()).matches(SocketError::wouldBlock);
            watched.client.getOutputStream().write(1);
            assertThat(seen.get(20, TimeUnit.SECONDS) & Backend.IN).isNotZero();
        }
    }

    /** In a wait: the kernel's call, or what leads there. */
    private static boolean isWaiting(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return stack.length > 0
                && !stack[0].getClassName().startsWith("org.dormouse.poller.BackendTest")
                && Arrays.stream(stack).anyMatch(frame -> frame.getMethodName().equals("await"));
    }

    @ParameterizedTest
    @EnumSource
    void roomIsReportedOnceThePeerReadsAgain(RealBackend kind) throws Exception {
        try (var watched = new Watched(kind)) {
            watched.awaitAll(Backend.OUT);
            byte[] bytes = new byte[StreamSocket.MAX_TRANSFER];
            int result = 1;
            long sent = 0;
            while ((result = watched.socket.send(bytes, 0, bytes.length)) > 0) sent += result;
            assertThat(SocketError.wouldBlock(result)).isTrue();
            while (watched.backend.await(0) > 0) Thread.onSpinWait(); // room that came while it was filled
            watched.client.getInputStream().skipNBytes(sent);
            assertThat(watched.awaitAll(Backend.OUT) & Backend.GONE).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void bothHalfClosesTogetherAreAHangUpAndOursAloneIsNot(RealBackend kind) throws Exception {
        try (var watched = new Watched(kind)) {
            watched.awaitAll(Backend.OUT);
            watched.socket.shutdownOutput();
            assertThat(watched.client.getInputStream().read()).isEqualTo(-1);
            int events = watched.backend.await(0);
            for (int i = 0; i < events; i++)
                assertThat(watched.backend.readiness(i) & Backend.GONE).isZero();

            watched.client.shutdownOutput();
            watched.awaitAll(kind.tellsEnds() ? Backend.GONE : Backend.IN);
            assertThat(watched.receiveAll()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aResetIsReported(RealBackend kind) throws Exception {
        try (var watched = new Watched(kind)) {
            watched.awaitAll(Backend.OUT);
            watched.client.setOption(StandardSocketOptions.SO_LINGER, 0);
            watched.client.close();
            watched.awaitAll(kind.tellsEnds() ? Backend.GONE : Backend.IN);
            int result = watched.receiveAll();
            // libkqueue asks the socket for its error to report it, and so takes it away.
            if (kind == RealBackend.KQUEUE)
                assertThat(SocketError.wouldBlock(result)).isFalse();
            else assertThat(result).matches(SocketError::isPeerGone);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aListeningSocketIsReadyForEachBatchOfConnections(RealBackend kind) throws Exception {
        try (var backend = kind.open();
                var listener = kind.listen(LOOPBACK, 1).getFirst()) {
            backend.add(listener.descriptor(), Backend.IN, 42);
            for (int i = 0; i < 3; i++) {
                assertThat(listener.accept()).isNull();
                assertThat(listener.outcome()).isEqualTo(ListenSocket.Outcome.NONE_WAITING);
                try (var client = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
                    assertThat(backend.await(PATIENCE_NANOS)).isEqualTo(1);
                    assertThat(backend.readiness(0)).isEqualTo(Backend.IN);
                    StreamSocket socket = listener.accept();
                    assertThat(listener.outcome()).isEqualTo(ListenSocket.Outcome.ACCEPTED);
                    assertThat(socket.peerPort()).isEqualTo(client.getLocalPort());
                    socket.close();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRemovedDescriptorIsNotReportedAndRemovingItAgainIsHarmless(RealBackend kind) throws Exception {
        try (var watched = new Watched(kind)) {
            watched.backend.remove(watched.socket.descriptor());
            watched.client.getOutputStream().write(1);
            byte[] one = new byte[1];
            while (watched.socket.receive(one, 0, 1) < 0) Thread.onSpinWait();
            assertThat(watched.backend.await(0)).isZero();
            watched.backend.remove(watched.socket.descriptor());
            watched.socket.close();
            watched.backend.remove(watched.socket.descriptor());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRemovedDescriptorCanBeAddedAgain(RealBackend kind) throws Exception {
        try (var watched = new Watched(kind)) {
            watched.awaitAll(Backend.OUT);
            watched.backend.remove(watched.socket.descriptor());
            watched.client.getOutputStream().write(1);
            watched.backend.add(watched.socket.descriptor(), BOTH, 42);
            watched.awaitAll(BOTH);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatCannotBeWatchedIsRefused(RealBackend kind) throws Exception {
        try (var backend = kind.open()) {
            assertThatThrownBy(() -> backend.add(999_999_999, Backend.IN, 1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(
                            switch (kind) {
                                case EPOLL -> "epoll_ctl: bad descriptor, EBADF";
                                case KQUEUE -> "kevent: bad descriptor, EBADF";
                                case NIO -> "descriptor 999999999";
                            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyWakeUpEndsOneWait(RealBackend kind) throws Exception {
        try (var backend = kind.open()) {
            for (int i = 0; i < 3; i++) {
                var waker = Thread.ofPlatform().start(backend::wakeUp);
                int events = backend.await(FOREVER);
                for (int j = 0; j < events; j++)
                    assertThat(backend.token(j)).as("nobody's event").isNegative();
                waker.join();
            }
            assertThat(backend.await(0)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWaitEndsWithItsTime(RealBackend kind) throws Exception {
        try (var backend = kind.open()) {
            long start = System.nanoTime();
            assertThat(backend.await(2_000_000)).isZero();
            assertThat(System.nanoTime() - start).as("never early").isGreaterThanOrEqualTo(2_000_000);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWaitOfCenturiesIsAWait(RealBackend kind) throws Exception {
        try (var backend = kind.open()) {
            var waker = Thread.ofPlatform().start(backend::wakeUp);
            backend.await(Long.MAX_VALUE);
            waker.join();
        }
    }

    @ParameterizedTest
    @EnumSource
    void moreEventsThanFitIntoOneAnswerComeWithTheNext(RealBackend kind) throws Exception {
        List<AutoCloseable> open = new ArrayList<>();
        try (var backend = kind.open();
                var listener = kind.listen(LOOPBACK, 1).getFirst()) {
            int count = 600;
            for (int i = 0; i < count; i++) {
                open.add(new Socket(InetAddress.getLoopbackAddress(), listener.port()));
                StreamSocket socket = accept(listener);
                open.add(socket::close);
                backend.add(socket.descriptor(), BOTH, i);
            }
            var seen = new java.util.HashSet<Long>();
            while (seen.size() < count) {
                int events = backend.await(PATIENCE_NANOS);
                assertThat(events).isPositive();
                for (int i = 0; i < events; i++) seen.add(backend.token(i));
            }
            assertThat(backend.await(0)).isZero();
        } finally {
            for (AutoCloseable each : open) each.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCloseEndsThoughOthersKeepWakingAndNothingIsWrittenAfterwards(RealBackend kind) throws Exception {
        for (int round = 0; round < 50; round++) {
            var backend = kind.open();
            var stop = new AtomicBoolean();
            var running = new CountDownLatch(2);
            List<Thread> wakers = new ArrayList<>();
            for (int i = 0; i < 2; i++)
                wakers.add(Thread.ofPlatform().start(() -> {
                    running.countDown();
                    while (!stop.get()) backend.wakeUp();
                }));
            running.await();
            backend.close();
            // These take over the numbers of the queue; 8 bytes written to one would be seen in the file.
            Path file = Files.createTempFile("wake", "up");
            try (var first = Files.newOutputStream(file);
                    var second = Files.newOutputStream(file)) {
                for (int i = 0; i < 100; i++) Thread.onSpinWait();
                stop.set(true);
                for (Thread waker : wakers) waker.join();
                assertThat(first).isNotSameAs(second);
                assertThat(Files.size(file)).isZero();
            } finally {
                stop.set(true);
                Files.delete(file);
            }
        }
    }
}
