package org.dormouse.compression;

import java.io.OutputStream;
import java.util.Arrays;

/** What a coder has made and nobody has taken yet. One owner at a time. */
final class CodedBytes extends OutputStream {
    private static final int FIRST_BYTES = 4096;

    byte[] array = new byte[FIRST_BYTES];
    int start;
    int end;

    int size() {
        return end - start;
    }

    /** Makes room for {@code length} more bytes behind {@link #end}. */
    void reserve(int length) {
        if (array.length - end >= length) return;
        if (start > 0) {
            System.arraycopy(array, start, array, 0, size());
            end -= start;
            start = 0;
        }
        if (array.length - end < length) array = Arrays.copyOf(array, Math.max(2 * array.length, end + length));
    }

    @Override
    public void write(int b) {
        reserve(1);
        array[end++] = (byte) b;
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        reserve(length);
        System.arraycopy(source, offset, array, end, length);
        end += length;
    }

    /** The first {@code length} bytes are with somebody else now. */
    void consume(int length) {
        start += length;
        if (start == end) clear();
    }

    void clear() {
        start = 0;
        end = 0;
    }
}
