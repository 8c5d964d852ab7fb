package org.dormouse.poller.nio;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.function.Consumer;
import org.dormouse.poller.backend.Backend;

/**
 * The readiness queue over a {@link Selector}. It tells less than a kernel's: {@link #PEER_FINISHED} and {@link #GONE} are only {@link #IN}
 * here, and what has happened is found out by receiving. Descriptors are the numbers of sockets of {@link NioSockets}.
 */
public final class NioBackend implements Backend {
    /** The word by which a user asks for this backend. */
    public static final String NAME = "nio";

    private static final int FIRST_CAPACITY = 64;
    static final int OUTPUT = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;
    static final int INPUT = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Loaded before a loop needs them, since it must wait for no class loader. */
    private static final Class<?>[] USED_LATER = {
        NioDescriptor.class, NioStreamSocket.class, NioListenSocket.class, CancelledKeyException.class
    };

    private final Selector selector;
    private final Consumer<SelectionKey> take = this::take;

    // any thread
    private volatile boolean isWaiting;

    // loop owner only
    private long[] tokens = new long[FIRST_CAPACITY];
    private int[] readiness = new int[FIRST_CAPACITY];
    private int taken;

    private NioBackend() throws IOException {
        selector = Selector.open();
    }

    /** Opens a queue of its own. */
    public static NioBackend open() throws IOException {
        try {
            for (Class<?> type : USED_LATER) MethodHandles.lookup().ensureInitialized(type);
        } catch (IllegalAccessException e) {
            throw new AssertionError("they are of this package, or public", e);
        }
        return new NioBackend();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void add(int descriptor, int interest, long token) throws IOException {
        NioDescriptor found = NioDescriptor.find(descriptor);
        if (found == null) throw new IOException("descriptor " + descriptor + " is of no open channel");
        found.watch(this, selector, interest, token);
    }

    @Override
    public void remove(int descriptor) {
        NioDescriptor found = NioDescriptor.find(descriptor);
        if (found != null) found.forget(); // closing it has ended its watch already
    }

    @Override
    public int await(long nanos) throws IOException {
        taken = 0;
        isWaiting = nanos != 0;
        try {
            if (nanos == 0) selector.selectNow(take);
            else selector.select(take, millis(nanos));
        } catch (ClosedSelectorException e) {
            throw new IOException("this poller is closed", e);
        } finally {
            isWaiting = false;
        }
        // A selector does not wait on an interrupted thread. A loop is ended by its close, and by nothing else.
        if (taken == 0 && nanos != 0) Thread.interrupted();
        return taken;
    }

    /** Rounded up; 0 waits for ever. */
    static long millis(long nanos) {
        return nanos < 0 ? 0 : (nanos - 1) / NANOS_PER_MILLI + 1;
    }

    private void take(SelectionKey key) {
        int operations = key.readyOps();
        key.interestOpsAnd(~operations);
        if (taken == tokens.length) {
            tokens = Arrays.copyOf(tokens, taken * 2);
            readiness = Arrays.copyOf(readiness, taken * 2);
        }
        tokens[taken] = (Long) key.attachment();
        readiness[taken] = ((operations & INPUT) != 0 ? IN : 0) | ((operations & OUTPUT) != 0 ? OUT : 0);
        taken++;
    }

    @Override
    public long token(int index) {
        return tokens[index];
    }

    @Override
    public int readiness(int index) {
        return readiness[index];
    }

    /** What is looked for has changed: a wait that has begun would not know. Any thread. */
    void changed() {
        if (isWaiting) wakeUp();
    }

    @Override
    public void wakeUp() {
        selector.wakeup(); // harmless after a close
    }

    @Override
    public void close() {
        try {
            selector.close();
        } catch (IOException e) {
            throw new IllegalStateException("a selector that cannot be closed", e);
        }
    }
}
