package org.dormouse.poller.epoll;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/**
 * {@code struct epoll_event} (include/uapi/linux/eventpoll.h): packed to 12 bytes on x86-64, aligned to 16 elsewhere. The fields are
 * read at offsets that are constants of the JVM.
 */
final class EpollEvent {
    static final int EPOLLIN = 0x001;
    static final int EPOLLOUT = 0x004;
    static final int EPOLLERR = 0x008;
    static final int EPOLLHUP = 0x010;
    static final int EPOLLRDHUP = 0x2000;
    static final int EPOLLEXCLUSIVE = 1 << 28;
    static final int EPOLLET = 1 << 31;

    private static final StructLayout LAYOUT = layout(System.getProperty("os.arch", ""));
    static final long BYTES = LAYOUT.byteSize();
    private static final long EVENTS = LAYOUT.byteOffset(MemoryLayout.PathElement.groupElement("events"));
    private static final long DATA = LAYOUT.byteOffset(MemoryLayout.PathElement.groupElement("data"));

    private EpollEvent() {}

    static StructLayout layout(String architecture) {
        return switch (architecture) {
            case "amd64", "x86_64" ->
                MemoryLayout.structLayout(JAVA_INT_UNALIGNED.withName("events"), JAVA_LONG_UNALIGNED.withName("data"));
            default ->
                MemoryLayout.structLayout(
                        JAVA_INT.withName("events"), MemoryLayout.paddingLayout(4), JAVA_LONG.withName("data"));
        };
    }

    static int events(MemorySegment array, int index) {
        return array.get(JAVA_INT_UNALIGNED, index * BYTES + EVENTS);
    }

    static long data(MemorySegment array, int index) {
        return array.get(JAVA_LONG_UNALIGNED, index * BYTES + DATA);
    }

    static void set(MemorySegment event, int events, long data) {
        event.set(JAVA_INT_UNALIGNED, EVENTS, events);
        event.set(JAVA_LONG_UNALIGNED, DATA, data);
    }
}
