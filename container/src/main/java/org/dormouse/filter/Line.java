package org.dormouse.filter;

import java.util.Arrays;

/** A line on its way into a file: bytes of ASCII that grow, used again for the next. One thread. */
final class Line {
    /** What one field may have; heads are bounded, names of users are not. */
    static final int MAX_FIELD = 8 * 1024;

    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private byte[] bytes = new byte[1024];
    private int length;

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    Line put(char c) {
        if (length == bytes.length) bytes = Arrays.copyOf(bytes, 2 * length);
        bytes[length++] = (byte) c;
        return this;
    }

    /** ASCII that we chose ourselves. */
    Line put(String text) {
        for (int i = 0; i < text.length(); i++) put(text.charAt(i));
        return this;
    }

    Line put(long number) {
        if (number < 0) return put(Long.toString(number));
        long rest = number;
        int start = length;
        do {
            put((char) ('0' + rest % 10));
            rest /= 10;
        } while (rest > 0);
        for (int i = start, j = length - 1; i < j; i++, j--) {
            byte swapped = bytes[i];
            bytes[i] = bytes[j];
            bytes[j] = swapped;
        }
        return this;
    }

    /**
     * Text that somebody else chose, for a line that is split at spaces and quotation marks: what is not printable ASCII, and the marks
     * themselves, as {@code \}{@code xHH} for each byte of UTF-8, up to 255 as the one byte that it was in the head.
     */
    Line text(String text, boolean isQuoted) {
        int end = Math.min(text.length(), MAX_FIELD);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c > ' ' && c < 0x7F && c != '"' && c != '\\') put(c);
            else if (c == ' ' && isQuoted) put(c);
            else if (isQuoted && (c == '"' || c == '\\')) put('\\').put(c);
            else if (c <= 0xFF) hex(c);
            else i += utf8(text, i) - 1;
        }
        return this;
    }

    private void hex(int b) {
        put('\\').put('x').put((char) HEX[b >> 4 & 15]).put((char) HEX[b & 15]);
    }

    private int utf8(String text, int at) {
        int code = text.codePointAt(at);
        if (code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE) code = 0xFFFD; // half a pair
        if (code < 0x800) {
            hex(0xC0 | (code >> 6));
        } else {
            if (code < 0x10000) hex(0xE0 | (code >> 12));
            else {
                hex(0xF0 | (code >> 18));
                hex(0x80 | (code >> 12 & 63));
            }
            hex(0x80 | (code >> 6 & 63));
        }
        hex(0x80 | (code & 63));
        return Character.charCount(text.codePointAt(at));
    }

    /**
     * A string of JSON with its quotation marks (RFC 8259 §7), all of it ASCII: so nothing that some reader takes for a line end, U+2028 for
     * one, is left, and half a surrogate pair, which many refuse, becomes U+FFFD.
     */
    Line json(String text) {
        put('"');
        int end = Math.min(text.length(), MAX_FIELD);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                put('\\').put(c);
            } else if (c >= ' ' && c < 0x7F) {
                put(c);
            } else if (Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(text.charAt(i + 1))) {
                unicode(c);
                unicode(text.charAt(++i));
            } else {
                unicode(Character.isSurrogate(c) ? 0xFFFD : c);
            }
        }
        return put('"');
    }

    private void unicode(int c) {
        put('\\').put('u');
        for (int shift = 12; shift >= 0; shift -= 4) put((char) HEX[c >> shift & 15]);
    }
}
