package org.dormouse.poller.kqueue;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.dormouse.poller.libc.LibC;
import org.dormouse.poller.libc.Platform;

/**
 * {@code sys/event.h}: C's names and order of arguments; the result, or {@code -errno}. On Linux they come from libkqueue, which stands on
 * epoll. {@code kevent} is linked twice: to wait, and for changes alone, which never wait.
 */
final class Kqueue {
    /** Where Linux has these functions from. */
    static final String LIBRARY = "libkqueue.so.0";

    private static final SymbolLookup FUNCTIONS =
            Platform.CURRENT == Platform.LINUX ? LibC.library(LIBRARY) : LibC.functions();
    private static final FunctionDescriptor EVENTS =
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);

    private static final MethodHandle KQUEUE = LibC.linkCritical(FUNCTIONS, "kqueue", LibC.INTS);
    private static final MethodHandle CHANGE = LibC.linkCritical(FUNCTIONS, "kevent", EVENTS);
    private static final MethodHandle WAIT = LibC.link(FUNCTIONS, "kevent", EVENTS);

    private final MemorySegment callState;

    Kqueue(Arena arena) {
        callState = LibC.callState(arena);
    }

    /** No child inherits the queue, so there is no flag for that. */
    int kqueue() {
        try {
            return LibC.result((int) KQUEUE.invokeExact(callState, 0, 0, 0), callState);
        } catch (Throwable e) {
            throw new AssertionError(e); // a wrong signature: our bug, never the kernel's answer
        }
    }

    /** Changes what is watched; takes no events. Any thread: a call state is made for each call. */
    static int change(int queue, MemorySegment changes, int count) {
        int[] callState = new int[LibC.CALL_STATE_INTS];
        try {
            int result = (int) CHANGE.invokeExact(
                    MemorySegment.ofArray(callState), queue, changes, count, MemorySegment.NULL, 0, MemorySegment.NULL);
            return LibC.result(result, callState);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Takes events, changes nothing. One call at a time. */
    int await(int queue, MemorySegment events, int capacity, MemorySegment timeout) {
        try {
            int result = (int) WAIT.invokeExact(callState, queue, MemorySegment.NULL, 0, events, capacity, timeout);
            return LibC.result(result, callState);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
