package org.dormouse.buffer;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * A pool that remembers who took each buffer, poisons what comes back and never hands it out again, so that a late reader meets poison and
 * a late writer is found. {@link #close} fails if a buffer was not given back, was given back twice, or changed afterwards. Any thread.
 */
public final class TrackingBufferPool extends BufferPool implements AutoCloseable {
    private static final byte POISON = (byte) 0xDB;
    private static final int MAX_POISONED = 2048;

    private final Map<PooledBuffer, Throwable> taken = new IdentityHashMap<>();
    private final Map<byte[], Throwable> poisoned = new IdentityHashMap<>();
    private final Map<PooledBuffer, Throwable> closed = new IdentityHashMap<>();

    private IllegalStateException misuse;

    public TrackingBufferPool() {
        super(1);
    }

    @Override
    public synchronized PooledBuffer take() {
        return remember(new PooledBuffer(this, new byte[BUFFER_SIZE], 0, 0));
    }

    @Override
    synchronized PooledBuffer takeLarge(int capacity) {
        return remember(super.takeLarge(capacity));
    }

    private PooledBuffer remember(PooledBuffer buffer) {
        taken.put(buffer, new Throwable("taken here, by " + Thread.currentThread()));
        return buffer;
    }

    @Override
    synchronized void giveBack(PooledBuffer buffer, byte[] array) {
        Throwable taker = taken.remove(buffer);
        if (taker == null) throw new AssertionError("given back, but not from this pool");
        Arrays.fill(array, POISON);
        if (poisoned.size() == MAX_POISONED) checkPoison();
        poisoned.put(array, taker);
        closed.put(buffer, new Throwable("given back here", taker));
    }

    @Override
    synchronized IllegalStateException usedAfterClose(PooledBuffer buffer) {
        var error = super.usedAfterClose(buffer);
        Throwable closer = closed.get(buffer);
        if (closer != null) error.addSuppressed(closer);
        misuse = error;
        return error;
    }

    /** How many buffers somebody owns. */
    public synchronized int lent() {
        return taken.size();
    }

    /** Bytes of the largest buffer that somebody owns; 0 if there is none. */
    public synchronized int largest() {
        return taken.keySet().stream()
                .mapToInt(buffer -> buffer.array().length)
                .max()
                .orElse(0);
    }

    private void checkPoison() {
        for (var entry : poisoned.entrySet()) {
            for (byte b : entry.getKey()) {
                if (b != POISON) throw new AssertionError("written to after it was given back", entry.getValue());
            }
        }
        poisoned.clear();
        closed.clear();
    }

    @Override
    public synchronized void close() {
        checkPoison();
        if (misuse != null) throw new AssertionError("a buffer was closed twice, or used afterwards", misuse);
        if (taken.isEmpty()) return;
        var leak = new AssertionError(taken.size() + " buffers were not given back");
        taken.values().forEach(leak::addSuppressed);
        throw leak;
    }
}
