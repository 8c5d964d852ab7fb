package org.dormouse.poller.loop;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Processor time of platform threads, readable by other threads: tells who computes from who waits. From /proc of Linux, because the
 * JDK's own way loads all of JMX, and a thread's state says RUNNABLE of one that waits in a system call.
 */
final class ProcessorTime {
    static final long UNKNOWN = -1;

    /** More than the numbers of schedstat, and than what stands before the state in stat: a number and a name of 16 bytes. */
    private static final int MAX_BYTES = 64;

    private ProcessorTime() {}

    /** Names the calling platform thread for {@link #nanos}; null if this system has no such place. */
    static @Nullable File ofThisThread() {
        try {
            File self = new File("/proc/thread-self");
            File task = self.getCanonicalFile(); // /proc/PID/task/TID
            return task.equals(self) ? null : task;
        } catch (IOException e) {
            return null;
        }
    }

    /** Nanoseconds of processor that a thread has used, some milliseconds ago; {@link #UNKNOWN} if it has ended or cannot be asked. */
    static long nanos(@Nullable File thread) {
        try {
            // The first of three numbers: time on the processor, in nanoseconds.
            String numbers = read(thread, "schedstat");
            return Long.parseLong(numbers.substring(0, numbers.indexOf(' ')));
        } catch (IOException | NumberFormatException | StringIndexOutOfBoundsException e) {
            return UNKNOWN;
        }
    }

    /**
     * Whether a thread that had used {@code nanos} some milliseconds ago could have gone on and was not let: the machine had no processor
     * for it. False if that cannot be told.
     */
    static boolean isWaitedFor(@Nullable File thread, long nanos) {
        return nanos != UNKNOWN && nanos(thread) == nanos && demand(thread) == Demand.COMPUTES;
    }

    /** Whether a thread has used no processor since it had used {@code nanos}, and waits for something else; false if that cannot be told. */
    static boolean isAsleep(@Nullable File thread, long nanos) {
        return nanos != UNKNOWN && nanos(thread) == nanos && demand(thread) == Demand.WAITS;
    }

    /** What a thread wants of the processors at this moment. */
    enum Demand {
        /** It runs, or would if a processor were free. */
        COMPUTES,
        /** It waits for something else. */
        WAITS,
        /** It has ended, or this system does not tell. */
        UNKNOWN
    }

    /** Asks the kernel, which takes about ten microseconds. */
    static Demand demand(@Nullable File thread) {
        try {
            // Behind the name, which is in parentheses and may have some itself: R for running or ready to.
            String status = read(thread, "stat");
            int state = status.lastIndexOf(')') + 2;
            if (state < 2 || state >= status.length()) return Demand.UNKNOWN;
            return status.charAt(state) == 'R' ? Demand.COMPUTES : Demand.WAITS;
        } catch (IOException e) {
            return Demand.UNKNOWN;
        }
    }

    /** The kernel's number of a thread; {@link #UNKNOWN} if this system does not tell. */
    static long number(@Nullable File thread) {
        return thread == null ? UNKNOWN : Long.parseLong(thread.getName());
    }

    private static String read(@Nullable File thread, String file) throws IOException {
        if (thread == null) throw new IOException("no thread to ask about");
        try (var in = new FileInputStream(new File(thread, file))) {
            return new String(in.readNBytes(MAX_BYTES), StandardCharsets.US_ASCII);
        }
    }
}
