package org.dormouse.servlet.multipart;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.dormouse.http.BadRequest;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a body at its boundaries (RFC 2046 §5.1.1). Reads each byte once and looks at it a bounded number of times, whatever the body holds.
 *
 * <pre>
 *   nextPart -> true  -> readLine*, transferTo -> nextPart ...
 *            -> false -> drain
 * </pre>
 */
final class PartSource {
    private static final int BUFFER_BYTES = 8 * 1024;
    /** Bytes before the first boundary, which nobody reads. */
    private static final int MAX_PREAMBLE_BYTES = 1024;
    /** White space that may stand behind a boundary. */
    private static final int MAX_PADDING_BYTES = 64;

    private final InputStream in;
    private final long maxBytes;
    private final byte[] delimiter;
    /** How far the delimiter may be moved on, by the byte that faces its end (Horspool). */
    private final int[] skip = new int[256];

    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private long received;
    private boolean begun;

    PartSource(InputStream in, String boundary, long maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        Arrays.fill(skip, delimiter.length);
        for (int i = 0; i < delimiter.length - 1; i++) skip[delimiter[i] & 0xFF] = delimiter.length - 1 - i;
        // The first boundary has no line end before it: lend it one.
        buffer[0] = '\r';
        buffer[1] = '\n';
        limit = 2;
    }

    /** Goes to the head of the next part; false at the last boundary. The content of the part before must have been read. */
    boolean nextPart() throws IOException {
        if (!begun) skipPreamble();
        begun = true;
        int first = take();
        int second = take();
        if (first == '-' && second == '-') return false;
        for (int padding = 0; first == ' ' || first == '\t'; padding++) {
            if (padding == MAX_PADDING_BYTES)
                throw new BadRequest(400, "multipart boundary with more than " + padding + " spaces behind it");
            first = second;
            second = take();
        }
        if (first != '\r' || second != '\n') throw new BadRequest(400, "multipart boundary not at the end of its line");
        return true;
    }

    private void skipPreamble() throws IOException {
        long[] skipped = {0};
        transfer(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                skipped[0] += length;
                if (skipped[0] > MAX_PREAMBLE_BYTES) {
                    throw new BadRequest(400, "no multipart boundary within " + MAX_PREAMBLE_BYTES + " bytes");
                }
            }
        });
    }

    /**
     * One line of a part's head, without its end.
     *
     * @param maxBytesOfLine what is left of the head's limit
     * @return null if it is longer
     */
    byte @Nullable [] readLine(int maxBytesOfLine) throws IOException {
        byte[] line = new byte[64];
        for (int length = 0; ; length++) {
            int b = take();
            if (b == '\r') {
                if (take() != '\n') throw new BadRequest(400, "CR without LF in the head of a part");
                return Arrays.copyOf(line, length);
            }
            if (b == '\n') throw new BadRequest(400, "LF without CR in the head of a part");
            if (length == maxBytesOfLine) return null;
            if (length == line.length) line = Arrays.copyOf(line, 2 * length);
            line[length] = (byte) b;
        }
    }

    /** Copies the content of a part to its end, and goes behind the boundary. */
    void transfer(OutputStream to) throws IOException {
        while (true) {
            int found = find();
            if (found >= 0) {
                to.write(buffer, position, found - position);
                position = found + delimiter.length;
                return;
            }
            int safe = limit - (delimiter.length - 1); // what comes after may be the begin of a boundary
            if (safe > position) {
                to.write(buffer, position, safe - position);
                position = safe;
            }
            fill();
        }
    }

    /** Reads what follows the last boundary, which means nothing, so that the connection can go on. */
    void drain() throws IOException {
        do {
            position = limit;
        } while (receive());
    }

    private int find() {
        int last = delimiter.length - 1;
        for (int at = position; at + last < limit; at += skip[buffer[at + last] & 0xFF]) {
            int i = last;
            while (i >= 0 && buffer[at + i] == delimiter[i]) i--;
            if (i < 0) return at;
        }
        return -1;
    }

    private int take() throws IOException {
        if (position == limit) fill();
        return buffer[position++] & 0xFF;
    }

    private void fill() throws IOException {
        if (!receive())
            throw new BadRequest(400, "multipart body ends after " + received + " bytes, before its last boundary");
    }

    /** Adds at least one byte to the buffer, whose consumed part is dropped; false at the end of the body. */
    private boolean receive() throws IOException {
        System.arraycopy(buffer, position, buffer, 0, limit - position);
        limit -= position;
        position = 0;
        int count = in.read(buffer, limit, buffer.length - limit);
        if (count < 0) return false;
        limit += count;
        received += count;
        if (received > maxBytes) {
            throw MultipartForm.tooLarge("the multipart request exceeds the maximum size " + maxBytes
                    + " (max-request-size of the servlet, else multipart.max-request-bytes)");
        }
        return true;
    }
}
