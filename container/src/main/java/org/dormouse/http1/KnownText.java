package org.dormouse.http1;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Texts that nearly every request repeats, so that a string of each is there already. Exact bytes only: a name in another case is made
 * anew, and shown as it was sent. Immutable.
 */
final class KnownText {
    private static final int SLOTS = 512;

    private static final byte[] FREE = new byte[0];

    static final KnownText METHODS =
            new KnownText("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT");

    static final KnownText NAMES = new KnownText(
            "Host",
            "host",
            "Connection",
            "connection",
            "User-Agent",
            "user-agent",
            "Accept",
            "accept",
            "Accept-Encoding",
            "accept-encoding",
            "Accept-Language",
            "accept-language",
            "Content-Type",
            "content-type",
            "Content-Length",
            "content-length",
            "Transfer-Encoding",
            "transfer-encoding",
            "Cookie",
            "cookie",
            "Referer",
            "referer",
            "Origin",
            "origin",
            "Authorization",
            "authorization",
            "Cache-Control",
            "cache-control",
            "Pragma",
            "Upgrade",
            "upgrade",
            "Upgrade-Insecure-Requests",
            "upgrade-insecure-requests",
            "If-None-Match",
            "if-none-match",
            "If-Modified-Since",
            "if-modified-since",
            "Range",
            "Expect",
            "Date",
            "Via",
            "TE",
            "DNT",
            "Keep-Alive",
            "Sec-Fetch-Site",
            "Sec-Fetch-Mode",
            "Sec-Fetch-User",
            "Sec-Fetch-Dest",
            "Sec-WebSocket-Key",
            "Sec-WebSocket-Version",
            "Sec-WebSocket-Extensions",
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "X-Forwarded-Host",
            "X-Requested-With",
            "traceparent");

    static final KnownText VALUES = new KnownText(
            "localhost",
            "keep-alive",
            "close",
            "Upgrade",
            "websocket",
            "*/*",
            "gzip, deflate",
            "gzip, deflate, br",
            "gzip, deflate, br, zstd",
            "no-cache",
            "max-age=0",
            "application/json",
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/octet-stream",
            "chunked",
            "100-continue",
            "0",
            "1",
            "13",
            "en-US,en;q=0.5",
            "en-US,en;q=0.9",
            "same-origin",
            "navigate",
            "cors",
            "document",
            "empty",
            "?1");

    private final byte[][] bytes = new byte[SLOTS][];
    private final String[] strings = new String[SLOTS];

    private KnownText(String... texts) {
        Arrays.fill(bytes, FREE);
        Arrays.fill(strings, "");
        for (String text : texts) {
            byte[] own = text.getBytes(StandardCharsets.ISO_8859_1);
            int slot = slot(own, 0, own.length);
            while (bytes[slot].length > 0) slot = (slot + 1) & (SLOTS - 1);
            bytes[slot] = own;
            strings[slot] = text;
        }
    }

    /** The bytes as a string: one that exists already, or a new one. */
    String text(byte[] source, int from, int to) {
        if (from == to) return "";
        for (int slot = slot(source, from, to); ; slot = (slot + 1) & (SLOTS - 1)) {
            byte[] candidate = bytes[slot];
            if (candidate.length == 0) return Octets.text(source, from, to);
            if (candidate.length == to - from && startsWith(source, from, candidate)) return strings[slot];
        }
    }

    private static boolean startsWith(byte[] source, int from, byte[] candidate) {
        for (int i = 0; i < candidate.length; i++) {
            if (source[from + i] != candidate[i]) return false;
        }
        return true;
    }

    private static int slot(byte[] source, int from, int to) {
        int length = to - from;
        int hash = length * 0x9E3779B1 + source[from] * 31 + source[to - 1] * 131 + source[from + length / 2] * 1031;
        return (hash ^ (hash >>> 15)) & (SLOTS - 1);
    }
}
