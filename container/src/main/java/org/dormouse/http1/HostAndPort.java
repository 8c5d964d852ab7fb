package org.dormouse.http1;

/** Host and port as bytes: of the Host field, and of the authority of an absolute target. Pure functions. */
final class HostAndPort {
    private HostAndPort() {}

    /** uri-host [ ":" port ], the host not empty (RFC 3986 §3.2.2 and §3.2.3, RFC 9110 §4.2.1); no user information. */
    static boolean isValid(byte[] bytes, int start, int end) {
        int at = start;
        if (at < end && bytes[at] == '[') {
            while (at < end && bytes[at] != ']') at++;
            if (at == end || !isIpv6(bytes, start + 1, at)) return false;
            at++;
        } else {
            while (at < end && Octets.isHost(bytes[at])) {
                if (bytes[at] == '%' && !isEscape(bytes, at, end)) return false;
                at++;
            }
            if (at == start) return false;
        }
        if (at == end) return true;
        return bytes[at] == ':' && isPort(bytes, at + 1, end);
    }

    private static boolean isEscape(byte[] bytes, int at, int end) {
        return at + 2 < end && Octets.hexValue(bytes[at + 1]) >= 0 && Octets.hexValue(bytes[at + 2]) >= 0;
    }

    /** IPv6address of RFC 3986 §3.2.2: eight groups, of which {@code ::} stands for at least one; the last two may be an address of IPv4. */
    private static boolean isIpv6(byte[] bytes, int start, int end) {
        int groups = 0;
        boolean gap = false;
        for (int at = start; at < end; ) {
            if (bytes[at] == ':') {
                boolean isGap = at + 1 < end && bytes[at + 1] == ':';
                if (isGap ? gap : at == start || at + 1 == end) return false;
                gap |= isGap;
                at += isGap ? 2 : 1;
                if (at < end && bytes[at] == ':') return false;
                continue;
            }
            int from = at;
            while (at < end && Octets.hexValue(bytes[at]) >= 0) at++;
            if (at < end && bytes[at] == '.') {
                if (!isIpv4(bytes, from, end)) return false;
                groups += 2;
                break;
            }
            if (at == from || at - from > 4) return false;
            if (at < end && bytes[at] != ':') return false;
            groups++;
        }
        return gap ? groups < 8 : groups == 8;
    }

    private static boolean isIpv4(byte[] bytes, int start, int end) {
        int at = start;
        for (int part = 0; part < 4; part++) {
            if (part > 0 && (at == end || bytes[at++] != '.')) return false;
            int from = at;
            int value = 0;
            while (at < end && at - from < 3 && bytes[at] >= '0' && bytes[at] <= '9')
                value = value * 10 + bytes[at++] - '0';
            if (at == from || value > 255 || (at - from > 1 && bytes[from] == '0')) return false;
        }
        return at == end;
    }

    private static boolean isPort(byte[] bytes, int start, int end) {
        if (end - start > 5) return false;
        int port = 0;
        for (int i = start; i < end; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') return false;
            port = port * 10 + bytes[i] - '0';
        }
        return port <= 0xFFFF;
    }

    /** Whether two valid ones name the same, without regard to case; a port that is not given is {@code defaultPort}. */
    static boolean areSame(byte[] bytes, int start, int end, int otherStart, int otherEnd, int defaultPort) {
        int colon = portColon(bytes, start, end);
        int otherColon = portColon(bytes, otherStart, otherEnd);
        if (colon - start != otherColon - otherStart) return false;
        for (int i = 0; i < colon - start; i++) {
            if (Octets.lowerCase(bytes[start + i]) != Octets.lowerCase(bytes[otherStart + i])) return false;
        }
        return port(bytes, colon, end, defaultPort) == port(bytes, otherColon, otherEnd, defaultPort);
    }

    /** Where the colon in front of the port is; the end where there is none. */
    private static int portColon(byte[] bytes, int start, int end) {
        int at = end;
        while (at > start && bytes[at - 1] >= '0' && bytes[at - 1] <= '9') at--;
        return at > start && bytes[at - 1] == ':' ? at - 1 : end;
    }

    private static int port(byte[] bytes, int colon, int end, int defaultPort) {
        int port = 0;
        for (int i = colon + 1; i < end; i++) port = port * 10 + bytes[i] - '0';
        return colon + 1 >= end ? defaultPort : port;
    }
}
