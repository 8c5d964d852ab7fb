package org.dormouse.servlet;

import java.nio.charset.StandardCharsets;

/** Values for Location (RFC 9110 §10.2.2): a relative reference is made absolute in its path, the rest is left to the client. Pure. */
final class Locations {
    private Locations() {}

    /**
     * Resolves {@code location} as the client would. Only a location that itself begins with two slashes, or has a scheme, can name
     * another host.
     *
     * @param rawPath as the client sent it: what it resolves relative references against, wherever the request has been dispatched since
     * @throws IllegalArgumentException if {@code location} has a control character
     */
    static String resolve(String location, String rawPath) {
        String encoded = encode(location);
        String requestUri = ContextPaths.withOneSlash(rawPath);
        if (encoded.startsWith("/") || hasScheme(encoded)) return encoded;
        if (encoded.isEmpty() || encoded.startsWith("?") || encoded.startsWith("#")) return requestUri + encoded;
        return requestUri.substring(0, requestUri.lastIndexOf('/') + 1) + encoded;
    }

    /** The same with scheme and authority of {@code request}, as the client named them, if it is only a path. */
    static String resolveFully(String location, DormouseRequest request) {
        String resolved = resolve(location, request.head().rawPath());
        if (!resolved.startsWith("/") || resolved.startsWith("//")) return resolved;
        return request.ownAddress() + resolved;
    }

    /** RFC 3986 §3.1: a letter, then letters, digits, plus, minus or dot, then a colon, before any slash. */
    private static boolean hasScheme(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ':') return i > 0;
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            boolean other = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
            if (!letter && (i == 0 || !other)) return false;
        }
        return false;
    }

    /** Encodes what no URI may hold: spaces, characters beyond ASCII, and backslashes, which clients take for slashes. */
    private static String encode(String location) {
        StringBuilder encoded = null;
        for (int i = 0; i < location.length(); ) {
            int code = location.codePointAt(i);
            int length = Character.charCount(code);
            if (code < ' ' || code == 0x7F) {
                throw new IllegalArgumentException("character " + code + " in location at " + i);
            }
            if (code == ' ' || code == '\\' || code > 0x7E) {
                if (encoded == null) encoded = new StringBuilder(location.length() + 16).append(location, 0, i);
                for (byte b : location.substring(i, i + length).getBytes(StandardCharsets.UTF_8)) {
                    encoded.append('%');
                    encoded.append(Character.toUpperCase(Character.forDigit(b >> 4 & 15, 16)));
                    encoded.append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
                }
            } else if (encoded != null) {
                encoded.append((char) code);
            }
            i += length;
        }
        return encoded == null ? location : encoded.toString();
    }
}
