package org.dormouse.tls;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Whether the requests of one connection are for its host. Most repeat the last one, and then bytes are compared and that is all. Loop owner. */
final class ServedAuthority {
    private static final byte[] NONE = {};

    private final TlsHost host;
    private byte[] last = NONE;

    ServedAuthority(TlsHost host) {
        this.host = host;
    }

    /** As {@link org.dormouse.transport.Encryption#serves}. */
    boolean serves(byte[] bytes, int start, int end) {
        if (host.servesEveryName()) return true;
        if (start == end) return host.serves(null);
        if (Arrays.equals(bytes, start, end, last, 0, last.length)) return true;
        String authority = new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
        if (!host.serves(HostName.ofAuthority(authority))) return false;
        last = Arrays.copyOfRange(bytes, start, end);
        return true;
    }
}
