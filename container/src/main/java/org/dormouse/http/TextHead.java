package org.dormouse.http;

import org.jspecify.annotations.Nullable;

/**
 * A request head that came as strings, from a server that had parsed it already. The parts are as they were sent, still encoded.
 *
 * @param rawPath the path of the target, starting with a slash, without query; {@code "*"} for {@code OPTIONS *}
 * @param query what followed the first {@code ?}; null where there was none
 * @param fields must not change afterwards
 * @param contentLength length of the body in bytes: 0 where there is none, -1 where only its end will tell
 */
public record TextHead(
        String method,
        String rawPath,
        @Nullable String query,
        Version version,
        @Nullable String authority,
        Fields fields,
        long contentLength)
        implements RequestHead {

    /** @throws IllegalArgumentException if a part cannot have come out of a strict parser */
    public TextHead {
        checkToken(method);
        boolean asterisk = rawPath.equals("*") && method.equals("OPTIONS");
        if (!asterisk && !rawPath.startsWith("/"))
            throw new IllegalArgumentException("path \"" + rawPath + "\" does not start with a slash");
        checkVisible("path", rawPath);
        if (rawPath.indexOf('?') >= 0) throw new IllegalArgumentException("path \"" + rawPath + "\" has a query");
        if (query != null) checkVisible("query", query);
        if (contentLength < -1) throw new IllegalArgumentException("content length " + contentLength + " < -1");
    }

    /**
     * Splits a target in origin-form or asterisk-form (RFC 9112 §3.2.1, §3.2.4) at its first {@code ?}.
     *
     * @throws IllegalArgumentException as the constructor
     */
    public static TextHead of(
            String method,
            String target,
            Version version,
            @Nullable String authority,
            Fields fields,
            long contentLength) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        String query = mark < 0 ? null : target.substring(mark + 1);
        return new TextHead(method, path, query, version, authority, fields, contentLength);
    }

    private static void checkToken(String method) {
        if (method.isEmpty()) throw new IllegalArgumentException("method is empty");
        for (int i = 0; i < method.length(); i++) {
            if (!FieldSyntax.isTokenChar(method.charAt(i)))
                throw new IllegalArgumentException("character " + (int) method.charAt(i) + " in the method at " + i);
        }
    }

    private static void checkVisible(String part, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7F)
                throw new IllegalArgumentException("character " + (int) c + " in the " + part + " at " + i);
        }
    }
}
