package org.dormouse.poller.socket;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * An IP address with a port, as numbers.
 *
 * @param high the first 64 bits as IPv6
 * @param low the last 64 bits; IPv4 is kept in its mapped form ({@code ::ffff:a.b.c.d})
 * @param port 0 to 65535
 */
public record SocketAddress(long high, long low, int port) {
    /** 127.0.0.1 without a port: stands for both ends of a Unix domain socket. */
    static final SocketAddress OF_UNIX = new SocketAddress(0, 0xffff_7f00_0001L, 0);

    private static final long MAPPED_IPV4 = 0xffff_0000_0000L;

    public SocketAddress {
        if (port < 0 || port > 65535) throw new IllegalArgumentException("port " + port + " is not in 0..65535");
    }

    /** Takes over a resolved Java address. */
    public static SocketAddress of(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        if (ip == null) throw new IllegalArgumentException("host " + address.getHostString() + " has no known address");
        byte[] bytes = ip.getAddress();
        if (bytes.length == 4) return new SocketAddress(0, MAPPED_IPV4 | number(bytes, 0, 4), address.getPort());
        return new SocketAddress(number(bytes, 0, 8), number(bytes, 8, 8), address.getPort());
    }

    public boolean isIpv4() {
        return isIpv4(high, low);
    }

    /** The address without its port, in the usual notation; asks no name server. */
    public String host() {
        return host(high, low);
    }

    /** Whether these numbers are a mapped IPv4 address. */
    public static boolean isIpv4(long high, long low) {
        return high == 0 && (low & 0xffff_ffff_0000_0000L) == MAPPED_IPV4;
    }

    /** The same for Java. */
    public InetSocketAddress toJava() {
        return new InetSocketAddress(inetAddress(high, low), port);
    }

    /** The address {@code high}, {@code low} in the usual notation; asks no name server. */
    public static String host(long high, long low) {
        return inetAddress(high, low).getHostAddress();
    }

    private static InetAddress inetAddress(long high, long low) {
        byte[] bytes;
        if (isIpv4(high, low)) {
            bytes = new byte[4];
            for (int i = 0; i < 4; i++) bytes[i] = (byte) (low >>> (24 - 8 * i));
        } else {
            bytes = new byte[16];
            for (int i = 0; i < 8; i++) {
                bytes[i] = (byte) (high >>> (56 - 8 * i));
                bytes[8 + i] = (byte) (low >>> (56 - 8 * i));
            }
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 and 16 are the right lengths", e);
        }
    }

    private static long number(byte[] bytes, int offset, int length) {
        long number = 0;
        for (int i = 0; i < length; i++) number = number << 8 | (bytes[offset + i] & 0xff);
        return number;
    }

    @Override
    public String toString() {
        return isIpv4() ? host() + ":" + port : "[" + host() + "]:" + port;
    }
}
