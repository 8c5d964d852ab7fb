package org.dormouse.buffer;

/**
 * Lends out arrays of {@value #BUFFER_SIZE} bytes, and larger ones of {@value #RECORD_SIZE}, and keeps those that come back, up to a bound; the
 * rest is the garbage collector's. Any thread.
 */
public class BufferPool {
    /** Bytes of one buffer. */
    public static final int BUFFER_SIZE = 16 * 1024;

    /** Bytes of one that takes what {@link #BUFFER_SIZE} bytes become in a record of TLS; also the most that one call of the kernel moves. */
    public static final int RECORD_SIZE = 17 * 1024;

    /** The larger ones are held for the moment of a call, or of an unfinished record: fewer are enough. */
    private static final int RECORD_SHARE = 4;

    private final ArrayShelf buffers;
    private final ArrayShelf records;

    /** @param maxKept how many unused buffers are kept, {@value #BUFFER_SIZE} bytes each; and a quarter as many of the larger ones */
    public BufferPool(int maxKept) {
        buffers = new ArrayShelf(BUFFER_SIZE, maxKept);
        records = new ArrayShelf(RECORD_SIZE, Math.max(1, maxKept / RECORD_SHARE));
    }

    /** An empty buffer of {@link #BUFFER_SIZE} bytes, whose owner the caller becomes. */
    public PooledBuffer take() {
        return new PooledBuffer(this, buffers.take(), 0, 0);
    }

    /** An empty buffer of at least {@code capacity} bytes. Those beyond {@link #RECORD_SIZE} are not kept when they come back. */
    public final PooledBuffer take(int capacity) {
        return capacity <= BUFFER_SIZE ? take() : takeLarge(capacity);
    }

    PooledBuffer takeLarge(int capacity) {
        return new PooledBuffer(this, capacity <= RECORD_SIZE ? records.take() : new byte[capacity], 0, 0);
    }

    /** Gives back what {@code buffer} held. Called once for each buffer, by {@link PooledBuffer#close}. */
    void giveBack(PooledBuffer buffer, byte[] array) {
        if (array.length == BUFFER_SIZE) buffers.keep(array);
        else if (array.length == RECORD_SIZE) records.keep(array);
    }

    /** Somebody closed {@code buffer}, or used it, after it was given back: our bug. */
    IllegalStateException usedAfterClose(PooledBuffer buffer) {
        return new IllegalStateException("buffer used after it was given back");
    }
}
