package org.dormouse.poller;

import org.dormouse.poller.libc.NativeAccess;
import org.dormouse.poller.libc.Platform;
import org.dormouse.poller.libc.Sched;

/**
 * Which threads get a processor first where there are too few. Linux only, and only for threads of its usual policy; elsewhere, and where
 * the system does not let us, nothing happens. No privilege is needed. Any thread.
 */
public final class ThreadPriority {
    /** The kernel's name for the thread that calls. */
    public static final long SELF = 0;

    /**
     * A nice value with a ninth of the usual weight: dozens of such threads leave a good part of a processor to one usual thread, and yet
     * one that holds a lock is not held up for long.
     */
    private static final int LOWERED = 10;

    private static final int KEEP = -20;

    private static final long USUAL_SLICE = 0;

    private static final boolean IS_AVAILABLE = Platform.find(System.getProperty("os.name", "")) == Platform.LINUX
            && NativeAccess.whyDenied().isEmpty();

    private ThreadPriority() {}

    /**
     * Lets a thread that works for a moment at a time have the processor as soon as it wakes up, before others that compute. It gets no
     * greater part of it than they do. Linux has this since 6.12. Threads that this one starts inherit it.
     *
     * @param thread the kernel's number of a thread of this process, or {@link #SELF}
     * @param sliceNanos about how long it works at a time: shorter than the 1.4 to 3 ms that are usual, at least 100,000
     */
    public static boolean beginAtOnce(long thread, long sliceNanos) {
        return set(thread, KEEP, sliceNanos);
    }

    /** Takes {@link #beginAtOnce} back. */
    public static boolean beginInTurn(long thread) {
        return set(thread, KEEP, USUAL_SLICE);
    }

    /**
     * Lets a thread that computes give way to the others.
     *
     * @param thread the kernel's number of a thread of this process
     * @return false if it has ended, or the system does not let us
     */
    public static boolean giveWay(long thread) {
        return set(thread, LOWERED, USUAL_SLICE);
    }

    /** The nice value of the calling thread, for {@link #restore}. */
    public static int nice() {
        return IS_AVAILABLE ? Sched.getpriority(Sched.PRIO_PROCESS, 0) : 0;
    }

    /**
     * Takes {@link #giveWay} back, for the calling thread. That needs the privilege CAP_SYS_NICE, or a limit RLIMIT_NICE that allows it.
     *
     * @param nice what {@link #nice} said before
     * @return false if the system does not let us
     */
    public static boolean restore(int nice) {
        return IS_AVAILABLE && Sched.sched_setattr(0, Sched.SCHED_OTHER, nice, USUAL_SLICE) == 0;
    }

    private static boolean set(long thread, int leastNice, long sliceNanos) {
        if (!IS_AVAILABLE || thread < SELF) return false;
        int number = Math.toIntExact(thread);
        if (Sched.sched_getscheduler(number) != Sched.SCHED_OTHER) return false;
        int nice = Math.max(Sched.getpriority(Sched.PRIO_PROCESS, number), leastNice);
        return Sched.sched_setattr(number, Sched.SCHED_OTHER, nice, sliceNanos) == 0;
    }
}
