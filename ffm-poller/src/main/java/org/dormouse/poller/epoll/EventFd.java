package org.dormouse.poller.epoll;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.dormouse.poller.libc.LibC;

/**
 * {@code sys/eventfd.h} with the {@code write} that goes with it: C's names; the result, or {@code -errno}. Any thread: a call state is
 * made for each call. Nothing reads the counter: an edge-triggered watch reports each write, and 2^64 of them take a while.
 */
final class EventFd {
    static final int EFD_CLOEXEC = 0x80000;
    static final int EFD_NONBLOCK = 0x800;

    private static final MethodHandle EVENTFD = LibC.linkCritical("eventfd", LibC.INTS);
    private static final MethodHandle WRITE = LibC.linkCritical("write", LibC.BYTES);

    private EventFd() {}

    static int eventfd(int initial, int flags) {
        int[] callState = new int[LibC.CALL_STATE_INTS];
        try {
            return LibC.result(
                    (int) EVENTFD.invokeExact(MemorySegment.ofArray(callState), initial, flags, 0), callState);
        } catch (Throwable e) {
            throw new AssertionError(e); // a wrong signature: our bug, never the kernel's answer
        }
    }

    /** Adds {@code count[0]} to the counter; never waits if {@code descriptor} is non-blocking. */
    static int write(int descriptor, long[] count) {
        int[] callState = new int[LibC.CALL_STATE_INTS];
        try {
            long written = (long) WRITE.invokeExact(
                    MemorySegment.ofArray(callState), descriptor, MemorySegment.ofArray(count), 8L, 0);
            return LibC.result((int) written, callState);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
