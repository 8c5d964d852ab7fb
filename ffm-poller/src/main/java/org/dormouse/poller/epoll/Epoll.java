package org.dormouse.poller.epoll;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.dormouse.poller.libc.LibC;

/**
 * {@code sys/epoll.h}: C's names and order of arguments; the result, or {@code -errno}. One call at a time, since they share a call
 * state.
 */
final class Epoll {
    static final int EPOLL_CLOEXEC = 0x80000;
    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CTL_DEL = 2;

    private static final MethodHandle CREATE = LibC.linkCritical("epoll_create1", LibC.INTS);
    private static final MethodHandle CTL = LibC.linkCritical("epoll_ctl", LibC.SETTING);
    private static final MethodHandle WAIT =
            LibC.link("epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));

    private final MemorySegment callState;

    Epoll(Arena arena) {
        callState = LibC.callState(arena);
    }

    int epoll_create1(int flags) {
        try {
            return LibC.result((int) CREATE.invokeExact(callState, flags, 0, 0), callState);
        } catch (Throwable e) {
            throw new AssertionError(e); // a wrong signature: our bug, never the kernel's answer
        }
    }

    int epoll_ctl(int epfd, int operation, int descriptor, MemorySegment event) {
        try {
            return LibC.result((int) CTL.invokeExact(callState, epfd, operation, descriptor, event, 0), callState);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    int epoll_wait(int epfd, MemorySegment events, int maxEvents, int timeoutMillis) {
        try {
            return LibC.result((int) WAIT.invokeExact(callState, epfd, events, maxEvents, timeoutMillis), callState);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
