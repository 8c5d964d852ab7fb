package org.dormouse.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.dormouse.poller.loop.EventLoop;
import org.dormouse.poller.loop.EventLoops;
import org.dormouse.poller.loop.LoopSettings;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.SocketOptions;
import org.dormouse.transport.ConnectionLimits;
import org.dormouse.transport.Connections;
import org.dormouse.transport.Listener;
import org.dormouse.transport.ProtocolUpgrade;

/** The loops of a server, with the connections and the listener of each. One thread at a time, but for what says otherwise. */
final class Network {
    private static final long PATIENCE_SECONDS = 5;

    /** Less than the patience with a loop that does not answer. */
    private static final long ACCEPT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final EventLoops loops;
    private final List<Connections> families = new ArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private List<Listener> listeners = List.of();

    private Network(EventLoops loops, ConnectionLimits limits) {
        this.loops = loops;
        for (int i = 0; i < loops.size(); i++) families.add(new Connections(loops.loop(i), limits, open));
    }

    static Network start(LoopSettings settings, ConnectionLimits limits) throws IOException {
        return new Network(EventLoops.start(settings), limits);
    }

    /**
     * Begins to accept on every loop.
     *
     * @param options what the sockets, and so their connections, are to have
     * @param checksOptions whether to read them back and say in the log what is otherwise
     * @param protocols makes what is spoken over the connections of a loop
     * @return the port in use
     * @throws BindException with address and reason, if it cannot be had
     */
    int listen(
            String host,
            int port,
            SocketOptions options,
            boolean checksOptions,
            Function<EventLoop, ProtocolUpgrade> protocols)
            throws IOException {
        SocketAddress address = SocketAddress.of(new InetSocketAddress(resolve(host), port));
        List<ListenSocket> sockets;
        try {
            sockets = loops.listen(address, options);
        } catch (BindException e) {
            throw exception(host + ":" + port + " cannot be listened on: " + e.getMessage(), e);
        }
        if (checksOptions) {
            for (String each : options.shortfalls(sockets.getFirst())) Complaints.warn("socket option " + each);
        }
        var started = new ArrayList<Listener>();
        for (int i = 0; i < sockets.size(); i++) {
            started.add(Listener.start(families.get(i), sockets.get(i), protocols.apply(loops.loop(i))));
        }
        listeners = started;
        return sockets.getFirst().port();
    }

    private static InetAddress resolve(String host) throws IOException {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw exception("server.host " + host + " is no known host or address", e);
        }
    }

    private static BindException exception(String message, Exception cause) {
        var exception = new BindException(message);
        exception.initCause(cause);
        return exception;
    }

    /**
     * Asks connections to end when what is under way is done, and returns when no socket listens any more.
     *
     * @param atMost for how long those that wait to be accepted may wait for room
     */
    void stopListening(Duration atMost) {
        long patienceNanos = Math.min(atMost.toNanos(), ACCEPT_NANOS);
        var closed = new CountDownLatch(listeners.size());
        for (Listener listener : listeners) listener.close(patienceNanos, closed::countDown);
        onEachLoop(Connections::drainAll);
        await(closed);
        listeners = List.of();
    }

    /** Cuts what is still open, and waits until it is closed, or given up. */
    void abortAll() {
        onEachLoop(Connections::abortAll);
    }

    /** Connections with something under way. */
    int connectionsAtWork() {
        var count = new AtomicInteger();
        onEachLoop(family -> count.addAndGet(family.countAtWork()));
        return count.get();
    }

    /** Any thread. */
    int openConnections() {
        return open.get();
    }

    /** Any thread. */
    int loops() {
        return loops.size();
    }

    void close() {
        loops.close();
    }

    private interface OnConnections {
        void run(Connections family);
    }

    private void onEachLoop(OnConnections action) {
        var done = new CountDownLatch(families.size());
        for (Connections family : families) {
            family.loop().execute(() -> {
                try {
                    action.run(family);
                } finally {
                    done.countDown();
                }
            });
        }
        await(done);
    }

    /** A loop that does not answer for so long is stuck in native code; the close goes on without it. */
    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                Complaints.warn("a loop does not answer; closing without it");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
