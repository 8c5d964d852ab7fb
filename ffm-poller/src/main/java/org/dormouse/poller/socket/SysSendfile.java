package org.dormouse.poller.socket;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.dormouse.poller.libc.LibC;

/**
 * {@code sys/sendfile.h} of Linux; macOS and FreeBSD have calls of that name which take other arguments. Any thread. It may wait for the disk
 * that the file is on, so it is no critical call and takes native memory: what it needs for that is kept from call to call.
 */
final class SysSendfile {
    /** Under libkqueue too, whose sockets are those of Linux. */
    static final boolean IS_AVAILABLE =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");

    private static final MethodHandle SENDFILE =
            LibC.link("sendfile", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG));

    /** One for each call that was ever under way at the same time as others; never freed. */
    private record Scratch(MemorySegment callState, MemorySegment offset) {}

    private static final ConcurrentLinkedQueue<Scratch> UNUSED = new ConcurrentLinkedQueue<>();

    private SysSendfile() {}

    static int sendfile(int socket, int file, long offset, long count) {
        Scratch scratch = UNUSED.poll();
        if (scratch == null) {
            scratch = new Scratch(LibC.callState(Arena.global()), Arena.global().allocate(JAVA_LONG));
        }
        scratch.offset.set(JAVA_LONG, 0, offset);
        try {
            long sent = (long) SENDFILE.invokeExact(scratch.callState, socket, file, scratch.offset, count);
            return LibC.result((int) sent, scratch.callState);
        } catch (Throwable e) {
            throw new AssertionError(e); // a wrong signature: our bug, never the kernel's answer
        } finally {
            UNUSED.add(scratch);
        }
    }
}
