package org.dormouse.transport;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import org.dormouse.poller.socket.SocketAddress;

/** Reads addresses of IP as they are written, strictly, and without asking a name server. */
public final class AddressText {
    private static final long MAPPED_IPV4 = 0xffff_0000_0000L;

    private AddressText() {}

    /**
     * Either, without a port.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static SocketAddress parse(String text) {
        return text.indexOf(':') >= 0 ? ipv6(text, 0) : ipv4(text, 0);
    }

    /**
     * IPv4 as four decimal numbers without leading zeros.
     *
     * @throws IllegalArgumentException if it is not that
     */
    public static SocketAddress ipv4(String text, int port) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) throw wrong(text, "IPv4");
        long bits = 0;
        for (String part : parts) {
            if (!isNumber(part, 3) || Integer.parseInt(part) > 255) throw wrong(text, "IPv4");
            bits = bits << 8 | Integer.parseInt(part);
        }
        return new SocketAddress(0, MAPPED_IPV4 | bits, port);
    }

    /**
     * IPv6 in any form of RFC 4291 §2.2, without a zone.
     *
     * @throws IllegalArgumentException if it is not that
     */
    public static SocketAddress ipv6(String text, int port) {
        // The JDK takes brackets and zones as well.
        boolean isPlain = text.indexOf(':') >= 0 && text.chars().allMatch(AddressText::isOfIpv6);
        if (!isPlain) throw wrong(text, "IPv6");
        try {
            return SocketAddress.of(new InetSocketAddress(Inet6Address.ofLiteral(text), port));
        } catch (IllegalArgumentException e) {
            throw wrong(text, "IPv6");
        }
    }

    private static boolean isOfIpv6(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
    }

    /** A decimal number without leading zeros. */
    public static boolean isNumber(String text, int maxDigits) {
        if (text.isEmpty() || text.length() > maxDigits) return false;
        if (text.length() > 1 && text.charAt(0) == '0') return false;
        return text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static IllegalArgumentException wrong(String text, String kind) {
        return new IllegalArgumentException("\"" + text + "\" is no address of " + kind);
    }
}
