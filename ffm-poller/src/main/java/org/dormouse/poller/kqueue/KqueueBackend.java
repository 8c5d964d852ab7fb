package org.dormouse.poller.kqueue;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.dormouse.poller.backend.Backend;
import org.dormouse.poller.backend.Wakers;
import org.dormouse.poller.libc.Errno;
import org.dormouse.poller.libc.LibC;
import org.dormouse.poller.libc.NativeException;
import org.dormouse.poller.libc.Platform;
import org.dormouse.poller.libc.Unistd;

/**
 * The readiness queue over kqueue, woken by an event of its own ({@code EVFILT_USER}). A connection is two watches, for input and for
 * output, both registered once and cleared when reported; so its readiness may come as two events of one {@link #await}, each with its
 * own bits. {@link Events} says what they mean.
 */
public final class KqueueBackend implements Backend {
    /** The word by which a user asks for this backend. */
    public static final String NAME = "kqueue";

    private static final int CHANGES = 2;
    private static final long WAKE_UP = -1;
    private static final int WATCH = Kevent.EV_ADD | Kevent.EV_CLEAR;

    /** {@code struct timespec}: seconds, nanoseconds. */
    static final long TIMESPEC_BYTES = 16;

    /** Older kernels refuse waits of more than 100,000,000 seconds; waking early is harmless. */
    private static final long MAX_WAIT_NANOS = TimeUnit.DAYS.toNanos(1);

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS_PER_MICRO = 1_000;

    // Shared, because a loop changes hands; the arena closes with the backend.
    private final Arena arena = Arena.ofShared();
    private final Kqueue kqueue = new Kqueue(arena);
    private final Events events = new Events(arena);
    private final MemorySegment changes = arena.allocate(Kevent.BYTES * CHANGES, Long.BYTES);
    private final MemorySegment timeout = arena.allocate(TIMESPEC_BYTES, Long.BYTES);
    private final int queue;

    // any thread
    private final Wakers wakers = new Wakers();
    private final MemorySegment trigger = MemorySegment.ofArray(new long[(int) Kevent.BYTES / Long.BYTES]);

    private KqueueBackend() throws IOException {
        int opened = -1;
        try {
            opened = check("kqueue", kqueue.kqueue());
            Kevent.set(changes, 0, 0, Kevent.EVFILT_USER, WATCH, 0, WAKE_UP);
            check("kevent", Kqueue.change(opened, changes, 1));
        } catch (IOException e) {
            if (opened >= 0) Unistd.close(opened);
            arena.close();
            throw e;
        }
        queue = opened;
        Kevent.set(trigger, 0, 0, Kevent.EVFILT_USER, 0, Kevent.NOTE_TRIGGER, WAKE_UP);
    }

    /**
     * Opens a queue of its own; {@code IOException} says what the kernel refused.
     *
     * @throws UnsupportedOperationException on Linux, if libkqueue is not installed
     */
    public static KqueueBackend open() throws IOException {
        try {
            if (Platform.CURRENT == Platform.LINUX) LibC.library(Kqueue.LIBRARY);
        } catch (NativeException e) {
            throw new UnsupportedOperationException("backend " + NAME + " cannot be had: " + e.getMessage(), e);
        }
        return new KqueueBackend();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void add(int descriptor, int interest, long token) throws IOException {
        int count = 0;
        if ((interest & IN) != 0) Kevent.set(changes, count++, descriptor, Kevent.EVFILT_READ, WATCH, 0, token);
        if ((interest & OUT) != 0) Kevent.set(changes, count++, descriptor, Kevent.EVFILT_WRITE, WATCH, 0, token);
        int result = Kqueue.change(queue, changes, count);
        if (result < 0) {
            delete(descriptor); // the first may have been taken before the second was refused
            check("kevent", result);
        }
        events.begin(descriptor);
    }

    @Override
    public void remove(int descriptor) throws IOException {
        int result = delete(descriptor);
        // Closing a descriptor has ended its watch already; a listening socket has no second one.
        if (result != -Errno.ENOENT && result != -Errno.EBADF) check("kevent", result);
    }

    private int delete(int descriptor) {
        Kevent.set(changes, 0, descriptor, Kevent.EVFILT_READ, Kevent.EV_DELETE, 0, 0);
        Kevent.set(changes, 1, descriptor, Kevent.EVFILT_WRITE, Kevent.EV_DELETE, 0, 0);
        return Kqueue.change(queue, changes, 2);
    }

    @Override
    public int await(long nanos) throws IOException {
        int result = kqueue.await(queue, events.array(), Events.CAPACITY, timeout(nanos));
        if (Errno.isRetry(result)) return 0;
        int count = check("kevent", result);
        events.taken(count);
        return count;
    }

    /** Rounded up to what older kernels count in, so that who waits for a moment does not wake before it. */
    static long rounded(long nanos) {
        return (Math.min(nanos, MAX_WAIT_NANOS) + NANOS_PER_MICRO - 1) / NANOS_PER_MICRO * NANOS_PER_MICRO;
    }

    private MemorySegment timeout(long nanos) {
        if (nanos < 0) return MemorySegment.NULL;
        long rounded = rounded(nanos);
        timeout.set(JAVA_LONG, 0, rounded / NANOS_PER_SECOND);
        timeout.set(JAVA_LONG, 8, rounded % NANOS_PER_SECOND);
        return timeout;
    }

    @Override
    public long token(int index) {
        return events.token(index);
    }

    @Override
    public int readiness(int index) {
        return events.readiness(index);
    }

    @Override
    public void wakeUp() {
        if (!wakers.enter()) return;
        try {
            Kqueue.change(queue, trigger, 1);
        } finally {
            wakers.leave();
        }
    }

    @Override
    public void close() {
        if (!wakers.close()) return;
        Unistd.close(queue);
        arena.close();
    }

    private static int check(String call, int result) throws IOException {
        if (result < 0) throw new IOException(call + ": " + Errno.describe(-result));
        return result;
    }
}
