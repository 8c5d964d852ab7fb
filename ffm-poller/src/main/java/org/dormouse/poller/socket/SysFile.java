package org.dormouse.poller.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.dormouse.poller.libc.LibC;
import org.dormouse.poller.libc.Numbers;

/** {@code sys/file.h}: C's names and order of arguments; the result, or {@code -errno}. Any thread. A file system may be on another machine. */
final class SysFile {
    private static final Numbers NUMBERS = new Numbers("sys/file.h");

    //                                                       Linux, macOS, FreeBSD
    static final int LOCK_EX = NUMBERS.define("LOCK_EX", 2, 2, 2);
    static final int LOCK_NB = NUMBERS.define("LOCK_NB", 4, 4, 4);

    private static final MethodHandle FLOCK = LibC.link("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private SysFile() {}

    static int flock(int descriptor, int operation) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = LibC.callState(arena);
            return LibC.result((int) FLOCK.invokeExact(state, descriptor, operation), state);
        } catch (Throwable e) {
            throw new AssertionError(e); // a wrong signature: our bug, never the kernel's answer
        }
    }
}
