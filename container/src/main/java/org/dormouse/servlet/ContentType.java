package org.dormouse.servlet;

import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The value of a Content-Type field, taken apart. Immutable but for a memory of the last composed value. Applications use few different
 * ones, so they are kept.
 */
final class ContentType {
    /** How many are kept; beyond, each is taken apart again. */
    private static final int MAX_KEPT = 512;

    private static final ConcurrentHashMap<String, ContentType> KEPT = new ConcurrentHashMap<>();

    private record Composed(String charset, String value) {}

    private final String text;
    private final String withoutCharset;
    private final @Nullable String charset;
    private final boolean json;
    /** A race here only composes twice. */
    private volatile @Nullable Composed last;

    private ContentType(String text) {
        this.text = text;
        int parameter = findCharset(text);
        if (parameter < 0) {
            withoutCharset = text;
            charset = null;
        } else {
            int end = text.indexOf(';', parameter);
            if (end < 0) end = text.length();
            String value = text.substring(text.indexOf('=', parameter) + 1, end).strip();
            boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
            charset = quoted ? value.substring(1, value.length() - 1) : value;
            int semicolon = text.lastIndexOf(';', parameter);
            withoutCharset = (text.substring(0, semicolon) + text.substring(end)).strip();
        }
        int typeEnd = withoutCharset.indexOf(';');
        String type = (typeEnd < 0 ? withoutCharset : withoutCharset.substring(0, typeEnd)).strip();
        String lower = type.toLowerCase(Locale.ROOT);
        json = lower.equals("application/json") || lower.endsWith("+json");
    }

    static ContentType of(String text) {
        ContentType known = KEPT.get(text);
        if (known != null) return known;
        var made = new ContentType(text);
        if (KEPT.size() < MAX_KEPT && text.length() < 256) KEPT.putIfAbsent(text, made);
        return made;
    }

    /** Where the name of the parameter charset begins, or -1. */
    private static int findCharset(String text) {
        for (int semicolon = text.indexOf(';'); semicolon >= 0; semicolon = text.indexOf(';', semicolon + 1)) {
            int start = semicolon + 1;
            while (start < text.length() && text.charAt(start) == ' ') start++;
            if (text.regionMatches(true, start, "charset=", 0, 8)) return start;
        }
        return -1;
    }

    /** The value as it was given. */
    String text() {
        return text;
    }

    /** The value of the parameter charset, without quotes; null where there is none. */
    @Nullable
    String charset() {
        return charset;
    }

    /** Always in UTF-8, and has no charset parameter (RFC 8259 §8.1 and §11). */
    boolean isJson() {
        return json;
    }

    /** The value with this charset, whatever it had; null: with none. */
    String with(@Nullable String other) {
        if (other == null) return withoutCharset;
        if (other.equals(charset)) return text;
        Composed composed = last;
        if (composed == null || !composed.charset.equals(other)) {
            composed = new Composed(other, withoutCharset + ";charset=" + other);
            last = composed;
        }
        return composed.value;
    }
}
