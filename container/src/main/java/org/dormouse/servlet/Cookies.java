package org.dormouse.servlet;

import jakarta.servlet.http.Cookie;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.http.BadRequest;
import org.dormouse.http.FieldSyntax;
import org.dormouse.http.Fields;
import org.jspecify.annotations.Nullable;

/**
 * Reads the Cookie fields of a request (RFC 6265 §5.4). A semicolon always ends a pair, within quotes too, so a malformed pair is left out
 * and never swallows its neighbours. Quotes around a value are part of it. Pure functions.
 */
final class Cookies {
    private Cookies() {}

    /** @throws IllegalStateException if there are more than {@code most}; its cause is a {@link BadRequest} 431 */
    static List<Cookie> parse(Fields fields, int most) {
        var cookies = new ArrayList<Cookie>();
        int pairs = 0;
        for (int i = fields.find("Cookie", 0); i >= 0; i = fields.find("Cookie", i + 1)) {
            String field = fields.value(i);
            for (int start = 0; start < field.length(); ) {
                checkCount(++pairs, most);
                int end = endOfPair(field, start);
                Cookie cookie = parsePair(field, start, end);
                if (cookie != null) cookies.add(cookie);
                start = end + 1;
            }
        }
        return cookies;
    }

    /**
     * The values of the cookies called {@code name}, in the order sent, without making anything of the others.
     *
     * @throws IllegalStateException as {@link #parse}
     */
    static List<String> values(Fields fields, String name, int most) {
        List<String> values = List.of();
        int pairs = 0;
        for (int i = fields.find("Cookie", 0); i >= 0; i = fields.find("Cookie", i + 1)) {
            String field = fields.value(i);
            for (int start = 0; start < field.length(); ) {
                checkCount(++pairs, most);
                int end = endOfPair(field, start);
                int from = skipSpace(field, start, end);
                if (field.startsWith(name, from)
                        && from + name.length() < end
                        && field.charAt(from + name.length()) == '=') {
                    String value = value(field, from + name.length() + 1, end);
                    if (value != null) {
                        if (values.isEmpty()) values = new ArrayList<>(1);
                        values.add(value);
                    }
                }
                start = end + 1;
            }
        }
        return values;
    }

    /** The same of a request for whose cookies nobody has asked: none, where there are too many. */
    static List<String> valuesOrNone(Fields fields, String name, int most) {
        try {
            return values(fields, name, most);
        } catch (IllegalStateException e) {
            return List.of();
        }
    }

    private static void checkCount(int pairs, int most) {
        if (pairs <= most) return;
        var reason = new BadRequest(431, "more than " + most + " cookies (http.max-cookies)");
        throw new IllegalStateException(reason.getMessage(), reason);
    }

    private static int endOfPair(String field, int start) {
        int semicolon = field.indexOf(';', start);
        return semicolon < 0 ? field.length() : semicolon;
    }

    private static @Nullable Cookie parsePair(String field, int start, int end) {
        int from = skipSpace(field, start, end);
        int equals = field.indexOf('=', from, end);
        if (equals <= from) return null;
        for (int i = from; i < equals; i++) {
            if (!FieldSyntax.isTokenChar(field.charAt(i))) return null;
        }
        String value = value(field, equals + 1, end);
        if (value == null) return null;
        try {
            return new Cookie(field.substring(from, equals), value);
        } catch (IllegalArgumentException e) {
            return null; // a name that the API does not allow, "$Version" for one
        }
    }

    /** cookie-value of RFC 6265 §4.1.1, or null. */
    private static @Nullable String value(String field, int start, int end) {
        int to = end;
        while (to > start && isSpace(field.charAt(to - 1))) to--;
        boolean quoted = to - start >= 2 && field.charAt(start) == '"' && field.charAt(to - 1) == '"';
        int first = quoted ? start + 1 : start;
        int last = quoted ? to - 1 : to;
        for (int i = first; i < last; i++) {
            if (!isOctet(field.charAt(i))) return null;
        }
        return field.substring(start, to);
    }

    private static int skipSpace(String field, int start, int end) {
        int from = start;
        while (from < end && isSpace(field.charAt(from))) from++;
        return from;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }

    /** cookie-octet of RFC 6265 §4.1.1; obs-text is let through, as clients do send it. */
    static boolean isOctet(char c) {
        return c == 0x21
                || (c >= 0x23 && c <= 0x2B)
                || (c >= 0x2D && c <= 0x3A)
                || (c >= 0x3C && c <= 0x5B)
                || (c >= 0x5D && c <= 0x7E)
                || (c >= 0x80 && c <= 0xFF);
    }
}
