package org.dormouse.servlet;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dormouse.http.BadRequest;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one request in the order met (Servlet 6.1 §3.1): of query strings and of bodies in
 * {@code application/x-www-form-urlencoded}. Malformed escapes and characters are refused, never guessed at.
 */
final class Parameters {
    /** The values of one name, with room for more: a name that comes a thousand times is not copied as often. */
    private static final class Values {
        private String[] all;
        private int count = 1;

        Values(String first) {
            all = new String[] {first};
        }

        void add(String value) {
            if (count == all.length) all = Arrays.copyOf(all, 2 * count);
            all[count++] = value;
        }

        String[] whole() {
            if (count < all.length) all = Arrays.copyOf(all, count);
            return all;
        }
    }

    private final Map<String, Values> byName = new LinkedHashMap<>();
    private final int maxParameters;
    private int count;
    private @Nullable Map<String, String[]> shown;

    /** @param maxParameters key {@code http.max-parameters} */
    Parameters(int maxParameters) {
        this.maxParameters = maxParameters;
    }

    /** Not to be changed. */
    Map<String, String[]> values() {
        Map<String, String[]> known = shown;
        if (known != null) return known;
        var made = LinkedHashMap.<String, String[]>newLinkedHashMap(byName.size());
        byName.forEach((name, values) -> made.put(name, values.whole()));
        shown = made;
        return made;
    }

    @Nullable
    String first(String name) {
        Values all = byName.get(name);
        return all == null ? null : all.all[0];
    }

    void add(String name, String value) throws BadRequest {
        if (++count > maxParameters) {
            throw new BadRequest(400, "more than " + maxParameters + " parameters (http.max-parameters)");
        }
        append(name, value);
    }

    private void append(String name, String value) {
        shown = null;
        Values before = byName.get(name);
        if (before == null) byName.put(name, new Values(value));
        else before.add(value);
    }

    /** Adds those of {@code other} behind the own ones. */
    void addAll(Parameters other) {
        other.values().forEach((name, added) -> {
            for (String value : added) append(name, value);
        });
        count += other.count;
    }

    /** Adds {@code name=value&...}, still encoded. */
    void parse(String encoded, Charset charset) throws BadRequest {
        for (int start = 0; start < encoded.length(); ) {
            int end = encoded.indexOf('&', start);
            if (end < 0) end = encoded.length();
            if (end > start) {
                int equals = encoded.indexOf('=', start, end);
                int nameEnd = equals < 0 ? end : equals;
                String name = decode(encoded, start, nameEnd, charset);
                add(name, equals < 0 ? "" : decode(encoded, equals + 1, end, charset));
            }
            start = end + 1;
        }
    }

    private static String decode(String text, int start, int end, Charset charset) throws BadRequest {
        int i = start;
        while (i < end && isPlain(text.charAt(i))) i++;
        return i == end ? text.substring(start, end) : unescape(text, start, end, charset);
    }

    private static boolean isPlain(char c) {
        return c != '%' && c != '+' && c < 0x80;
    }

    private static String unescape(String text, int start, int end, Charset charset) throws BadRequest {
        byte[] bytes = new byte[end - start];
        int length = 0;
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = i + 2 < end ? digit(text.charAt(i + 1)) : -1;
                int low = i + 2 < end ? digit(text.charAt(i + 2)) : -1;
                if (high < 0 || low < 0) throw new BadRequest(400, "bad escape in parameters at " + i);
                bytes[length++] = (byte) (high << 4 | low);
                i += 2;
            } else {
                bytes[length++] = c == '+' ? (byte) ' ' : (byte) c;
            }
        }
        try {
            return charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadRequest(400, "parameter after " + start + " is not " + charset.name());
        }
    }

    private static int digit(char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return -1;
    }
}
