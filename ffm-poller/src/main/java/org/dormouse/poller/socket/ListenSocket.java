package org.dormouse.poller.socket;

import org.dormouse.poller.libc.Errno;
import org.jspecify.annotations.Nullable;

/** A listening socket, TCP or Unix, non-blocking. Belongs to whoever holds its loop; {@link #close} as well. */
public interface ListenSocket extends AutoCloseable {
    /** What came of the last {@link #accept}. */
    enum Outcome {
        /** A connection was accepted. */
        ACCEPTED,
        /** Nobody waits; the next one makes the socket ready. */
        NONE_WAITING,
        /** One left while it waited, or its network failed: the next {@link #accept} may succeed at once. */
        ONE_LOST,
        /** The process or the system has no descriptor or memory left: they wait in the kernel; there will be no second edge for them. */
        EXHAUSTED,
        /** The socket is closed. */
        CLOSED;

        /** Sorts what accept(2) returned: Linux passes on errors of the new connection's network as well. */
        public static Outcome of(int result) {
            if (result >= 0) return ACCEPTED;
            int errno = -result;
            if (errno == Errno.EAGAIN) return NONE_WAITING;
            if (errno == Errno.EMFILE || errno == Errno.ENFILE || errno == Errno.ENOBUFS || errno == Errno.ENOMEM)
                return EXHAUSTED;
            return errno == Errno.EBADF || errno == Errno.EINVAL ? CLOSED : ONE_LOST;
        }
    }

    int descriptor();

    /** The port in use; 0 only for a Unix domain socket. */
    int port();

    /** Whether other loops accept from the same queue of the kernel, so that not all of them need be woken for one connection. */
    default boolean isShared() {
        return false;
    }

    /** Takes the next connection, which has the options of this socket ({@link SocketOptions}); null if there is none: see {@link #outcome}. */
    @Nullable
    StreamSocket accept();

    /** What came of the last {@link #accept}. */
    Outcome outcome();

    /** The kernel's reason for the last {@link #accept} that gave none, as {@code -errno}; 0 if there was none. */
    int error();

    /**
     * Where no descriptor is left: takes the next connection with one that was kept for this, and ends it in order, so that its peer need not
     * wait for nothing. See {@link #outcome} if there was none to end; it is still {@link Outcome#EXHAUSTED} where memory lacks, or where
     * another thread was quicker to use the kept one.
     *
     * @param scratch at least a byte; overwritten
     * @return whether a connection was ended
     */
    boolean turnAway(byte[] scratch);

    /** Takes the descriptor for {@link #turnAway} again if it was lost, and there is one. */
    void keepOneBack();

    /** Stops listening; who still waits to be accepted is reset, unless other loops share the socket: then the last of them ends it. A second call does nothing. */
    @Override
    void close();
}
