package org.dormouse.tls;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names of hosts as they are compared: in lower case, without the dot at the end (RFC 6066 §3, RFC 9110 §4.2.3). Pure functions. */
final class HostName {
    private HostName() {}

    /** May give back {@code name} itself: most come as they are compared. */
    static String normal(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.length() > 1 && lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /** The host of {@code host[:port]}, which has been checked to be one; an IPv6 address without its brackets. */
    static String ofAuthority(String authority) {
        int end = authority.length();
        if (authority.startsWith("[")) {
            int bracket = authority.indexOf(']');
            return bracket < 0 ? authority : authority.substring(1, bracket);
        }
        int colon = authority.lastIndexOf(':');
        return authority.substring(0, colon < 0 ? end : colon);
    }

    /** What {@code *.} would have to be followed by to cover {@code name}: all but its first label; null if that is nothing. */
    static @Nullable String parent(String name) {
        int dot = name.indexOf('.');
        return dot < 1 || dot == name.length() - 1 ? null : name.substring(dot + 1);
    }
}
