package org.dormouse.buffer;

import org.jspecify.annotations.Nullable;

/**
 * Bytes with one owner at a time: what lies between {@link #start} and {@link #end} is content, what lies behind is room.
 *
 * <p>Ownership moves with the verbs {@code take} and {@code enqueue}; the last owner calls {@link #close}. The object is made for one
 * owner and never handed out again (only its array is), so a reference kept too long meets an error instead of another client's bytes.
 */
public final class PooledBuffer implements AutoCloseable {
    private final @Nullable BufferPool pool;
    private byte @Nullable [] array;
    private int start;
    private int end;

    PooledBuffer(@Nullable BufferPool pool, byte[] array, int start, int end) {
        this.pool = pool;
        this.array = array;
        this.start = start;
        this.end = end;
    }

    /**
     * Content that lies in {@code bytes} and stays there: nobody may change it until it is sent, and many buffers may share it. Closing
     * gives nothing back.
     */
    public static PooledBuffer sharing(byte[] bytes, int offset, int length) {
        return new PooledBuffer(null, bytes, offset, offset + length);
    }

    public byte[] array() {
        byte[] bytes = array;
        if (bytes == null) throw usedAfterClose();
        return bytes;
    }

    /** Where the content begins in {@link #array}. */
    public int start() {
        return start;
    }

    /** Where the content ends and the room begins in {@link #array}. */
    public int end() {
        return end;
    }

    /** Bytes of content. */
    public int size() {
        return end - start;
    }

    /** Bytes that can still be appended; none to shared bytes. */
    public int room() {
        return pool == null ? 0 : array().length - end;
    }

    /** Takes the first {@code bytes} of the content away. */
    public void consume(int bytes) {
        if (bytes < 0 || bytes > size()) throw new IllegalArgumentException("consumes " + bytes + " of " + size());
        start += bytes;
    }

    /** Says that {@code bytes} were written into the room. */
    public void produced(int bytes) {
        if (bytes < 0 || bytes > room()) throw new IllegalArgumentException("produced " + bytes + " in " + room());
        end += bytes;
    }

    /** Appends as much of {@code source} as there is room for; returns how many bytes that were. */
    public int append(byte[] source, int offset, int length) {
        int count = Math.min(length, room());
        System.arraycopy(source, offset, array(), end, count);
        end += count;
        return count;
    }

    /** Moves the content to the beginning of the array, so that all room lies behind it. */
    public void compact() {
        if (start == 0) return;
        byte[] bytes = array();
        System.arraycopy(bytes, start, bytes, 0, end - start);
        end -= start;
        start = 0;
    }

    /**
     * Gives the bytes back to the pool.
     *
     * @throws IllegalStateException if that was done before
     */
    @Override
    public void close() {
        byte[] bytes = array;
        if (bytes == null) throw usedAfterClose();
        array = null;
        if (pool != null) pool.giveBack(this, bytes);
    }

    private IllegalStateException usedAfterClose() {
        return pool == null ? new IllegalStateException("buffer used after close") : pool.usedAfterClose(this);
    }
}
