package org.dormouse.poller.loop;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Continuations that are ready, first in first out, in an array. The loop's owner adds; the owner and thieves take. Positions only
 * grow, so a position is also a moment: what was added before it was seen.
 */
final class RunQueue {
    private static final int INITIAL_CAPACITY = 256;
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(Runnable[].class);

    private final AtomicLong head = new AtomicLong();
    private final AtomicLong tail = new AtomicLong();
    private volatile @Nullable Runnable[] ring = new Runnable[INITIAL_CAPACITY];
    /** Whether places before the first element may point to what was stolen. */
    private volatile boolean isStolenFrom;

    /** Makes sure that there is room for one more. Loop owner. */
    void makeRoom() {
        long end = tail.getPlain();
        @Nullable Runnable[] array = ring;
        if (end - head.get() == array.length) grown(array, end);
    }

    /** Loop owner. */
    void add(Runnable continuation) {
        long end = tail.getPlain();
        @Nullable Runnable[] array = ring;
        if (end - head.get() == array.length) array = grown(array, end);
        ELEMENT.setOpaque(array, (int) (end & (array.length - 1)), continuation);
        tail.setRelease(end + 1);
    }

    private @Nullable Runnable[] grown(@Nullable Runnable[] old, long end) {
        var array = new Runnable[old.length * 2];
        for (long i = end - old.length; i < end; i++)
            array[(int) (i & (array.length - 1))] = old[(int) (i & (old.length - 1))];
        ring = array;
        return array;
    }

    /** The position behind the last element. Any thread. */
    long end() {
        return tail.getAcquire();
    }

    /** The position of the first element. Any thread. */
    long begin() {
        return head.get();
    }

    /** Any thread; a little old while others add and take. */
    int size() {
        return (int) Math.max(0, tail.getAcquire() - head.get());
    }

    boolean isEmpty() {
        return head.get() >= tail.getAcquire();
    }

    /** Takes the first element if it was added before position {@code end}. Loop owner. */
    @Nullable
    Runnable takeBefore(long end) {
        for (long first = head.get(); first < end; first = head.get()) {
            @Nullable Runnable[] array = ring;
            int index = (int) (first & (array.length - 1));
            var continuation = (Runnable) ELEMENT.getOpaque(array, index);
            if (head.compareAndSet(first, first + 1)) {
                ELEMENT.setOpaque(array, index, null);
                return continuation;
            }
        }
        return null;
    }

    /**
     * Takes the first element if it was added before position {@code end}. Any thread. Its place keeps pointing to it until the owner
     * comes round, or {@linkplain #forget forgets}: only the owner writes, or a late thief would erase what was added since.
     */
    @Nullable
    Runnable stealBefore(long end) {
        for (long first = head.get(); first < end && first < tail.getAcquire(); first = head.get()) {
            @Nullable Runnable[] array = ring;
            var continuation = (Runnable) ELEMENT.getOpaque(array, (int) (first & (array.length - 1)));
            if (head.compareAndSet(first, first + 1)) {
                isStolenFrom = true;
                return continuation;
            }
        }
        return null;
    }

    /** Lets go of what was stolen. Loop owner. */
    void forget() {
        if (!isStolenFrom) return;
        isStolenFrom = false;
        @Nullable Runnable[] array = ring;
        // The first element only moves on meanwhile: what is no element now stays none until the owner adds.
        long rest = head.get() + array.length;
        for (long free = tail.getPlain(); free < rest; free++)
            ELEMENT.setOpaque(array, (int) (free & (array.length - 1)), null);
    }
}
