package org.dormouse.servlet;

/** Host and port of an authority (RFC 3986 §3.2), which the protocol has checked. Pure functions. */
final class Authority {
    private Authority() {}

    /** An IPv6 address keeps its brackets. */
    static String host(String authority) {
        int colon = portColon(authority);
        return colon < 0 ? authority : authority.substring(0, colon);
    }

    /** -1 where none is given. */
    static int port(String authority) {
        int colon = portColon(authority);
        if (colon < 0 || colon == authority.length() - 1) return -1;
        try {
            return Integer.parseInt(authority, colon + 1, authority.length(), 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static int portColon(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon < 0 || authority.indexOf(']', colon) >= 0 ? -1 : colon;
    }
}
