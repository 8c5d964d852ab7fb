package org.dormouse.poller;

import org.dormouse.poller.libc.Time;

/** Processor time of platform threads, readable by other threads: tells who computes from who waits. */
public final class ThreadTime {
    /** No such clock, or its thread has ended. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    private ThreadTime() {}

    /** Names the calling platform thread's clock, for {@link #nanos}. */
    public static long clockOfThisThread() {
        int[] clock = new int[1];
        return Time.pthread_getcpuclockid(Time.pthread_self(), clock) == 0 ? clock[0] : UNKNOWN;
    }

    /** Nanoseconds of processor that the clock's thread has used. */
    public static long nanos(long clock) {
        if (clock == UNKNOWN) return UNKNOWN;
        long[] timespec = new long[2];
        if (Time.clock_gettime((int) clock, timespec) < 0) return UNKNOWN;
        return timespec[0] * 1_000_000_000L + timespec[1];
    }
}
