package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.StreamSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Loops over the kernel's own poller, with sockets of the loopback. */
@Timeout(20)
class EventLoopsTest {
    private static final SocketAddress LOOPBACK =
            SocketAddress.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

    @Test
    void eachOfSeveralLoopsAcceptsAndEchoesOverRealSockets() throws Exception {
        Set<Integer> used = ConcurrentHashMap.newKeySet();
        try (var loops = EventLoops.start(LoopSettings.defaults().withLoops(2))) {
            int port = echo(loops, used);
            for (int i = 0; i < 64; i++) {
                try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    byte[] sent = ("hello " + i).getBytes();
                    client.getOutputStream().write(sent);
                    assertThat(client.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
                }
            }
            assertThat(used).containsExactlyInAnyOrder(0, 1);
        }
    }

    @Test
    void aWatchCanStillBeEndedWhenItsLoopIsClosed() throws Exception {
        var ended = new CompletableFuture<Void>();
        var loops = EventLoops.start(LoopSettings.defaults().withLoops(1));
        try (ListenSocket socket = loops.listen(LOOPBACK, 16).getFirst()) {
            EventLoop loop = loops.loop(0);
            var token = new CompletableFuture<Long>();
            loop.execute(() -> {
                try {
                    token.complete(loop.register(socket, readiness -> {}));
                } catch (IOException e) {
                    token.completeExceptionally(e);
                }
            });
            long registered = token.get(10, TimeUnit.SECONDS);
            loops.close();

            loop.execute(() -> {
                try {
                    loop.deregister(registered);
                    ended.complete(null);
                } catch (Throwable e) {
                    ended.completeExceptionally(e);
                }
            });

            assertThat(ended).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    void aPortThatAnotherServerSharesAmongItsLoopsIsRefused() throws Exception {
        try (var loops = EventLoops.start(LoopSettings.defaults().withLoops(2));
                var others = EventLoops.start(LoopSettings.defaults().withLoops(2))) {
            List<ListenSocket> sockets = loops.listen(LOOPBACK, 16);
            int port = sockets.getFirst().port();
            assertThat(sockets).allSatisfy(socket -> assertThat(socket.port()).isEqualTo(port));

            assertThatThrownBy(() -> others.listen(new SocketAddress(LOOPBACK.high(), LOOPBACK.low(), port), 16))
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("127.0.0.1:" + port)
                    .hasMessageContaining("EADDRINUSE");
            for (ListenSocket socket : sockets) socket.close();
            for (ListenSocket socket : others.listen(new SocketAddress(LOOPBACK.high(), LOOPBACK.low(), port), 16))
                socket.close();
        }
    }

    private static int echo(EventLoops loops, Set<Integer> used) throws Exception {
        List<ListenSocket> listeners = loops.listen(LOOPBACK, 64);
        var registered = new CountDownLatch(loops.size());
        for (int i = 0; i < loops.size(); i++) {
            EventLoop loop = loops.loop(i);
            ListenSocket listener = listeners.get(i);
            loop.execute(() -> {
                TestLoops.register(loop, listener, readiness -> {
                    for (StreamSocket socket = listener.accept(); socket != null; socket = listener.accept()) {
                        used.add(loop.index());
                        new Echo(loop, socket);
                    }
                });
                registered.countDown();
            });
        }
        assertThat(registered.await(5, TimeUnit.SECONDS)).isTrue();
        return listeners.getFirst().port();
    }

    /** Sends back what arrives, from a carried thread; closes at the end of the stream. */
    private static final class Echo implements EventLoop.Handler {
        private final EventLoop loop;
        private final StreamSocket socket;
        private final long token;

        Echo(EventLoop loop, StreamSocket socket) {
            this.loop = loop;
            this.socket = socket;
            token = TestLoops.register(loop, socket, this);
        }

        @Override
        public void ready(int readiness) {
            byte[] buffer = loop.readBuffer();
            int count = socket.receive(buffer, 0, buffer.length);
            if (count > 0) {
                byte[] copy = java.util.Arrays.copyOf(buffer, count);
                loop.carry(() -> socket.send(copy, 0, copy.length));
                loop.again(this);
            } else if (count == 0) {
                loop.deregister(token);
                socket.close();
            }
        }
    }
}
