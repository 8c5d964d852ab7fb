package org.dormouse.poller.epoll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dormouse.poller.backend.Backend;
import org.dormouse.poller.socket.KernelSockets;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.StreamSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The kernel's own queue, over sockets of the loopback. */
@Timeout(20)
class EpollBackendTest {
    private static final long FOREVER = -1;

    private final ListenSocket listener;

    EpollBackendTest() throws IOException {
        var loopback = SocketAddress.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listener = KernelSockets.listen(loopback, 16, 1).getFirst();
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), listener.port());
    }

    private StreamSocket accept() {
        StreamSocket socket = listener.accept();
        while (socket == null) {
            Thread.onSpinWait();
            socket = listener.accept();
        }
        return socket;
    }

    @Test
    void oneRegistrationReportsInputHalfCloseAndHangUpEachAsAnEdge() throws Exception {
        try (listener;
                var backend = EpollBackend.open();
                var client = connect()) {
            StreamSocket socket = accept();
            backend.add(socket.descriptor(), Backend.IN | Backend.OUT, 42);
            assertThat(next(backend)).isEqualTo(Backend.OUT);
            assertThat(backend.await(0)).isZero();

            client.getOutputStream().write(1);
            assertThat(next(backend)).isEqualTo(Backend.IN | Backend.OUT);
            assertThat(backend.await(0))
                    .as("an edge comes once, though the byte is still there")
                    .isZero();

            client.shutdownOutput();
            assertThat(next(backend)).isEqualTo(Backend.IN | Backend.OUT | Backend.PEER_FINISHED);

            socket.shutdownOutput();
            assertThat(next(backend) & Backend.GONE).isNotZero();
            socket.close();
        }
    }

    private static int next(EpollBackend backend) throws IOException {
        assertThat(backend.await(FOREVER)).isEqualTo(1);
        assertThat(backend.token(0)).isEqualTo(42);
        return backend.readiness(0);
    }

    @Test
    void aRemovedDescriptorIsNotReportedAndRemovingItAgainIsHarmless() throws Exception {
        try (listener;
                var backend = EpollBackend.open();
                var client = connect()) {
            StreamSocket socket = accept();
            backend.add(socket.descriptor(), Backend.IN | Backend.OUT, 7);
            backend.remove(socket.descriptor());
            client.getOutputStream().write(1);
            byte[] one = new byte[1];
            while (socket.receive(one, 0, 1) < 0) Thread.onSpinWait();
            assertThat(backend.await(0)).isZero();
            backend.remove(socket.descriptor());
            socket.close();
            backend.remove(socket.descriptor());
        }
    }

    @Test
    void whatCannotBeWatchedIsRefusedWithTheKernelsReason() {
        assertThatThrownBy(() -> {
                    try (listener;
                            var backend = EpollBackend.open()) {
                        backend.add(999_999, Backend.IN, 1);
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("epoll_ctl")
                .hasMessageContaining("EBADF");
    }

    @Test
    void everyWakeUpEndsOneWaitWithoutTheCounterBeingRead() throws Exception {
        try (listener;
                var backend = EpollBackend.open()) {
            for (int i = 0; i < 3; i++) {
                var waker = Thread.ofPlatform().start(backend::wakeUp);
                assertThat(backend.await(FOREVER)).isEqualTo(1);
                assertThat(backend.token(0)).isNegative();
                waker.join();
            }
            assertThat(backend.await(0)).isZero();
        }
    }

    @Test
    void aWaitEndsWithItsTime() throws Exception {
        try (listener;
                var backend = EpollBackend.open()) {
            long start = System.nanoTime();
            assertThat(backend.await(2_000_000)).isZero();
            assertThat(System.nanoTime() - start).as("never early").isGreaterThanOrEqualTo(2_000_000);
        }
    }

    @Test
    void aCloseEndsThoughOthersKeepWakingAndNothingIsWrittenAfterwards() throws Exception {
        try (listener) {
            for (int round = 0; round < 50; round++) {
                var backend = EpollBackend.open();
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
                // These take over the numbers of eventfd and epoll; 8 bytes written to one would be seen in the file.
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
}
