package org.dormouse.poller.kqueue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.dormouse.poller.backend.Backend;

/**
 * The events that kqueue gave last, and what they mean. A direction that has ended is a flag of its own event: {@code EV_EOF} of the input is
 * {@link Backend#PEER_FINISHED}. That of the output comes after our own half-close too, so only both together, or an error, are
 * {@link Backend#GONE}; and since they may come apart, there is a byte for each descriptor that says which have ended. Loop owner.
 */
final class Events {
    static final int CAPACITY = 512;

    private static final int FIRST_DESCRIPTORS = 64;
    private static final byte INPUT = 1;
    private static final byte OUTPUT = 2;

    private final MemorySegment array;
    private byte[] ends = new byte[FIRST_DESCRIPTORS];

    Events(Arena arena) {
        array = arena.allocate(Kevent.BYTES * CAPACITY, Long.BYTES);
    }

    MemorySegment array() {
        return array;
    }

    /** The number belongs to a new socket. */
    void begin(int descriptor) {
        if (descriptor >= ends.length) ends = Arrays.copyOf(ends, Math.max(descriptor + 1, 2 * ends.length));
        ends[descriptor] = 0;
    }

    /** The first {@code count} of the array are new. Before any of them is told, since that may begin with a descriptor anew. */
    void taken(int count) {
        for (int i = 0; i < count; i++) {
            if ((Kevent.flags(array, i) & Kevent.EV_EOF) != 0)
                ends[Kevent.ident(array, i)] |= isOutput(i) ? OUTPUT : INPUT;
        }
    }

    long token(int index) {
        return Kevent.udata(array, index);
    }

    int readiness(int index) {
        boolean isOutput = isOutput(index);
        int readiness = isOutput ? Backend.OUT : Backend.IN;
        if ((Kevent.flags(array, index) & Kevent.EV_EOF) == 0) return readiness;
        if (!isOutput) readiness |= Backend.PEER_FINISHED;
        boolean isGone = Kevent.fflags(array, index) != 0 || ends[Kevent.ident(array, index)] == (INPUT | OUTPUT);
        return isGone ? readiness | Backend.GONE : readiness;
    }

    private boolean isOutput(int index) {
        return Kevent.filter(array, index) == Kevent.EVFILT_WRITE;
    }
}
