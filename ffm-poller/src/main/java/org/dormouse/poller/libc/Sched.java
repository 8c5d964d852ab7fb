package org.dormouse.poller.libc;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * {@code linux/sched/types.h}, {@code sched.h} and {@code sys/resource.h}, for threads of Linux alone: C's names; the result, or {@code
 * -errno}. Any thread.
 */
public final class Sched {
    /** For {@code which} of {@link #getpriority}: {@code who} is a thread. */
    public static final int PRIO_PROCESS = 0;

    /** The policy of threads that nobody has given another. */
    public static final int SCHED_OTHER = 0;

    /** Bytes of {@code struct sched_attr} as it was first; fields that came later are not sent. */
    private static final int SCHED_ATTR_SIZE_VER0 = 48;

    private static final int SYS_SCHED_SETATTR =
            System.getProperty("os.arch", "").equals("aarch64") ? 274 : 314; // asm/unistd.h

    private static final MethodHandle GETPRIORITY = LibC.linkCritical("getpriority", LibC.INTS);
    private static final MethodHandle GETSCHEDULER = LibC.linkCritical("sched_getscheduler", LibC.INTS);
    private static final MethodHandle SYSCALL = LibC.linkCritical("syscall", LibC.SOCKET_ADDRESS);

    private Sched() {}

    /** A nice value; -1 may also stand for an error. */
    public static int getpriority(int which, int who) {
        int[] callState = new int[LibC.CALL_STATE_INTS];
        try {
            return (int) GETPRIORITY.invokeExact(MemorySegment.ofArray(callState), which, who, 0);
        } catch (Throwable e) {
            throw new AssertionError(e); // a wrong signature: our bug, never the kernel's answer
        }
    }

    public static int sched_getscheduler(int thread) {
        int[] callState = new int[LibC.CALL_STATE_INTS];
        try {
            int returned = (int) GETSCHEDULER.invokeExact(MemorySegment.ofArray(callState), thread, 0, 0);
            return LibC.result(returned, callState);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /**
     * By its number, because C libraries have no function for it.
     *
     * @param runtimeNanos of policy {@link #SCHED_OTHER}, since Linux 6.12: how long a slice is; 0 for the usual one
     */
    public static int sched_setattr(int thread, int policy, int nice, long runtimeNanos) {
        MemorySegment attributes = MemorySegment.ofArray(new long[SCHED_ATTR_SIZE_VER0 / Long.BYTES]);
        attributes.set(ValueLayout.JAVA_INT, 0, SCHED_ATTR_SIZE_VER0);
        attributes.set(ValueLayout.JAVA_INT, 4, policy);
        attributes.set(ValueLayout.JAVA_INT, 16, nice);
        attributes.set(ValueLayout.JAVA_LONG, 24, runtimeNanos);
        int[] callState = new int[LibC.CALL_STATE_INTS];
        try {
            int returned = (int) SYSCALL.invokeExact(
                    MemorySegment.ofArray(callState),
                    SYS_SCHED_SETATTR,
                    MemorySegment.ofAddress(thread),
                    attributes,
                    0);
            return LibC.result(returned, callState);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
