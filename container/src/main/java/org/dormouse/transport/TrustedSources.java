package org.dormouse.transport;

import java.util.ArrayList;
import java.util.List;
import org.dormouse.poller.socket.SocketAddress;

/** Those whose word about others is taken: ranges of addresses, and whoever may connect to a Unix domain socket. Immutable. */
public final class TrustedSources {
    private static final int BITS = 128;
    private static final int BITS_BEFORE_IPV4 = 96;

    /** Addresses whose first bits are these. */
    private record Range(long high, long low, int bits) {
        boolean contains(long otherHigh, long otherLow) {
            return ((high ^ otherHigh) & mask(bits)) == 0 && ((low ^ otherLow) & mask(bits - 64)) == 0;
        }

        boolean hasBitsBeyond() {
            return (high & ~mask(bits)) != 0 || (low & ~mask(bits - 64)) != 0;
        }

        private static long mask(int bits) {
            return bits <= 0 ? 0 : bits >= 64 ? -1 : -1L << (64 - bits);
        }
    }

    private final List<Range> ranges;
    private final boolean includesUnix;

    private TrustedSources(List<Range> ranges, boolean includesUnix) {
        this.ranges = List.copyOf(ranges);
        this.includesUnix = includesUnix;
    }

    /**
     * Reads a list with commas: {@code 10.0.0.0/8, 192.0.2.7, fd00::/8, unix}.
     *
     * @throws IllegalArgumentException with the entry that cannot be read
     */
    public static TrustedSources parse(String text) {
        var ranges = new ArrayList<Range>();
        boolean includesUnix = false;
        for (String each : text.split(",", -1)) {
            String entry = each.strip();
            if (entry.equals("unix")) includesUnix = true;
            else ranges.add(range(entry));
        }
        return new TrustedSources(ranges, includesUnix);
    }

    private static Range range(String entry) {
        int slash = entry.indexOf('/');
        String address = slash < 0 ? entry : entry.substring(0, slash);
        boolean isIpv6 = address.indexOf(':') >= 0;
        SocketAddress first = isIpv6 ? AddressText.ipv6(address, 0) : AddressText.ipv4(address, 0);
        int before = isIpv6 ? 0 : BITS_BEFORE_IPV4;
        int bits = BITS;
        if (slash >= 0) {
            String prefix = entry.substring(slash + 1);
            if (!AddressText.isNumber(prefix, 3) || Integer.parseInt(prefix) > BITS - before)
                throw new IllegalArgumentException(
                        "\"" + entry + "\" has no prefix of 0 to " + (BITS - before) + " bits");
            bits = before + Integer.parseInt(prefix);
        }
        var range = new Range(first.high(), first.low(), bits);
        if (range.hasBitsBeyond())
            throw new IllegalArgumentException("\"" + entry + "\" has bits of its address beyond its prefix");
        return range;
    }

    /** Whether it names whoever may connect to a Unix domain socket. */
    public boolean includesUnix() {
        return includesUnix;
    }

    /** Whether it names any address of IP. */
    public boolean includesAddresses() {
        return !ranges.isEmpty();
    }

    public boolean contains(SocketAddress address) {
        return contains(false, address.high(), address.low());
    }

    /** Whether {@code address}, as it is written without a port, is one of them; what is no address is none. */
    public boolean contains(String address) {
        try {
            return contains(AddressText.parse(address));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    boolean contains(boolean isUnix, long high, long low) {
        if (isUnix) return includesUnix;
        for (int i = 0; i < ranges.size(); i++) if (ranges.get(i).contains(high, low)) return true;
        return false;
    }
}
