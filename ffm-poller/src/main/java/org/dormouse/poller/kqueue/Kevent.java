package org.dormouse.poller.kqueue;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import org.dormouse.poller.libc.Numbers;
import org.dormouse.poller.libc.Platform;

/**
 * {@code struct kevent} (sys/event.h): 32 bytes on macOS and in libkqueue, 64 on FreeBSD 12 and newer, which adds {@code ext[4]}. What they
 * share lies at the same places. Linux stands for libkqueue.
 */
final class Kevent {
    private static final Numbers NUMBERS = new Numbers("sys/event.h");

    //                                                                 libkqueue, macOS, FreeBSD
    static final int EVFILT_READ = NUMBERS.define("EVFILT_READ", -1, -1, -1);
    static final int EVFILT_WRITE = NUMBERS.define("EVFILT_WRITE", -2, -2, -2);
    static final int EVFILT_USER = NUMBERS.define("EVFILT_USER", -11, -10, -11);
    static final int EV_ADD = NUMBERS.define("EV_ADD", 0x1, 0x1, 0x1);
    static final int EV_DELETE = NUMBERS.define("EV_DELETE", 0x2, 0x2, 0x2);
    static final int EV_CLEAR = NUMBERS.define("EV_CLEAR", 0x20, 0x20, 0x20);
    static final int EV_EOF = NUMBERS.define("EV_EOF", 0x8000, 0x8000, 0x8000);
    static final int NOTE_TRIGGER = NUMBERS.define("NOTE_TRIGGER", 0x1000000, 0x1000000, 0x1000000);

    /** Begins with {@code ident}, a {@code uintptr_t}; {@code udata}, a pointer, carries a number here. */
    private static final MemoryLayout[] SHARED = {
        ADDRESS.withName("ident"),
        JAVA_SHORT.withName("filter"),
        JAVA_SHORT.withName("flags"),
        JAVA_INT.withName("fflags"),
        JAVA_LONG.withName("data"),
        ADDRESS.withName("udata")
    };

    static final StructLayout OF_MACOS = MemoryLayout.structLayout(SHARED);
    static final StructLayout OF_FREEBSD = MemoryLayout.structLayout(
            MemoryLayout.structLayout(SHARED).withName("shared"),
            MemoryLayout.sequenceLayout(4, JAVA_LONG).withName("ext"));
    static final StructLayout LAYOUT = Platform.CURRENT.choose(OF_MACOS, OF_MACOS, OF_FREEBSD);
    static final long BYTES = LAYOUT.byteSize();

    private static final long IDENT = offset("ident");
    private static final long FILTER = offset("filter");
    private static final long FLAGS = offset("flags");
    private static final long FFLAGS = offset("fflags");
    private static final long DATA = offset("data");
    private static final long UDATA = offset("udata");

    private Kevent() {}

    private static long offset(String field) {
        return OF_MACOS.byteOffset(PathElement.groupElement(field));
    }

    static void set(MemorySegment array, int index, long ident, int filter, int flags, int fflags, long udata) {
        long at = index * BYTES;
        array.set(JAVA_LONG, at + IDENT, ident);
        array.set(JAVA_SHORT, at + FILTER, (short) filter);
        array.set(JAVA_SHORT, at + FLAGS, (short) flags);
        array.set(JAVA_INT, at + FFLAGS, fflags);
        array.set(JAVA_LONG, at + DATA, 0);
        array.set(JAVA_LONG, at + UDATA, udata);
    }

    static int ident(MemorySegment array, int index) {
        return (int) array.get(JAVA_LONG, index * BYTES + IDENT);
    }

    static int filter(MemorySegment array, int index) {
        return array.get(JAVA_SHORT, index * BYTES + FILTER);
    }

    static int flags(MemorySegment array, int index) {
        return array.get(JAVA_SHORT, index * BYTES + FLAGS) & 0xffff;
    }

    static int fflags(MemorySegment array, int index) {
        return array.get(JAVA_INT, index * BYTES + FFLAGS);
    }

    static long udata(MemorySegment array, int index) {
        return array.get(JAVA_LONG, index * BYTES + UDATA);
    }
}
