package org.dormouse.poller.socket;

import org.dormouse.poller.libc.Errno;
import org.dormouse.poller.libc.Fcntl;
import org.dormouse.poller.libc.Numbers;

/**
 * What a socket of ours is from its first moment on: non-blocking, closed on exec, and silent about broken pipes. Linux and FreeBSD are told
 * so by the flags of {@code socket}, {@code accept4} and {@code send}; macOS has no such flags and is told afterwards.
 */
final class NewSocket {
    static final int FLAGS = SysSocket.SOCK_NONBLOCK | SysSocket.SOCK_CLOEXEC;

    private static final boolean IS_TOLD_BY_FLAGS = SysSocket.SOCK_NONBLOCK != Numbers.NONE
            && SysSocket.SOCK_CLOEXEC != Numbers.NONE
            && SysSocket.MSG_NOSIGNAL != Numbers.NONE;
    private static final int[] ON = {1};

    private NewSocket() {}

    /**
     * Completes what {@link #FLAGS} could not do.
     *
     * @param result a descriptor made with these flags, or {@code -errno}
     * @return the same; or {@code -errno} if it could not be made so, and was closed
     */
    static int complete(int result) {
        return IS_TOLD_BY_FLAGS || result < 0 ? result : tell(result);
    }

    /** Does with three calls what the flags would have done. */
    static int tell(int descriptor) {
        int result = Fcntl.fcntl(descriptor, Fcntl.F_SETFL, Fcntl.O_NONBLOCK);
        if (result >= 0) result = Fcntl.fcntl(descriptor, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
        if (result < 0) {
            KernelSockets.close(descriptor);
            return -Errno.ECONNABORTED;
        }
        // A peer that has left already makes macOS refuse this; the JVM ignores the signal anyway.
        if (SysOptions.SO_NOSIGPIPE != Numbers.NONE)
            SysSocket.setsockopt(descriptor, SysOptions.SOL_SOCKET, SysOptions.SO_NOSIGPIPE, ON);
        return descriptor;
    }
}
