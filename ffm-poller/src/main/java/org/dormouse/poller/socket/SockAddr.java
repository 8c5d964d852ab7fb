package org.dormouse.poller.socket;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.dormouse.poller.libc.Platform;

/**
 * {@code struct sockaddr_in} and {@code sockaddr_in6} (netinet/in.h) in a byte array, the address in the network's order. Their first two
 * bytes are the family on Linux; length and family on BSD and macOS. Scope and flow of IPv6 are not kept.
 */
final class SockAddr {
    static final StructLayout IN = MemoryLayout.structLayout(
            JAVA_SHORT.withName("sin_head"),
            JAVA_SHORT.withName("sin_port"),
            JAVA_INT.withName("sin_addr"),
            MemoryLayout.sequenceLayout(8, JAVA_BYTE).withName("sin_zero"));
    static final StructLayout IN6 = MemoryLayout.structLayout(
            JAVA_SHORT.withName("sin6_head"),
            JAVA_SHORT.withName("sin6_port"),
            JAVA_INT.withName("sin6_flowinfo"),
            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("sin6_addr"),
            JAVA_INT.withName("sin6_scope_id"));
    static final int MAX_BYTES = (int) IN6.byteSize();

    private static final ValueLayout.OfShort HEAD = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final long PORT = IN.byteOffset(PathElement.groupElement("sin_port"));
    private static final long ADDR = IN.byteOffset(PathElement.groupElement("sin_addr"));
    private static final long ADDR6 = IN6.byteOffset(PathElement.groupElement("sin6_addr"));
    private static final long MAPPED_IPV4 = 0xffff_0000_0000L;

    private SockAddr() {}

    static int family(SocketAddress address) {
        return address.isIpv4() ? SysSocket.AF_INET : SysSocket.AF_INET6;
    }

    static byte[] write(SocketAddress address) {
        byte[] bytes = new byte[(int) (address.isIpv4() ? IN : IN6).byteSize()];
        var segment = MemorySegment.ofArray(bytes);
        segment.set(HEAD, 0, Head.CURRENT.of(family(address), bytes.length));
        segment.set(SHORT, PORT, (short) address.port());
        if (address.isIpv4()) {
            segment.set(INT, ADDR, (int) address.low());
        } else {
            segment.set(LONG, ADDR6, address.high());
            segment.set(LONG, ADDR6 + 8, address.low());
        }
        return bytes;
    }

    static int port(byte[] bytes) {
        return Short.toUnsignedInt(MemorySegment.ofArray(bytes).get(SHORT, PORT));
    }

    static long high(byte[] bytes) {
        return isInet6(bytes) ? MemorySegment.ofArray(bytes).get(LONG, ADDR6) : 0;
    }

    static long low(byte[] bytes) {
        var segment = MemorySegment.ofArray(bytes);
        return isInet6(bytes)
                ? segment.get(LONG, ADDR6 + 8)
                : MAPPED_IPV4 | Integer.toUnsignedLong(segment.get(INT, ADDR));
    }

    static boolean isInet6(byte[] bytes) {
        return family(bytes) == SysSocket.AF_INET6;
    }

    static int family(byte[] bytes) {
        return Head.CURRENT.family(MemorySegment.ofArray(bytes).get(HEAD, 0));
    }

    /**
     * The first two bytes, in little-endian order as every machine of these platforms has it.
     *
     * @param familyBit where the family begins
     * @param lengthMask what of the length is kept below it
     */
    record Head(int familyBit, int lengthMask) {
        static final Head OF_LINUX = new Head(0, 0);
        static final Head OF_BSD = new Head(8, 0xff);
        static final Head CURRENT = Platform.CURRENT.choose(OF_LINUX, OF_BSD, OF_BSD);

        short of(int family, int bytes) {
            return (short) (family << familyBit | (bytes & lengthMask));
        }

        int family(short head) {
            return (head & 0xffff) >>> familyBit;
        }
    }
}
