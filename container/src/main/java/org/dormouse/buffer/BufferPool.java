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
    // Arrays lie below it, room above: a hint, read and written without order. Writes that cross can leave it on the
    // wrong side, so both are looked at; only the slots decide.
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
        return takeNear(top);
    }

    final void keep(byte[] array) {
        keepNear(top, array);
    }

    byte[] takeNear(int hint) {
        for (int i = 1; i <= PROBES; i++) {
            int slot = slot(hint - i);
            byte[] array = takeFrom(slot);
            if (array == null) continue;
            top = slot;
            return array;
        }
        for (int i = 0; i < PROBES; i++) {
            byte[] array = takeFrom(slot(hint + i));
            if (array == null) continue;
            top = slot(hint + PROBES); // where more of them are likely below it
            return array;
        }
        return new byte[BUFFER_SIZE];
    }

    void keepNear(int hint, byte[] array) {
        for (int i = 0; i < PROBES; i++) if (keepIn(slot(hint + i), array)) return;
        for (int i = 1; i <= PROBES; i++) if (keepIn(slot(hint - i), array)) return;
    }

    private byte @Nullable [] takeFrom(int slot) {
        return slots.getPlain(slot) == null ? null : slots.getAndSet(slot, null);
    }

    private boolean keepIn(int slot, byte[] array) {
        if (slots.getPlain(slot) != null || !slots.compareAndSet(slot, null, array)) return false;
        top = slot + 1;
        return true;
    }

    private int slot(int position) {
        return Math.floorMod(position, slots.length());
    }
}
