package org.dormouse;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;

/** Native memory as the allocator of the C library counts it. */
public final class NativeMemory {
    private static final long LET_PASS = 32L << 20;
    private static final long ARENA_IN_USE = 7L * Long.BYTES; // uordblks of struct mallinfo2
    private static final long MAPPED_IN_USE = 4L * Long.BYTES; // hblkhd

    private NativeMemory() {}

    /** What takes native memory, and gives it back. */
    public interface Round {
        void run() throws Throwable;
    }

    /** Fails if so many rounds leave more in use than the JVM may take for itself meanwhile; what is loaded and pooled once does not count. */
    public static void assertFlat(int rounds, Round round) throws Throwable {
        for (int i = 0; i < 50; i++) round.run();
        long before = inUse();
        for (int i = 0; i < rounds; i++) round.run();
        long grown = inUse() - before;
        // What the JVM's compiler holds for a moment is gone at another look; what is lost only grows.
        for (int looks = 0; looks < 20 && grown >= LET_PASS; looks++) {
            for (int i = 0; i < 50; i++) round.run();
            grown = inUse() - before;
        }
        assertThat(grown).isLessThan(LET_PASS);
    }

    /** Bytes that were allocated and not freed, of all arenas. */
    @SuppressWarnings("restricted") // a look at the C library's own count
    private static long inUse() throws Throwable {
        Linker linker = Linker.nativeLinker();
        var function = linker.defaultLookup().find("mallinfo2");
        assumeTrue(function.isPresent(), "the C library is not glibc");
        MethodHandle mallinfo2 = linker.downcallHandle(
                function.get(),
                FunctionDescriptor.of(MemoryLayout.structLayout(MemoryLayout.sequenceLayout(10, JAVA_LONG))));
        try (Arena arena = Arena.ofConfined()) {
            var facts = (MemorySegment) mallinfo2.invokeExact((SegmentAllocator) arena);
            return facts.get(JAVA_LONG, ARENA_IN_USE) + facts.get(JAVA_LONG, MAPPED_IN_USE);
        }
    }
}
