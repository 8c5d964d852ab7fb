package org.dormouse.filter;

import java.util.Locale;
import org.dormouse.transport.AddressText;
import org.jspecify.annotations.Nullable;

/**
 * A host with or without a port, as in the Host field (RFC 9110 §7.2): a name of letters, digits, dots, hyphens and underscores, or an address.
 * Narrower than RFC 3986, whose names may have delimiters and percent signs: nobody has such a host, and what compares or repeats one shall not
 * meet them.
 *
 * @param host in lower case, an address of IPv6 in brackets
 * @param port -1 where none is given
 */
record HostText(String host, int port) {
    private static final int MAX_NAME = 255;

    /** Null if it is none. */
    static @Nullable HostText parse(@Nullable String text) {
        if (text == null || text.isEmpty()) return null;
        int hostEnd = text.charAt(0) == '[' ? text.indexOf(']') + 1 : text.indexOf(':');
        if (hostEnd < 0) hostEnd = text.length();
        if (hostEnd == 0 || hostEnd > MAX_NAME) return null;
        String host = text.substring(0, hostEnd);
        if (!(host.charAt(0) == '[' ? isIpv6(host) : isName(host))) return null;
        int port = -1;
        if (hostEnd < text.length()) {
            if (text.charAt(hostEnd) != ':') return null;
            port = port(text.substring(hostEnd + 1));
            if (port < 0) return null;
        }
        return new HostText(host.toLowerCase(Locale.ROOT), port);
    }

    /** 0 to 65535, or -1 if it is none. */
    static int port(String text) {
        if (!AddressText.isNumber(text, 5)) return -1;
        int port = Integer.parseInt(text);
        return port > 65535 ? -1 : port;
    }

    private static boolean isIpv6(String host) {
        if (host.length() < 4) return false;
        try {
            AddressText.ipv6(host.substring(1, host.length() - 1), 0);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isName(String host) {
        char before = '.';
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean isLetterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (c == '.' && before == '.') return false;
            if (!isLetterOrDigit && c != '-' && c != '_' && c != '.') return false;
            before = c;
        }
        return true;
    }

    @Override
    public String toString() {
        return port < 0 ? host : host + ":" + port;
    }
}
