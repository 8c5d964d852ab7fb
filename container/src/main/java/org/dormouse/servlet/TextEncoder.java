package org.dormouse.servlet;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Encodes characters into the buffer of a response, without buffers of its own. UTF-8 and the two charsets below it; others go through
 * the JDK. One thread at a time.
 */
final class TextEncoder extends Writer {
    private final ResponseOutput output;
    /** The last code that is one byte: 0x7F in UTF-8 and US-ASCII, 0xFF in ISO-8859-1. */
    private final int lastSingle;

    private final boolean utf8;
    /** The first half of a surrogate pair that was the last char of a write; 0 for none. */
    private char pendingHigh;

    private TextEncoder(ResponseOutput output, boolean utf8, int lastSingle) {
        super(output);
        this.output = output;
        this.utf8 = utf8;
        this.lastSingle = lastSingle;
    }

    static Writer to(ResponseOutput output, Charset charset) {
        if (charset.equals(StandardCharsets.UTF_8)) return new TextEncoder(output, true, 0x7F);
        if (charset.equals(StandardCharsets.ISO_8859_1)) return new TextEncoder(output, false, 0xFF);
        if (charset.equals(StandardCharsets.US_ASCII)) return new TextEncoder(output, false, 0x7F);
        return new OutputStreamWriter(new BufferOnly(output), charset);
    }

    @Override
    public void write(String source, int offset, int length) throws IOException {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            at = singles(source, at, end);
            if (at < end) other(source.charAt(at++));
        }
    }

    /** Copies leading chars that are one byte each; returns where it stopped: at the end, or at one that is not. */
    private int singles(String source, int start, int end) throws IOException {
        if (pendingHigh != 0) return start;
        int at = start;
        while (at < end) {
            if (output.closed) return end;
            int room = Math.min(end - at, output.limit - output.count);
            if (room == 0) {
                output.spill();
                continue;
            }
            output.reserve(room);
            byte[] target = output.buffer;
            int to = output.count;
            int stop = at + room;
            while (at < stop) {
                char c = source.charAt(at);
                if (c > lastSingle) break;
                target[to++] = (byte) c;
                at++;
            }
            output.count = to;
            if (at < stop) return at;
        }
        return at;
    }

    @Override
    public void write(char[] source, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) write(source[i]);
    }

    @Override
    public void write(int c) throws IOException {
        if (c <= lastSingle && pendingHigh == 0) output.write(c);
        else other((char) c);
    }

    private void other(char c) throws IOException {
        if (pendingHigh != 0) {
            char high = pendingHigh;
            pendingHigh = 0;
            if (Character.isLowSurrogate(c)) {
                fourBytes(Character.toCodePoint(high, c));
                return;
            }
            output.write('?');
            write(c);
        } else if (c <= lastSingle) {
            output.write(c);
        } else if (Character.isHighSurrogate(c)) {
            pendingHigh = c;
        } else if (!utf8 || Character.isLowSurrogate(c)) {
            output.write('?');
        } else if (c < 0x800) {
            output.write(0xC0 | (c >> 6));
            output.write(0x80 | (c & 0x3F));
        } else {
            output.write(0xE0 | (c >> 12));
            output.write(0x80 | ((c >> 6) & 0x3F));
            output.write(0x80 | (c & 0x3F));
        }
    }

    private void fourBytes(int code) throws IOException {
        if (!utf8) {
            output.write('?');
            return;
        }
        output.write(0xF0 | (code >> 18));
        output.write(0x80 | ((code >> 12) & 0x3F));
        output.write(0x80 | ((code >> 6) & 0x3F));
        output.write(0x80 | (code & 0x3F));
    }

    /** Everything is in the response's buffer already. */
    @Override
    public void flush() {}

    /** Half of a surrogate pair is all that may be left. */
    @Override
    public void close() throws IOException {
        if (pendingHigh != 0) {
            pendingHigh = 0;
            output.write('?');
        }
    }

    /** What the JDK's encoders write to: the response's buffer, which they neither flush nor close. */
    private static final class BufferOnly extends OutputStream {
        private final ResponseOutput output;

        BufferOnly(ResponseOutput output) {
            this.output = output;
        }

        @Override
        public void write(int b) throws IOException {
            output.write(b);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            output.write(source, offset, length);
        }
    }
}
