package org.dormouse.buffer;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Lends out arrays of {@value #BUFFER_SIZE} bytes and keeps those that come back, up to a bound; the rest is the garbage collector's. Any
 * thread; taking and giving back are one atomic exchange each when, as usual, the threads of one loop are alone with their pool.
 */
public class BufferPool {
    /** Bytes of one buffer; also the most that one call of the kernel moves. */
    public static final int BUFFER_SIZE = 16 * 1024;

    private static final int PROBES = 8;

    private final AtomicReferenceArray<byte @Nullable []> slots;
    // A hint where the next array lies, read and written without order: a wrong value costs a probe, since only the
    // slots decide.
    private int top;

    /** @param maxKept how many unused buffers are kept, {@value #BUFFER_SIZE} bytes each */
    public BufferPool(int maxKept) {
        if (maxKept < 1) throw new IllegalArgumentException("maxKept " + maxKept + " < 1");
        slots = new AtomicReferenceArray<>(maxKept);
    }

    /** An empty buffer of {@link #BUFFER_SIZE} bytes, whose owner the caller becomes. */
    public PooledBuffer take() {
        return new PooledBuffer(this, takeArray(), 0, 0);
    }

    /** An empty buffer of at least {@code capacity} bytes. Those beyond {@link #BUFFER_SIZE} are not kept when they come back. */
    public final PooledBuffer take(int capacity) {
        return capacity <= BUFFER_SIZE ? take() : takeLarge(capacity);
    }

    PooledBuffer takeLarge(int capacity) {
        return new PooledBuffer(this, new byte[capacity], 0, 0);
    }

    /** Gives back what {@code buffer} held. Called once for each buffer, by {@link PooledBuffer#close}. */
    void giveBack(PooledBuffer buffer, byte[] array) {
        if (array.length == BUFFER_SIZE) keep(array);
    }

    /** Somebody closed {@code buffer}, or used it, after it was given back: our bug. */
    IllegalStateException usedAfterClose(PooledBuffer buffer) {
        return new IllegalStateException("buffer used after it was given back");
    }

    final byte[] takeArray() {
        int length = slots.length();
        int hint = top;
        for (int i = 1; i <= PROBES; i++) {
            int slot = Math.floorMod(hint - i, length);
            if (slots.getPlain(slot) == null) continue;
            byte[] array = slots.getAndSet(slot, null);
            if (array != null) {
                top = slot;
                return array;
            }
        }
        return new byte[BUFFER_SIZE];
    }

    final void keep(byte[] array) {
        int length = slots.length();
        int hint = top;
        for (int i = 0; i < PROBES; i++) {
            int slot = Math.floorMod(hint + i, length);
            if (slots.getPlain(slot) != null) continue;
            if (slots.compareAndSet(slot, null, array)) {
                top = slot + 1;
                return;
            }
        }
    }
}
