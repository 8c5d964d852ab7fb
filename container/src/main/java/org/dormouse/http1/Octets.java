package org.dormouse.http1;

import java.nio.charset.StandardCharsets;
import org.dormouse.http.FieldSyntax;

/** Which byte may stand where, as one table, and comparisons of bytes with ASCII text. Pure. */
final class Octets {
    private static final int TOKEN = 1;
    private static final int TARGET = 2;
    private static final int VALUE = 4;
    private static final int HOST = 8;
    private static final int RAW_QUERY = 16;
    private static final byte[] CLASSES = new byte[256];

    static {
        for (int b = 0; b < 256; b++) {
            if (FieldSyntax.isTokenChar(b)) CLASSES[b] |= TOKEN;
            if (FieldSyntax.isValueChar(b)) CLASSES[b] |= VALUE;
        }
        // RFC 3986 §2: unreserved, sub-delims, and what pchar and query add to them
        String unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
        String subDelims = "!$&'()*+,;=";
        for (char c : (unreserved + subDelims + "%:@/?").toCharArray()) CLASSES[c] |= TARGET;
        for (char c : (unreserved + subDelims + "%").toCharArray()) CLASSES[c] |= HOST;
        for (char c : "\"<>[\\]^`{|}".toCharArray()) CLASSES[c] |= RAW_QUERY;
    }

    private Octets() {}

    /** tchar (RFC 9110 §5.6.2). */
    static boolean isToken(byte b) {
        return (CLASSES[b & 0xFF] & TOKEN) != 0;
    }

    /** pchar, {@code /} or {@code ?} (RFC 3986 §3.3 and §3.4). Brackets stand in an authority only: {@link #isHost} and IP literals. */
    static boolean isTarget(byte b) {
        return (CLASSES[b & 0xFF] & TARGET) != 0;
    }

    /** Printable ASCII that must be percent-encoded in a query, and that some clients send as it is ({@link Violation#RAW_QUERY}). */
    static boolean isRawQuery(byte b) {
        return (CLASSES[b & 0xFF] & RAW_QUERY) != 0;
    }

    /** What a field value consists of: SP, HTAB, VCHAR, obs-text (RFC 9110 §5.5). */
    static boolean isValue(byte b) {
        return (CLASSES[b & 0xFF] & VALUE) != 0;
    }

    /** What a reg-name consists of (RFC 3986 §3.2.2). */
    static boolean isHost(byte b) {
        return (CLASSES[b & 0xFF] & HOST) != 0;
    }

    /** Optional whitespace: SP or HTAB. */
    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** The value of a hexadecimal digit, or -1. */
    static int hexValue(byte b) {
        if (b >= '0' && b <= '9') return b - '0';
        int lower = b | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    /** Whether the bytes are {@code lowerCaseText}, without regard to the case of ASCII letters. */
    static boolean equalsIgnoringCase(byte[] bytes, int from, int to, String lowerCaseText) {
        int length = to - from;
        if (length != lowerCaseText.length()) return false;
        for (int i = 0; i < length; i++) {
            if (lowerCase(bytes[from + i]) != lowerCaseText.charAt(i)) return false;
        }
        return true;
    }

    static int lowerCase(int c) {
        return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
    }

    static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** How a byte is shown in an error message: printable ASCII as it is, else as a number. */
    static String show(byte b) {
        return b > ' ' && b < 0x7F ? "'" + (char) b + "'" : "byte " + (b & 0xFF);
    }
}
