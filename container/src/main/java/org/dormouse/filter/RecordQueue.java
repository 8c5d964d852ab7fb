package org.dormouse.filter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue from many threads to one that never makes anybody wait: full, it says so. A place is the next writer's when its number says
 * so; the number goes round with the queue. After the bounded queue of D. Vyukov, with one reader.
 */
final class RecordQueue<T> {
    private static final VarHandle TAIL;
    private static final VarHandle NUMBERS = MethodHandles.arrayElementVarHandle(long[].class);

    static {
        try {
            TAIL = MethodHandles.lookup().findVarHandle(RecordQueue.class, "tail", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final @Nullable Object[] places;
    private final long[] numbers;
    private final int mask;
    private volatile long tail;
    /** The reader's. */
    private long head;

    /** @param capacity rounded up to a power of two */
    RecordQueue(int capacity) {
        int size = Integer.highestOneBit(Math.max(2, capacity) * 2 - 1);
        places = new @Nullable Object[size];
        numbers = new long[size];
        for (int i = 0; i < size; i++) numbers[i] = i;
        mask = size - 1;
    }

    /** Any thread; false if it is full. */
    boolean offer(T record) {
        while (true) {
            long at = tail;
            int place = (int) at & mask;
            long number = (long) NUMBERS.getAcquire(numbers, place);
            if (number < at) return false;
            if (number == at && TAIL.compareAndSet(this, at, at + 1)) {
                places[place] = record;
                NUMBERS.setVolatile(numbers, place, at + 1); // before the look whether the reader waits
                return true;
            }
        }
    }

    /** The reader: whether {@link #poll} would find nothing. */
    boolean isEmpty() {
        return (long) NUMBERS.getVolatile(numbers, (int) head & mask) != head + 1;
    }

    /** The reader; null if there is nothing, or nothing whole yet. */
    @SuppressWarnings("unchecked") // only offer puts anything in
    @Nullable
    T poll() {
        int place = (int) head & mask;
        if ((long) NUMBERS.getAcquire(numbers, place) != head + 1) return null;
        Object record = places[place];
        places[place] = null;
        NUMBERS.setRelease(numbers, place, head + mask + 1);
        head++;
        return (T) record;
    }
}
