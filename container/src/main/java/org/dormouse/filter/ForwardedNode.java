package org.dormouse.filter;

import org.dormouse.http.BadRequest;
import org.dormouse.http.FieldSyntax;
import org.dormouse.http.Printable;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.transport.AddressText;
import org.jspecify.annotations.Nullable;

/**
 * Whom a proxy got a request from (RFC 7239 §6).
 *
 * @param address null if the proxy keeps it to itself: {@code unknown}, or an identifier that begins with an underscore
 * @param port 0 where none is given
 */
record ForwardedNode(@Nullable SocketAddress address, int port) {
    private static final ForwardedNode HIDDEN = new ForwardedNode(null, 0);

    /**
     * Reads {@code 192.0.2.7}, {@code 192.0.2.7:80}, {@code [2001:db8::7]:80} and, if {@code isBare} allows it, {@code 2001:db8::7}.
     *
     * @throws BadRequest if it is none of that
     */
    static ForwardedNode parse(String text, boolean isBare, String field) throws BadRequest {
        try {
            if (text.startsWith("[")) {
                int close = text.indexOf(']');
                if (close < 0) throw wrong(text, field);
                return new ForwardedNode(
                        AddressText.ipv6(text.substring(1, close), 0), portBehind(text, close + 1, field));
            }
            int colon = text.indexOf(':');
            if (isBare && colon >= 0 && text.indexOf(':', colon + 1) >= 0)
                return new ForwardedNode(AddressText.ipv6(text, 0), 0);
            int end = colon < 0 ? text.length() : colon;
            if (isHidden(text, end)) {
                portBehind(text, end, field);
                return HIDDEN;
            }
            return new ForwardedNode(AddressText.ipv4(text.substring(0, end), 0), portBehind(text, end, field));
        } catch (IllegalArgumentException e) {
            throw wrong(text, field);
        }
    }

    private static boolean isHidden(String text, int end) {
        if (end == 7 && text.regionMatches(true, 0, "unknown", 0, 7)) return true;
        return end > 1 && isObfuscated(text, 0, end);
    }

    /** {@code "_" 1*( ALPHA / DIGIT / "." / "_" / "-")}. */
    private static boolean isObfuscated(String text, int start, int end) {
        if (end - start < 2 || text.charAt(start) != '_') return false;
        for (int i = start + 1; i < end; i++) {
            char c = text.charAt(i);
            if (!FieldSyntax.isTokenChar(c) || "!#$%&'*+^`|~".indexOf(c) >= 0) return false;
        }
        return true;
    }

    private static int portBehind(String text, int at, String field) throws BadRequest {
        if (at == text.length()) return 0;
        if (text.charAt(at) != ':') throw wrong(text, field);
        if (isObfuscated(text, at + 1, text.length())) return 0;
        int port = HostText.port(text.substring(at + 1));
        if (port < 0) throw wrong(text, field);
        return port;
    }

    private static BadRequest wrong(String text, String field) {
        String shown = Printable.text(text.length() > 80 ? text.substring(0, 80) : text);
        return new BadRequest(400, "\"" + shown + "\" in field " + field + " is no address");
    }
}
