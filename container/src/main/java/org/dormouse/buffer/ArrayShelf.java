package org.dormouse.buffer;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of one size that came back and may be lent again, up to a bound. Any thread; taking and keeping are one atomic exchange each when,
 * as usual, the threads of one loop are alone with it.
 */
final class ArrayShelf {
    private static final int PROBES = 8;

    private final int bytes;
    private final AtomicReferenceArray<byte @Nullable []> slots;
    // Arrays lie below it, room above: a hint, read and written without order. Writes that cross can leave it on the
    // wrong side, so both are looked at; only the slots decide.
    private int top;

    /**
     * @param bytes of each array
     * @param maxKept how many are kept
     */
    ArrayShelf(int bytes, int maxKept) {
        if (maxKept < 1) throw new IllegalArgumentException("maxKept " + maxKept + " < 1");
        this.bytes = bytes;
        slots = new AtomicReferenceArray<>(maxKept);
    }

    byte[] take() {
        return takeNear(top);
    }

    void keep(byte[] array) {
        keepNear(top, array);
    }

    byte[] takeNear(int hint) {
        for (int i = 1; i <= PROBES; i++) {
            int slot = slot(hint - i);
            byte[] array = takeFrom(slot);
            if (array == null) continue;
            top = slot;
            return array;
        }
        for (int i = 0; i < PROBES; i++) {
            byte[] array = takeFrom(slot(hint + i));
            if (array == null) continue;
            top = slot(hint + PROBES); // where more of them are likely below it
            return array;
        }
        return new byte[bytes];
    }

    void keepNear(int hint, byte[] array) {
        for (int i = 0; i < PROBES; i++) if (keepIn(slot(hint + i), array)) return;
        for (int i = 1; i <= PROBES; i++) if (keepIn(slot(hint - i), array)) return;
    }

    private byte @Nullable [] takeFrom(int slot) {
        return slots.getPlain(slot) == null ? null : slots.getAndSet(slot, null);
    }

    private boolean keepIn(int slot, byte[] array) {
        if (slots.getPlain(slot) != null || !slots.compareAndSet(slot, null, array)) return false;
        top = slot + 1;
        return true;
    }

    private int slot(int position) {
        return Math.floorMod(position, slots.length());
    }
}
