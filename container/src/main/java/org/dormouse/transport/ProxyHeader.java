package org.dormouse.transport;

import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.dormouse.poller.socket.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy says first about the client whose connection it passes on: the PROXY protocol, versions 1 (a line of text) and 2 (binary), as
 * HAProxy's proxy-protocol.txt has them.
 *
 * @param length of the header in bytes
 * @param source the client; null if the proxy speaks for itself or does not know: then the connection is what it looks like
 * @param destination what the client connected to; null as {@code source}
 */
record ProxyHeader(
        int length,
        @Nullable SocketAddress source,
        @Nullable SocketAddress destination) {
    /** The longest line of version 1, CR LF included. */
    static final int MAX_LINE_BYTES = 107;

    private static final byte[] LINE_BEGIN = "PROXY ".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] SIGNATURE = "\r\n\r\n\0\r\nQUIT\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final int FIXED_BYTES = 16;
    private static final int TLV_HEAD_BYTES = 3;
    private static final byte TLV_CRC32C = 3;
    private static final int CRC_BYTES = 4;
    private static final byte[] NO_CRC = new byte[CRC_BYTES];
    private static final long MAPPED_IPV4 = 0xffff_0000_0000L;

    /** It is no such header. Without a stack: it is the peer's fault. */
    static final class Refused extends Exception {
        @Serial
        private static final long serialVersionUID = 1;

        Refused(String detail) {
            super(detail, null, false, false);
        }
    }

    /**
     * Reads the header at the beginning of a connection.
     *
     * @param available how many bytes from {@code offset} on have come
     * @param maxBytes the longest header of version 2
     * @return null if it is not whole yet, and still may become one
     */
    static @Nullable ProxyHeader parse(byte[] bytes, int offset, int available, int maxBytes) throws Refused {
        if (available == 0) return null;
        boolean isText = bytes[offset] == LINE_BEGIN[0];
        byte[] begin = isText ? LINE_BEGIN : SIGNATURE;
        for (int i = 0; i < Math.min(available, begin.length); i++)
            if (bytes[offset + i] != begin[i]) throw new Refused("byte " + i + " is not that of a PROXY header");
        if (available < begin.length) return null;
        return isText ? line(bytes, offset, available) : binary(bytes, offset, available, maxBytes);
    }

    // --- version 1

    private static @Nullable ProxyHeader line(byte[] bytes, int offset, int available) throws Refused {
        int most = Math.min(available, MAX_LINE_BYTES);
        for (int i = LINE_BEGIN.length; i < most; i++) {
            byte b = bytes[offset + i];
            if (b == '\r') {
                if (i + 1 == MAX_LINE_BYTES) break;
                if (i + 1 == available) return null;
                if (bytes[offset + i + 1] != '\n') throw new Refused("CR without LF in a PROXY line");
                String text = new String(
                        bytes, offset + LINE_BEGIN.length, i - LINE_BEGIN.length, StandardCharsets.ISO_8859_1);
                return ofLine(text, i + 2);
            }
            if (b < ' ' || b > '~') throw new Refused("byte " + b + " in a PROXY line");
        }
        if (available < MAX_LINE_BYTES) return null;
        throw new Refused("PROXY line of more than " + MAX_LINE_BYTES + " bytes");
    }

    private static ProxyHeader ofLine(String text, int length) throws Refused {
        // What follows this word is to be ignored.
        if (text.equals("UNKNOWN") || text.startsWith("UNKNOWN ")) return new ProxyHeader(length, null, null);
        String[] words = text.split(" ", -1);
        boolean isIpv4 = words[0].equals("TCP4");
        if (words.length != 5 || !(isIpv4 || words[0].equals("TCP6")))
            throw new Refused("PROXY line is not a protocol, two addresses and two ports");
        int from = port(words[3]);
        int to = port(words[4]);
        try {
            return isIpv4
                    ? new ProxyHeader(length, AddressText.ipv4(words[1], from), AddressText.ipv4(words[2], to))
                    : new ProxyHeader(length, AddressText.ipv6(words[1], from), AddressText.ipv6(words[2], to));
        } catch (IllegalArgumentException e) {
            throw new Refused("PROXY line: " + e.getMessage());
        }
    }

    private static int port(String digits) throws Refused {
        if (!AddressText.isNumber(digits, 5) || Integer.parseInt(digits) > 65535)
            throw new Refused("PROXY line: \"" + digits + "\" is no port");
        return Integer.parseInt(digits);
    }

    // --- version 2

    private static @Nullable ProxyHeader binary(byte[] bytes, int offset, int available, int maxBytes) throws Refused {
        if (available < FIXED_BYTES) return null;
        int versionAndCommand = bytes[offset + 12] & 0xff;
        if (versionAndCommand >> 4 != 2) throw new Refused("PROXY header of version " + (versionAndCommand >> 4));
        int command = versionAndCommand & 0xf;
        if (command > 1) throw new Refused("PROXY command " + command);
        int length = FIXED_BYTES + (int) number(bytes, offset + 14, 2);
        if (length > maxBytes)
            throw new Refused(
                    "PROXY header of " + length + " bytes, limit " + maxBytes + " (" + ProxySettings.MAX_BYTES + ")");
        if (available < length) return null;
        // LOCAL, such as a health check: whatever comes with it is to be ignored.
        return command == 0
                ? new ProxyHeader(length, null, null)
                : proxied(bytes, offset, length, bytes[offset + 13] & 0xff);
    }

    /** Families in the upper half of {@code transport}; of datagrams (0x.2) the connection stays what it looks like, as §2.2 wants it. */
    private static ProxyHeader proxied(byte[] bytes, int offset, int length, int transport) throws Refused {
        int at = offset + FIXED_BYTES;
        return switch (transport) {
            case 0x00, 0x12, 0x22, 0x32 -> new ProxyHeader(length, null, null);
            case 0x11 -> {
                checkRest(bytes, offset, length, 12);
                yield new ProxyHeader(length, ipv4(bytes, at, at + 8), ipv4(bytes, at + 4, at + 10));
            }
            case 0x21 -> {
                checkRest(bytes, offset, length, 36);
                yield new ProxyHeader(length, ipv6(bytes, at, at + 32), ipv6(bytes, at + 16, at + 34));
            }
            case 0x31 -> {
                checkRest(bytes, offset, length, 216); // two paths: there is no address to show
                yield new ProxyHeader(length, null, null);
            }
            default -> throw new Refused("PROXY transport 0x" + Integer.toHexString(transport));
        };
    }

    /** That the addresses fit, and what follows is whole: type, length and value (§2.2). Of those only the checksum is looked at. */
    private static void checkRest(byte[] bytes, int offset, int length, int addressBytes) throws Refused {
        int end = offset + length;
        int at = offset + FIXED_BYTES + addressBytes;
        if (at > end) throw new Refused("PROXY header of " + length + " bytes is too short for its addresses");
        while (at < end) {
            if (end - at < TLV_HEAD_BYTES) throw new Refused("PROXY header ends inside of a TLV");
            byte type = bytes[at];
            int valueBytes = (int) number(bytes, at + 1, 2);
            at += TLV_HEAD_BYTES + valueBytes;
            if (at > end) throw new Refused("PROXY header ends inside of a TLV");
            if (type == TLV_CRC32C) checkCrc(bytes, offset, length, at - valueBytes, valueBytes);
        }
    }

    /** Over the whole header, where the sum itself counts as zeros (§2.2.2). */
    private static void checkCrc(byte[] bytes, int offset, int length, int at, int valueBytes) throws Refused {
        if (valueBytes != CRC_BYTES) throw new Refused("PROXY checksum of " + valueBytes + " bytes, not " + CRC_BYTES);
        var crc = new CRC32C();
        crc.update(bytes, offset, at - offset);
        crc.update(NO_CRC, 0, CRC_BYTES);
        crc.update(bytes, at + CRC_BYTES, offset + length - at - CRC_BYTES);
        long said = number(bytes, at, CRC_BYTES);
        if (crc.getValue() != said)
            throw new Refused("PROXY checksum " + Long.toHexString(said) + ", of this header it is "
                    + Long.toHexString(crc.getValue()));
    }

    private static SocketAddress ipv4(byte[] bytes, int address, int port) {
        return new SocketAddress(0, MAPPED_IPV4 | number(bytes, address, 4), (int) number(bytes, port, 2));
    }

    private static SocketAddress ipv6(byte[] bytes, int address, int port) {
        return new SocketAddress(
                number(bytes, address, 8), number(bytes, address + 8, 8), (int) number(bytes, port, 2));
    }

    private static long number(byte[] bytes, int offset, int length) {
        long number = 0;
        for (int i = 0; i < length; i++) number = number << 8 | (bytes[offset + i] & 0xff);
        return number;
    }
}
