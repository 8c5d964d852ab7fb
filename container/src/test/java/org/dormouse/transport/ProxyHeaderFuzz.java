package org.dormouse.transport;

import java.util.Arrays;
import java.util.Objects;
import org.dormouse.FuzzTarget;

/** A header of the PROXY protocol: read in one piece and byte by byte it is the same, and never longer than what came. */
public final class ProxyHeaderFuzz implements FuzzTarget {
    @Override
    public void run(byte[] data) {
        String whole = read(data, data.length);
        String last = "";
        for (int length = 0; length <= data.length; length++) {
            last = read(Arrays.copyOf(data, length), length);
            if (!last.equals("more")) break;
        }
        if (!Objects.equals(whole, last))
            throw new AssertionError(whole + " and " + last + ": " + Arrays.toString(data));
    }

    private static String read(byte[] data, int length) {
        try {
            ProxyHeader header = ProxyHeader.parse(data, 0, length, 4096);
            if (header == null) return "more";
            if (header.length() > length) throw new AssertionError(header + " of " + length + " bytes");
            return header.toString();
        } catch (ProxyHeader.Refused e) {
            return "refused";
        }
    }
}
