package org.dormouse.poller.libc;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@code unistd.h}: C's names and order of arguments; the result, or {@code -errno}. Any thread. */
public final class Unistd {
    // For sockets whose SO_LINGER is not above 0, epoll and eventfd only: none of them waits.
    private static final MethodHandle CLOSE = LibC.linkCritical("close", LibC.INTS);

    private Unistd() {}

    /** Never repeat it: Linux has given the descriptor back even where it says EINTR. */
    public static int close(int descriptor) {
        int[] callState = new int[LibC.CALL_STATE_INTS];
        try {
            return LibC.result((int) CLOSE.invokeExact(MemorySegment.ofArray(callState), descriptor, 0, 0), callState);
        } catch (Throwable e) {
            throw new AssertionError(e); // a wrong signature: our bug, never the kernel's answer
        }
    }
}
