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

    private ProcessorTime() {}

    /** Names the calling platform thread for {@link #nanos}; null if this system has no such place. */
    static @Nullable File ofThisThread() {
        try {
            File self = new File("/proc/thread-self");
            File task = self.getCanonicalFile(); // /proc/PID/task/TID
            return task.equals(self) ? null : new File(task, "schedstat");
        } catch (IOException e) {
            return null;
        }
    }

    /** Nanoseconds of processor that a thread has used, some milliseconds ago; {@link #UNKNOWN} if it has ended or cannot be asked. */
    static long nanos(@Nullable File thread) {
        if (thread == null) return UNKNOWN;
        try (var in = new FileInputStream(thread)) {
            // The first of three numbers: time on the processor, in nanoseconds.
            String numbers = new String(in.readNBytes(64), StandardCharsets.US_ASCII);
            return Long.parseLong(numbers.substring(0, numbers.indexOf(' ')));
        } catch (IOException | NumberFormatException | StringIndexOutOfBoundsException e) {
            return UNKNOWN;
        }
    }
}
