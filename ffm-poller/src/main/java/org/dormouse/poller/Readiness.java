package org.dormouse.poller;

import org.dormouse.poller.backend.Backend;

/**
 * What happened to a descriptor, as bits of an {@code int}. An edge: it is reported once, when it begins, so whoever stops before
 * "would block" must remember that there is more.
 */
public final class Readiness {
    /** There is something to read: bytes, the end of the stream, an error, or a connection to accept. */
    public static final int IN = Backend.IN;

    /** There is room to write again. */
    public static final int OUT = Backend.OUT;

    /** The peer will send no more (half-close, RDHUP). It may still read: this is not a disconnect. */
    public static final int PEER_FINISHED = Backend.PEER_FINISHED;

    /** Both directions are shut, or the socket has an error (HUP, ERR): the peer is gone. */
    public static final int GONE = Backend.GONE;

    private static final String[] NAMES = {"IN", "OUT", "PEER_FINISHED", "GONE"};

    private Readiness() {}

    /** For messages: {@code IN|OUT}. */
    public static String describe(int readiness) {
        var names = new StringBuilder();
        for (int bit = 0; bit < NAMES.length; bit++) {
            if ((readiness & (1 << bit)) == 0) continue;
            if (!names.isEmpty()) names.append('|');
            names.append(NAMES[bit]);
        }
        return names.isEmpty() ? "nothing" : names.toString();
    }
}
