package org.dormouse.poller.socket;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.dormouse.poller.libc.Platform;

/** {@code struct sockaddr_un} (sys/un.h) in a byte array: the same head as {@link SockAddr}, then a path that a zero ends. */
final class SockAddrUn {
    static final int PATH_BYTES = Platform.CURRENT.choose(108, 104, 104);

    private static final int HEAD_BYTES = 2;

    private SockAddrUn() {}

    /** As long as the kernel wants it: an abstract name has a zero before it and ends with the array. */
    static byte[] write(UnixAddress address) {
        byte[] name = address.name().getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[HEAD_BYTES + name.length + 1];
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(SockAddr.Head.CURRENT.of(SysSocket.AF_UNIX, bytes.length))
                .put(HEAD_BYTES + (address.isAbstract() ? 1 : 0), name);
        return bytes;
    }
}
