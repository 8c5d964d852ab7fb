package org.dormouse.poller.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@code time.h} and the clocks of {@code pthread.h}: C's names; the result, or {@code -errno}. Any thread. */
public final class Time {
    private static final MethodHandle SELF = LibC.linkCritical("pthread_self", FunctionDescriptor.of(JAVA_LONG));
    private static final MethodHandle GET_CPU_CLOCK_ID =
            LibC.linkCritical("pthread_getcpuclockid", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle GET_TIME =
            LibC.linkCritical("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

    private Time() {}

    public static long pthread_self() {
        int[] callState = new int[LibC.CALL_STATE_INTS];
        try {
            return (long) SELF.invokeExact(MemorySegment.ofArray(callState));
        } catch (Throwable e) {
            throw new AssertionError(e); // a wrong signature: our bug, never the C library's answer
        }
    }

    /** Returns its error as a positive number, as C does. */
    public static int pthread_getcpuclockid(long thread, int[] clock) {
        int[] callState = new int[LibC.CALL_STATE_INTS];
        try {
            return (int) GET_CPU_CLOCK_ID.invokeExact(
                    MemorySegment.ofArray(callState), thread, MemorySegment.ofArray(clock));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Fills seconds and nanoseconds: {@code struct timespec} of 64-bit Linux. */
    public static int clock_gettime(int clock, long[] timespec) {
        int[] callState = new int[LibC.CALL_STATE_INTS];
        try {
            return LibC.result(
                    (int) GET_TIME.invokeExact(
                            MemorySegment.ofArray(callState), clock, MemorySegment.ofArray(timespec)),
                    callState);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
