package org.dormouse.websocket;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.poller.loop.InlineTask;
import org.jspecify.annotations.Nullable;

/**
 * A message that the application reads while it arrives. The loop appends, one thread at a time reads and waits where nothing is there; what is
 * compressed it decompresses. What waits is bounded: the loop appends only while there is room, so that a peer is read no faster than the
 * application reads. What the application leaves is dropped.
 */
final class InboundStream extends InputStream {
    /** From so many unread bytes on there is no room; one more read of the connection may lie on top. */
    static final int ROOM = 16 * 1024;

    private static final int SCRATCH_BYTES = 4 * 1024;

    private final SessionTask task;
    private final Receiver target;
    private final @Nullable SessionDeflate deflate; // null where nothing is compressed

    // guarded by this
    private final ArrayDeque<byte[]> pieces = new ArrayDeque<>(2);
    private int position; // in the first piece
    private int unread;
    private boolean ended; // the last piece is there
    private boolean left;
    private boolean broken;
    private boolean full; // the loop was told that there is no room, and waits to hear otherwise
    private @Nullable String failure;
    private @Nullable Thread waiting;
    private int utf8 = Utf8.BOUNDARY; // of what was decompressed
    private long given; // bytes

    /** Bytes that ever came. Loop owner. */
    private long total;

    InboundStream(SessionTask task, Receiver target, @Nullable SessionDeflate deflate) {
        this.task = task;
        this.target = target;
        this.deflate = deflate;
    }

    // --- loop owner

    long total() {
        return total;
    }

    /** Whether more may be appended; if not, reading is resumed when it may. */
    synchronized boolean hasRoom() {
        if (left || unread < ROOM) return true;
        full = true;
        return false;
    }

    /**
     * Appends a copy of {@code bytes[from..to)}.
     *
     * @return false if nobody reads them any more
     */
    boolean append(byte[] bytes, int from, int to, boolean last) {
        total += to - from;
        synchronized (this) {
            if (left) return false;
            if (from < to || (last && deflate != null)) pieces.add(Arrays.copyOfRange(bytes, from, to));
            unread += to - from;
            ended = last;
            LockSupport.unpark(waiting);
        }
        return true;
    }

    /** The rest of the message will never come; does nothing if it is complete. */
    synchronized void fail(String why) {
        if (ended || failure != null) return;
        failure = why;
        LockSupport.unpark(waiting);
    }

    // --- the application's thread

    /** For text. */
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
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) return 0;
        while (true) {
            boolean tell;
            int count;
            synchronized (this) {
                if (left) throw new IOException("the message was left: its handler has returned");
                count = take(bytes, offset, length);
                if (count == 0) {
                    if (failure != null) throw new IOException(failure);
                    if (ended) return -1;
                    waiting = Thread.currentThread();
                }
                tell = full && unread <= ROOM / 2;
                if (tell) full = false;
            }
            if (tell) task.roomAgain();
            if (count > 0) return count;
            await();
        }
    }

    private int take(byte[] bytes, int offset, int length) {
        if (deflate == null) return takePlain(bytes, offset, length);
        if (broken) return 0;
        try {
            return takeCompressed(deflate, bytes, offset, length);
        } catch (ProtocolViolation e) {
            broken = true;
            failure = e.getMessage();
            task.breakOffBy(e);
            return 0;
        }
    }

    private int takePlain(byte[] bytes, int offset, int length) {
        int count = 0;
        for (byte[] first = pieces.peek(); first != null && count < length; first = pieces.peek()) {
            int some = Math.min(length - count, first.length - position);
            System.arraycopy(first, position, bytes, offset + count, some);
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

    private int takeCompressed(SessionDeflate source, byte[] bytes, int offset, int length) throws ProtocolViolation {
        while (true) {
            int count = source.read(bytes, offset, length);
            if (count > 0) {
                given += count;
                long limit = target.maxMessageSize();
                if (limit != Receiver.NO_MAXIMUM && given > limit)
                    throw task.session().tooBig(target, given);
                if (target.kind() == MessageKind.TEXT) check(bytes, offset, offset + count);
                return count;
            }
            byte[] next = pieces.poll();
            if (next == null) return 0;
            unread -= next.length;
            source.beginPiece(next, ended && pieces.isEmpty());
        }
    }

    private void check(byte[] bytes, int from, int to) throws ProtocolViolation {
        utf8 = Utf8.check(utf8, bytes, from, to);
        if (utf8 == Utf8.MALFORMED) throw new ProtocolViolation(Breach.TEXT, "text message is not UTF-8");
    }

    private void await() throws IOException {
        InlineTask.aboutToBlock();
        synchronized (this) {
            if (!pieces.isEmpty() || ended || left || failure != null) return;
        }
        LockSupport.park(this);
        if (Thread.interrupted()) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the rest of a message is to come");
        }
    }

    @Override
    public synchronized int available() {
        return deflate == null ? unread : 0;
    }

    /** Whether what came was no message: the session ends because of that, whatever the application says. */
    synchronized boolean isBroken() {
        return broken;
    }

    /** The application reads no more: what is there is dropped, and what comes. Decompressed all the same, for what follows refers to it. */
    void leave() {
        boolean tell;
        synchronized (this) {
            if (deflate != null) dropCompressed();
            left = true;
            pieces.clear();
            unread = 0;
            waiting = null;
            tell = full;
            full = false;
        }
        if (tell) task.roomAgain();
    }

    private void dropCompressed() {
        byte[] scratch = new byte[SCRATCH_BYTES];
        int count;
        do {
            count = take(scratch, 0, scratch.length);
        } while (count > 0);
    }
}
