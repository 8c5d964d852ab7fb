package org.dormouse.poller.socket;

import java.io.IOException;
import org.dormouse.poller.libc.Errno;

/** Reads the negative results of {@link StreamSocket}. */
public final class SocketError {
    /** What a socket gives that cannot go on, though the kernel's could. */
    public static final int ABORTED = -Errno.ECONNABORTED;

    private SocketError() {}

    /** Nothing is wrong: there is nothing to read, or no room to write, until the next readiness. */
    public static boolean wouldBlock(int result) {
        return result == -Errno.EAGAIN;
    }

    /** The peer is gone: reset, broken pipe, timed out, unreachable. */
    public static boolean isPeerGone(int result) {
        int errno = -result;
        return errno == Errno.ECONNRESET
                || errno == Errno.EPIPE
                || errno == Errno.ETIMEDOUT
                || errno == Errno.ENOTCONN
                || errno == Errno.EHOSTUNREACH
                || errno == Errno.ENETUNREACH
                || errno == Errno.ENETDOWN
                || errno == Errno.ECONNABORTED;
    }

    /** Of {@link StreamSocket#sendFile}: the file cannot be read, or not in this way; nothing is wrong with the socket. */
    public static boolean isOfFile(int result) {
        int errno = -result;
        return errno == Errno.EINVAL
                || errno == Errno.EIO
                || errno == Errno.EOPNOTSUPP
                || errno == Errno.ENOSYS
                || errno == Errno.EOVERFLOW;
    }

    /** For messages: {@code ECONNRESET (104)}. */
    public static String describe(int result) {
        return Errno.describe(-result);
    }

    /** The exception for callers that need one; {@code call} is the system call's name. */
    public static IOException exception(String call, int result) {
        return new IOException(call + ": " + describe(result));
    }
}
