package org.dormouse.servlet;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that {@code isReady} had to read to be able to answer, or that were read of an earlier request. Holds no array of its own in blocking
 * use. One thread at a time.
 */
final class ReadAhead {
    private static final int BYTES = 4096;

    /** Where bytes come from: how many, 0 if there are none for now, -1 at the end. */
    interface Source {
        int read(byte[] target, int offset, int length) throws IOException;
    }

    private byte @Nullable [] bytes;
    private int start;
    private int end;

    /** @param first what is taken before anything is read; null: nothing */
    ReadAhead(byte @Nullable [] first) {
        bytes = first == null || first.length == 0 ? null : first;
        end = first == null ? 0 : first.length;
    }

    int size() {
        return end - start;
    }

    /** Reads some, when all that was read before has been taken. What {@code source} said. */
    int fill(Source source) throws IOException {
        byte[] room = bytes;
        if (room == null || room.length < BYTES) bytes = room = new byte[BYTES];
        int count = source.read(room, 0, room.length);
        start = 0;
        end = Math.max(count, 0);
        return count;
    }

    /** How many were taken; 0 if there are none. */
    int take(byte[] target, int offset, int length) {
        byte[] kept = bytes;
        int count = Math.min(length, size());
        if (kept == null || count == 0) return 0;
        System.arraycopy(kept, start, target, offset, count);
        start += count;
        return count;
    }
}
