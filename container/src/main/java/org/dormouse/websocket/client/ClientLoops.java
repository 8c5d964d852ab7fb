package org.dormouse.websocket.client;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.poller.loop.EventLoop;
import org.dormouse.poller.loop.EventLoops;
import org.dormouse.poller.loop.LoopSettings;
import org.dormouse.poller.loop.Timeout;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.SocketOptions;
import org.dormouse.poller.socket.StreamSocket;
import org.dormouse.transport.ConnectionLimits;
import org.dormouse.transport.Connections;
import org.jspecify.annotations.Nullable;

/**
 * The loops of this JVM's clients: started by the first, daemons, and ended when there has been no client for a minute. Any thread, but for
 * what says otherwise.
 */
final class ClientLoops {
    private static final int MOST = 4;
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final int LOOKS_BEFORE_END = 4;

    // guarded by the class
    private static @Nullable ClientLoops present;
    private int connecting;

    private final EventLoops loops;
    private final List<Connections> families = new ArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger next = new AtomicInteger();

    // loop 0
    private int looksUnused;

    private ClientLoops(EventLoops loops) {
        this.loops = loops;
        for (int i = 0; i < loops.size(); i++)
            families.add(new Connections(loops.loop(i), ConnectionLimits.DEFAULT, open));
    }

    /**
     * The loops, which do not end before {@link #left} is called as often as this.
     *
     * @throws IOException if they cannot be started
     */
    static synchronized ClientLoops enter() throws IOException {
        ClientLoops loops = present;
        if (loops == null) present = loops = start();
        loops.connecting++;
        return loops;
    }

    /** The end of an {@link #enter}: there is a connection, or there will be none. */
    void left() {
        synchronized (ClientLoops.class) {
            connecting--;
        }
    }

    /** The threads must not hold the application's class loader that happens to be the first to connect. */
    private static ClientLoops start() throws IOException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(ClientLoops.class.getClassLoader());
        try {
            int count = Math.min(MOST, Runtime.getRuntime().availableProcessors());
            var loops = new ClientLoops(EventLoops.start(LoopSettings.defaults().withLoops(count)));
            EventLoop first = loops.loops.loop(0);
            first.execute(() -> loops.lookLater(loops.new Look()));
            return loops;
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Where the next connection belongs. */
    Connections family() {
        return families.get(Math.floorMod(next.getAndIncrement(), families.size()));
    }

    StreamSocket connect(SocketAddress address) throws IOException {
        return loops.connect(address, SocketOptions.OUTGOING);
    }

    /** Runs the callbacks of a session of {@code family}: in threads carried by its loop, or where the JVM has none, virtual ones of its own. */
    static Executor executor(Connections family) {
        EventLoop loop = family.loop();
        return loop.carriesThreads() ? loop::carry : Thread::startVirtualThread;
    }

    // --- the end

    private void lookLater(Look look) {
        EventLoop first = loops.loop(0);
        look.expireAt(first.nanoTime() + LOOK_NANOS);
        first.schedule(look);
    }

    private final class Look extends Timeout {
        @Override
        protected void expired() {
            looksUnused = isUnused() ? looksUnused + 1 : 0;
            if (looksUnused < LOOKS_BEFORE_END || !giveUp()) lookLater(this);
        }
    }

    private boolean isUnused() {
        synchronized (ClientLoops.class) {
            return connecting == 0 && open.get() == 0;
        }
    }

    private boolean giveUp() {
        synchronized (ClientLoops.class) {
            if (!isUnused()) return false;
            present = null;
        }
        Thread.ofPlatform().daemon().name("dormouse-clients-end").start(loops::close);
        return true;
    }
}
