package org.dormouse.http;

import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request between the host that offers it and the one reader: bounded, so that the host stops and is told when to go on.
 *
 * <pre>
 *   offer* , then end or fail     the host, one call at a time
 *   read, whenReadable            the reader
 *   cut, discard                  any thread
 * </pre>
 *
 * The lock is held for the bookkeeping of a chunk only, never while calling out: it makes the end of a wait and the byte that ends it one
 * step, so that a wake-up is neither lost nor given to the wait after.
 */
final class FedBody {
    /** What a chunk costs beside its bytes: a peer that sends single bytes must not hold fifty times the bound. */
    static final int CHUNK_OVERHEAD = 48;

    private static final byte[] NOTHING = {};

    private final ForeignConnection connection;
    private final long contentLength;
    private final int maxHeldBytes;

    // guarded by this
    private final ArrayDeque<byte[]> chunks = new ArrayDeque<>();
    private long heldBytes;
    private boolean over;
    private @Nullable IOException fault; // thrown behind the bytes that came before it
    private @Nullable IOException cut; // thrown at once
    private boolean discarding;
    private boolean stopped; // offer said so, and resume is owed
    private @Nullable Runnable wake;

    // host only
    private long offeredBytes;

    // reader only
    private byte[] chunk = NOTHING;
    private int position;
    private long readBytes;

    FedBody(ForeignConnection connection, long contentLength, int maxHeldBytes) {
        this.connection = connection;
        this.contentLength = contentLength;
        this.maxHeldBytes = maxHeldBytes;
        this.over = contentLength == 0;
    }

    boolean offer(byte[] bytes) {
        if (bytes.length == 0) return true;
        offeredBytes += bytes.length;
        if (contentLength >= 0 && offeredBytes > contentLength) {
            fail(new BadRequest(
                    400, "body of at least " + offeredBytes + " bytes, its content length is " + contentLength));
            return true;
        }
        Runnable woken;
        boolean full;
        synchronized (this) {
            if (discarding || cut != null) return true;
            if (over) throw new IllegalStateException("bytes offered after the end of the body");
            if (heldBytes >= 2L * maxHeldBytes) {
                throw new IllegalStateException(bytes.length + " bytes offered to a full exchange, which holds "
                        + heldBytes + ", bound maxHeldBytes " + maxHeldBytes);
            }
            chunks.add(bytes);
            heldBytes += bytes.length + CHUNK_OVERHEAD;
            full = heldBytes >= maxHeldBytes;
            if (full) stopped = true;
            woken = takeWake();
        }
        if (woken != null) woken.run();
        return !full;
    }

    void end() {
        if (contentLength > 0 && offeredBytes < contentLength) {
            fail(new BadRequest(400, "body of " + offeredBytes + " bytes, its content length is " + contentLength));
            return;
        }
        finishWith(null);
    }

    /** Ends the body with {@code fault}, behind what was offered. */
    void fail(IOException fault) {
        finishWith(fault);
    }

    private void finishWith(@Nullable IOException fault) {
        Runnable woken;
        synchronized (this) {
            if (over) return;
            over = true;
            this.fault = fault;
            woken = takeWake();
        }
        if (woken != null) woken.run();
    }

    /** The connection is no more: readers are told at once, what is held is dropped. The first cause stays. */
    void cut(IOException cause) {
        Runnable woken;
        synchronized (this) {
            if (cut != null) return;
            cut = cause;
            chunks.clear();
            woken = takeWake();
        }
        if (woken != null) woken.run();
    }

    /** Nobody reads any more: what is held and what still comes is dropped, so that the connection can go on. */
    void discard() {
        boolean resumes;
        synchronized (this) {
            discarding = true;
            chunks.clear();
            heldBytes = 0;
            wake = null;
            resumes = takeResume();
        }
        if (resumes) connection.resume();
    }

    int read(byte[] target, int offset, int length) throws IOException {
        if (position == chunk.length) {
            boolean resumes;
            synchronized (this) {
                if (cut != null) throw cut;
                byte[] next = chunks.poll();
                if (next == null) return endOrNothing();
                heldBytes -= next.length + CHUNK_OVERHEAD;
                resumes = takeResume();
                chunk = next;
                position = 0;
            }
            if (resumes) connection.resume();
        }
        int copied = Math.min(length, chunk.length - position);
        System.arraycopy(chunk, position, target, offset, copied);
        position += copied;
        readBytes += copied;
        if (position == chunk.length) {
            chunk = NOTHING;
            position = 0;
        }
        return copied;
    }

    /** Nothing is held: why. */
    private int endOrNothing() throws IOException {
        if (fault != null) throw fault;
        return over || readBytes == contentLength ? -1 : 0;
    }

    boolean isRead() {
        if (position < chunk.length) return false;
        if (readBytes == contentLength) return true;
        synchronized (this) {
            return over && fault == null && chunks.isEmpty();
        }
    }

    void whenReadable(Runnable wake) {
        synchronized (this) {
            boolean readable = position < chunk.length || !chunks.isEmpty() || over || cut != null;
            this.wake = readable ? null : wake;
            if (!readable) return;
        }
        wake.run();
    }

    private @Nullable Runnable takeWake() {
        Runnable taken = wake;
        wake = null;
        return taken;
    }

    /** Whether the host is to go on: only once half of the bound is free, not for each chunk. */
    private boolean takeResume() {
        boolean resumes = stopped && heldBytes <= maxHeldBytes / 2;
        if (resumes) stopped = false;
        return resumes;
    }
}
