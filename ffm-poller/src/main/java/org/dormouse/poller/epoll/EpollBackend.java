package org.dormouse.poller.epoll;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.dormouse.poller.backend.Backend;
import org.dormouse.poller.backend.Wakers;
import org.dormouse.poller.libc.Errno;
import org.dormouse.poller.libc.Unistd;

/** The readiness queue over epoll, woken by an eventfd. */
public final class EpollBackend implements Backend {
    /** The word by which a user asks for this backend. */
    public static final String NAME = "epoll";

    private static final int CAPACITY = 512;
    private static final long WAKE_UP = -1;
    private static final int NANOS_PER_MILLI = 1_000_000;
    private static final long[] ONE = {1};

    // Shared, because a loop changes hands; the arena closes with the backend.
    private final Arena arena = Arena.ofShared();
    private final Epoll epoll = new Epoll(arena);
    private final MemorySegment ready = arena.allocate(EpollEvent.BYTES * CAPACITY, 8);
    private final MemorySegment change = arena.allocate(EpollEvent.BYTES, 8);
    private final int epfd;
    private final int eventfd;

    // any thread
    private final Wakers wakers = new Wakers();

    private EpollBackend() throws IOException {
        int queue = -1;
        int waker = -1;
        try {
            queue = check("epoll_create1", epoll.epoll_create1(Epoll.EPOLL_CLOEXEC));
            waker = check("eventfd", EventFd.eventfd(0, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK));
            EpollEvent.set(change, EpollEvent.EPOLLIN | EpollEvent.EPOLLET, WAKE_UP);
            check("epoll_ctl", epoll.epoll_ctl(queue, Epoll.EPOLL_CTL_ADD, waker, change));
        } catch (IOException e) {
            if (waker >= 0) Unistd.close(waker);
            if (queue >= 0) Unistd.close(queue);
            arena.close();
            throw e;
        }
        epfd = queue;
        eventfd = waker;
    }

    /** Opens a queue of its own; {@code IOException} says what the kernel refused. */
    public static EpollBackend open() throws IOException {
        return new EpollBackend();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void add(int descriptor, int interest, long token) throws IOException {
        EpollEvent.set(change, EpollEvent.EPOLLET | events(interest), token);
        check("epoll_ctl", epoll.epoll_ctl(epfd, Epoll.EPOLL_CTL_ADD, descriptor, change));
    }

    private static int events(int interest) {
        // Beside this flag the kernel takes no EPOLLRDHUP, which a listening socket does not need.
        if ((interest & EXCLUSIVE) != 0) return EpollEvent.EPOLLIN | EpollEvent.EPOLLEXCLUSIVE;
        int events = 0;
        if ((interest & IN) != 0) events |= EpollEvent.EPOLLIN | EpollEvent.EPOLLRDHUP;
        if ((interest & OUT) != 0) events |= EpollEvent.EPOLLOUT;
        return events;
    }

    @Override
    public void remove(int descriptor) throws IOException {
        int result = epoll.epoll_ctl(epfd, Epoll.EPOLL_CTL_DEL, descriptor, change);
        // Closing a descriptor has ended its watch already.
        if (result != -Errno.ENOENT && result != -Errno.EBADF) check("epoll_ctl", result);
    }

    @Override
    public int await(long nanos) throws IOException {
        int result = epoll.epoll_wait(epfd, ready, CAPACITY, millis(nanos));
        return Errno.isRetry(result) ? 0 : check("epoll_wait", result);
    }

    /** Rounded up, so that who waits for a moment does not wake before it; far ones are cut: waking early is harmless. */
    static int millis(long nanos) {
        if (nanos <= 0) return nanos == 0 ? 0 : -1;
        return (int) Math.min(Integer.MAX_VALUE, (nanos - 1) / NANOS_PER_MILLI + 1);
    }

    @Override
    public long token(int index) {
        return EpollEvent.data(ready, index);
    }

    @Override
    public int readiness(int index) {
        int events = EpollEvent.events(ready, index);
        int readiness = 0;
        if ((events & EpollEvent.EPOLLIN) != 0) readiness |= IN;
        if ((events & EpollEvent.EPOLLOUT) != 0) readiness |= OUT;
        if ((events & EpollEvent.EPOLLRDHUP) != 0) readiness |= PEER_FINISHED;
        if ((events & (EpollEvent.EPOLLHUP | EpollEvent.EPOLLERR)) != 0) readiness |= GONE;
        return readiness;
    }

    @Override
    public void wakeUp() {
        if (!wakers.enter()) return;
        try {
            EventFd.write(eventfd, ONE); // its only error is a full counter, and that wakes as well
        } finally {
            wakers.leave();
        }
    }

    @Override
    public void close() {
        if (!wakers.close()) return;
        Unistd.close(eventfd);
        Unistd.close(epfd);
        arena.close();
    }

    private static int check(String call, int result) throws IOException {
        if (result < 0) throw new IOException(call + ": " + Errno.describe(-result));
        return result;
    }
}
