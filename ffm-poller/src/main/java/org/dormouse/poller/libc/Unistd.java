package org.dormouse.poller.libc;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@code unistd.h}: C's names and order of arguments; the result, or {@code -errno}. Any thread. */
public final class Unistd {
    // For sockets whose SO_LINGER is not above 0, epoll and eventfd only: none of them waits.
    private static final MethodHandle CLOSE = LibC.linkCritical("close", LibC.INTS);

    private static final int SEEK_END = 2; // Linux, macOS, FreeBSD

    private Unistd() {}

    /** Never repeat it: Linux has given the descriptor back even where it says EINTR. */
    public static int close(int descriptor) {
        int[] callState = new int[LibC.CALL_STATE_INTS];
        try {
            return LibC.result((int) CLOSE.invokeExact(MemorySegment.ofArray(callState), descriptor, 0, 0), callState);
        } catch (Throwable e) {
            throw new AssertionError(e); // a wrong signature: our bug, never the kernel's answer
        }
    }

    /** Of files, and linked when first asked for: a server that sends none does without. Each may wait for a disk. */
    private static final class OfFiles {
        static final MethodHandle LSEEK =
                LibC.link("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
        static final MethodHandle CLOSE = LibC.link("close", LibC.INTS);
    }

    /** How long the file is: {@code lseek(descriptor, 0, SEEK_END)}. What is no file says ESPIPE. */
    public static long lengthOf(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = LibC.callState(arena);
            long length = (long) OfFiles.LSEEK.invokeExact(state, descriptor, 0L, SEEK_END);
            return length == -1 ? LibC.result(-1, state) : length;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** {@link #close} for a file: the last one of a file that was deleted gives its blocks back, which takes a while. */
    public static int closeFile(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = LibC.callState(arena);
            return LibC.result((int) OfFiles.CLOSE.invokeExact(state, descriptor, 0, 0), state);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
