package org.dormouse.poller.nio;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.poller.backend.Backend;
import org.jspecify.annotations.Nullable;

/**
 * A channel's number, as a kernel would have given it one, and its watch. A watch is edge-triggered: what is reported is not looked for
 * any more, until the socket says with {@link #arm} that there is nothing left. Any thread, but for what says otherwise.
 */
final class NioDescriptor {
    private static final ConcurrentMap<Integer, NioDescriptor> OPEN = new ConcurrentHashMap<>();
    private static final AtomicInteger LAST = new AtomicInteger();

    private final int number;
    private final SelectableChannel channel;

    private volatile @Nullable Watch watch;

    /** Who watches, and the key by which it does. */
    private record Watch(NioBackend backend, SelectionKey key) {}

    private NioDescriptor(int number, SelectableChannel channel) {
        this.number = number;
        this.channel = channel;
    }

    /** Gives {@code channel} a number that no open one has, and none has had for long. */
    static NioDescriptor open(SelectableChannel channel) {
        while (true) {
            var descriptor = new NioDescriptor(LAST.incrementAndGet() & Integer.MAX_VALUE, channel);
            if (OPEN.putIfAbsent(descriptor.number, descriptor) == null) return descriptor;
        }
    }

    static @Nullable NioDescriptor find(int number) {
        return OPEN.get(number);
    }

    /** How many there are, for tests. */
    static int openCount() {
        return OPEN.size();
    }

    int number() {
        return number;
    }

    /** Gives the number back; who watches forgets it. */
    void close() {
        OPEN.remove(number, this);
        Watch last = watch;
        watch = null;
        if (last == null) return;
        last.key.cancel();
        last.backend.changed(); // the channel's own descriptor is given back by the next poll
    }

    /** Loop owner of {@code backend}; {@code interest} as there. */
    void watch(NioBackend backend, Selector selector, int interest, long token) throws IOException {
        int operations = 0;
        if ((interest & Backend.IN) != 0) operations |= channel.validOps() & NioBackend.INPUT;
        if ((interest & Backend.OUT) != 0) operations |= isConnecting() ? NioBackend.OUTPUT : SelectionKey.OP_WRITE;
        try {
            watch = new Watch(backend, register(selector, operations, token));
        } catch (ClosedChannelException e) {
            throw new IOException("descriptor " + number + " is closed", e);
        }
    }

    private boolean isConnecting() {
        return channel instanceof SocketChannel stream && stream.isConnectionPending();
    }

    private SelectionKey register(Selector selector, int operations, long token) throws IOException {
        try {
            return channel.register(selector, operations, token);
        } catch (CancelledKeyException e) {
            selector.selectNow(key -> {}); // forgets the key of the watch before, which has ended
            return channel.register(selector, operations, token);
        }
    }

    /** Loop owner. */
    void forget() {
        Watch last = watch;
        watch = null;
        if (last != null) last.key.cancel();
    }

    /** Nothing is left of {@code operation}: the next readiness is news. By whoever receives, sends or accepts. */
    void arm(int operation) {
        Watch now = watch;
        if (now == null) return;
        try {
            if ((now.key.interestOpsOr(operation) & operation) == 0) now.backend.changed();
        } catch (CancelledKeyException e) {
            // The watch has ended meanwhile: there is nobody to tell.
        }
    }
}
