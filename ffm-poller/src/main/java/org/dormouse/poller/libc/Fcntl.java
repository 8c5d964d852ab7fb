package org.dormouse.poller.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@code fcntl.h}: C's names and order of arguments; the result, or {@code -errno}. Any thread. */
public final class Fcntl {
    private static final Numbers NUMBERS = new Numbers("fcntl.h");

    //                                                                 Linux, macOS, FreeBSD
    public static final int F_SETFD = NUMBERS.define("F_SETFD", 2, 2, 2);
    public static final int F_GETFL = NUMBERS.define("F_GETFL", 3, 3, 3);
    public static final int F_SETFL = NUMBERS.define("F_SETFL", 4, 4, 4);
    public static final int FD_CLOEXEC = NUMBERS.define("FD_CLOEXEC", 1, 1, 1);
    public static final int O_NONBLOCK = NUMBERS.define("O_NONBLOCK", 0x800, 0x4, 0x4);

    public static final int O_CLOEXEC = NUMBERS.define("O_CLOEXEC", 0x80000, Numbers.NONE, Numbers.NONE);

    private static final int NAMED_ARGUMENTS = 2;
    private static final MethodHandle FCNTL =
            LibC.linkCritical("fcntl", LibC.INTS, Linker.Option.firstVariadicArg(NAMED_ARGUMENTS));

    private Fcntl() {}

    /** For the commands above, none of which waits. */
    public static int fcntl(int descriptor, int command, int argument) {
        int[] callState = new int[LibC.CALL_STATE_INTS];
        try {
            return LibC.result(
                    (int) FCNTL.invokeExact(MemorySegment.ofArray(callState), descriptor, command, argument),
                    callState);
        } catch (Throwable e) {
            throw new AssertionError(e); // a wrong signature: our bug, never the kernel's answer
        }
    }

    /** Linked when first asked for: a server that sends no files does without. */
    private static final class Opening {
        static final MethodHandle OPEN = LibC.link("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    }

    /**
     * Of a file that is there: without O_CREAT no further argument is looked at. May wait for a disk.
     *
     * @param path with a zero byte at its end
     */
    public static int open(byte[] path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = LibC.callState(arena);
            MemorySegment text = arena.allocate(path.length);
            MemorySegment.copy(path, 0, text, JAVA_BYTE, 0, path.length);
            return LibC.result((int) Opening.OPEN.invokeExact(state, text, flags), state);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
