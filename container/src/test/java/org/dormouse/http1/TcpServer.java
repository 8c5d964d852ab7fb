package org.dormouse.http1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.dormouse.buffer.TrackingBufferPool;
import org.dormouse.http.ExchangeHandler;
import org.dormouse.poller.loop.EventLoop;
import org.dormouse.poller.loop.EventLoops;
import org.dormouse.poller.loop.Faults;
import org.dormouse.poller.loop.LoopSettings;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.transport.ConnectionLimits;
import org.dormouse.transport.Connections;
import org.dormouse.transport.Listener;
import org.dormouse.transport.ProtocolUpgrade;

/** A protocol on real loops and sockets of the loopback address. Closing it fails if a buffer leaked, a connection does not end, or a loop reported a bug. */
public final class TcpServer implements AutoCloseable {
    final TrackingBufferPool pool = new TrackingBufferPool();
    final AtomicInteger open = new AtomicInteger();
    private final List<AssertionError> faults = new CopyOnWriteArrayList<>();
    private final EventLoops loops;
    private final List<Connections> families = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final int port;

    TcpServer(int loopCount, Http1Limits limits, ConnectionLimits connectionLimits, ExchangeHandler handler)
            throws IOException {
        this(loopCount, connectionLimits, loop -> new Http1(loop, handler, limits, null));
    }

    /** @param protocols makes what is spoken over the connections of a loop */
    public TcpServer(int loopCount, ConnectionLimits connectionLimits, Function<EventLoop, ProtocolUpgrade> protocols)
            throws IOException {
        loops = EventLoops.start(LoopSettings.defaults().withLoops(loopCount).withFaults(new Faults() {
            @Override
            public void fellBack(String what) {
                throw new AssertionError(what);
            }

            @Override
            public void failed(String where, Throwable cause) {
                faults.add(new AssertionError(where, cause));
            }

            @Override
            public void handedOver(int loop, StackTraceElement[] stack, int others) {}

            @Override
            public void stalled(String what, StackTraceElement[] stack) {
                // the machine may be busy with other things
            }
        }));
        var address = SocketAddress.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        List<ListenSocket> sockets = loops.listen(address, 128);
        port = sockets.getFirst().port();
        for (int i = 0; i < loopCount; i++) {
            var family = new Connections(loops.loop(i), connectionLimits, open, pool);
            families.add(family);
            listeners.add(Listener.start(family, sockets.get(i), protocols.apply(loops.loop(i))));
        }
    }

    /** Runs {@code app} on the threads of {@code executor}; null for those that the loop carries. */
    static TcpServer start(Http1Server.App app, Executor executor) throws IOException {
        return new TcpServer(2, Http1Limits.DEFAULT, ConnectionLimits.DEFAULT, exchange -> {
            Executor threads = executor == null ? exchange.carrier() : executor;
            threads.execute(() -> {
                try {
                    app.handle(exchange);
                } catch (IOException e) {
                    exchange.abort();
                    exchange.finish();
                }
            });
        });
    }

    public int port() {
        return port;
    }

    /** Waits until no connection is open, at most ten seconds. */
    void awaitNoConnection() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (open.get() > 0) {
            if (System.nanoTime() > end) throw new AssertionError(open.get() + " connections are still open");
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        try (loops) {
            var closed = new CountDownLatch(listeners.size());
            for (Listener listener : listeners) listener.close(0, closed::countDown);
            for (Connections family : families) family.loop().execute(family::abortAll);
            if (!closed.await(10, TimeUnit.SECONDS)) throw new AssertionError("listeners do not close");
            awaitNoConnection();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        pool.close();
        if (!faults.isEmpty()) throw faults.getFirst();
    }
}
