package org.dormouse.websocket;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.poller.loop.InlineTask;
import org.jspecify.annotations.Nullable;

/**
 * A message that the application reads while it arrives. The loop appends, one thread reads and waits where nothing is there. What waits is
 * bounded: the loop appends only while there is room, so that a peer is read no faster than the application reads. What the application
 * leaves is dropped.
 */
final class InboundStream extends InputStream {
    /** From so many unread bytes on there is no room; one more read of the connection may lie on top. */
    static final int ROOM = 16 * 1024;

    private final Runnable roomAgain;

    // guarded by this
    private final ArrayDeque<byte[]> pieces = new ArrayDeque<>(2);
    private int position; // in the first piece
    private int unread;
    private boolean ended;
    private boolean left;
    private boolean full; // the loop was told that there is no room, and waits to hear otherwise
    private @Nullable IOException failure;
    private @Nullable Thread waiting;

    /** Bytes that ever came. Loop owner. */
    private long total;

    /** @param roomAgain called by the reader when there is room after there was none */
    InboundStream(Runnable roomAgain) {
        this.roomAgain = roomAgain;
    }

    // --- loop owner

    long total() {
        return total;
    }

    /** Whether more may be appended; if not, {@code roomAgain} is called when it may. */
    synchronized boolean hasRoom() {
        if (left || unread < ROOM) return true;
        full = true;
        return false;
    }

    /** Appends a copy of {@code bytes[from..to)}. */
    void append(byte[] bytes, int from, int to) {
        total += to - from;
        if (from == to) return;
        synchronized (this) {
            if (left) return;
            pieces.add(Arrays.copyOfRange(bytes, from, to));
            unread += to - from;
            wake();
        }
    }

    /** The message is complete. */
    synchronized void end() {
        ended = true;
        wake();
    }

    /** The rest of the message will never come; does nothing if it is complete. */
    synchronized void fail(String why) {
        if (ended || failure != null) return;
        failure = new IOException(why);
        wake();
    }

    private void wake() {
        LockSupport.unpark(waiting);
    }

    // --- the application's thread

    /** For text: it was found to be UTF-8 as it came. */
    Reader reader() {
        return new InputStreamReader(this, StandardCharsets.UTF_8);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /**
     * Reads what is there, and waits if nothing is.
     *
     * @throws IOException if the session ended before the message did, or the handler of the message has returned
     */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        java.util.Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) return 0;
        while (true) {
            boolean tell;
            int count;
            synchronized (this) {
                if (left) throw new IOException("the message was left: its handler has returned");
                count = take(target, offset, length);
                if (count == 0) {
                    if (ended) return -1;
                    if (failure != null) throw new IOException(failure.getMessage(), failure);
                    waiting = Thread.currentThread();
                }
                tell = tellsRoom();
            }
            if (tell) roomAgain.run();
            if (count > 0) return count;
            await();
        }
    }

    private int take(byte[] target, int offset, int length) {
        int count = 0;
        for (byte[] first = pieces.peek(); first != null && count < length; first = pieces.peek()) {
            int some = Math.min(length - count, first.length - position);
            System.arraycopy(first, position, target, offset + count, some);
            count += some;
            position += some;
            if (position == first.length) {
                pieces.remove();
                position = 0;
            }
        }
        unread -= count;
        return count;
    }

    private boolean tellsRoom() {
        boolean tell = full && unread <= ROOM / 2;
        if (tell) full = false;
        return tell;
    }

    private void await() throws IOException {
        InlineTask.aboutToBlock();
        synchronized (this) {
            if (unread > 0 || ended || left || failure != null) return;
        }
        LockSupport.park(this);
        if (Thread.interrupted()) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the rest of a message is to come");
        }
    }

    @Override
    public synchronized int available() {
        return unread;
    }

    /** The application reads no more: what is there and what comes is dropped. */
    void leave() {
        boolean tell;
        synchronized (this) {
            left = true;
            pieces.clear();
            unread = 0;
            waiting = null;
            tell = full;
            full = false;
        }
        if (tell) roomAgain.run();
    }
}
