package org.dormouse.http1;

import java.util.concurrent.atomic.LongAdder;

/**
 * What the requests of one loop had against them: how many were refused with which status, and which violations were let through. Any
 * thread; sums only grow. None of it is on the way of a request that has nothing against it.
 */
public final class RequestCounts {
    /** Every status with which a request is refused by the server, and not for what its application makes of it. */
    private static final int[] STATUSES = {400, 403, 405, 408, 413, 414, 415, 417, 421, 426, 429, 431, 501, 503, 505};

    private final LongAdder[] refused = adders(STATUSES.length + 1);
    private final LongAdder[] tolerated = adders(Violation.values().length);

    private static LongAdder[] adders(int count) {
        var adders = new LongAdder[count];
        for (int i = 0; i < count; i++) adders[i] = new LongAdder();
        return adders;
    }

    /**
     * Requests that were refused with {@code status}: by the protocol, since a body, a form or parameters break a rule or a limit, by a filter
     * that the server has, as a handshake of WebSocket, or since there is no room for one more.
     */
    public long refused(int status) {
        int index = index(status);
        return index == STATUSES.length ? 0 : refused[index].sum();
    }

    /** Those of any status. */
    public long refused() {
        long sum = 0;
        for (LongAdder each : refused) sum += each.sum();
        return sum;
    }

    /** How often a head had {@code violation}, which {@code http.allow} lets through. */
    public long tolerated(Violation violation) {
        return tolerated[slot(violation)].sum();
    }

    void refusedWith(int status) {
        refused[index(status)].increment();
    }

    void tolerate(Violation violation) {
        tolerated[slot(violation)].increment();
    }

    private static int index(int status) {
        int index = 0;
        while (index < STATUSES.length && STATUSES[index] != status) index++;
        return index;
    }

    @SuppressWarnings("EnumOrdinal") // it never leaves this process
    private static int slot(Violation violation) {
        return violation.ordinal();
    }
}
