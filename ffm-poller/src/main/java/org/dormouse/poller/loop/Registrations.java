package org.dormouse.poller.loop;

import java.util.Arrays;
import org.dormouse.poller.loop.EventLoop.Handler;
import org.jspecify.annotations.Nullable;

/**
 * Who handles which descriptor's events. A token is a slot and the generation of its use, so that an event which was taken before its
 * descriptor was closed is recognised, even when the number belongs to a stranger by then. Loop owner.
 */
final class Registrations {
    private static final int FIRST_CAPACITY = 64;
    private static final int NONE = -1;

    private @Nullable Handler[] handlers = new Handler[FIRST_CAPACITY];
    private int[] descriptors = new int[FIRST_CAPACITY];

    /** Of a slot in use its generation; of a free one the next generation, with the sign bit set. */
    private int[] generations = new int[FIRST_CAPACITY];

    /** Free slots are chained through {@link #descriptors}. */
    private int firstFree = NONE;

    private int used;
    private int size;

    /** Not negative. */
    long add(int descriptor, Handler handler) {
        int slot = firstFree;
        if (slot == NONE) {
            if (used == handlers.length) grow();
            slot = used++;
        } else {
            firstFree = descriptors[slot];
        }
        handlers[slot] = handler;
        descriptors[slot] = descriptor;
        generations[slot] &= Integer.MAX_VALUE;
        size++;
        return (long) generations[slot] << 32 | slot;
    }

    /** The handler of {@code token}, or null if that registration has ended. */
    @Nullable
    Handler find(long token) {
        int slot = (int) token;
        return slot < used && generations[slot] == (int) (token >>> 32) ? handlers[slot] : null;
    }

    /** The descriptor that was registered, or -1 if that registration has ended already. */
    int remove(long token) {
        if (find(token) == null) return NONE;
        int slot = (int) token;
        int descriptor = descriptors[slot];
        handlers[slot] = null;
        generations[slot] = (generations[slot] + 1) | Integer.MIN_VALUE;
        descriptors[slot] = firstFree;
        firstFree = slot;
        size--;
        return descriptor;
    }

    int size() {
        return size;
    }

    private void grow() {
        int capacity = handlers.length * 2;
        @Nullable Handler[] moreHandlers = Arrays.copyOf(handlers, capacity);
        int[] moreDescriptors = Arrays.copyOf(descriptors, capacity);
        generations = Arrays.copyOf(generations, capacity);
        descriptors = moreDescriptors;
        handlers = moreHandlers; // last: its length is the one that is asked
    }
}
