package org.dormouse.transport;

import java.util.concurrent.atomic.LongAdder;
import org.dormouse.poller.loop.Tally;

/**
 * How many connections of one loop began, what went over them, and why they ended. Any thread reads; sums only grow. Exact, but for what
 * says otherwise; read while the loop runs, two of them need not be of the same moment.
 */
public final class ConnectionCounts {
    private static final int ACCEPTED = ConnectionEnd.values().length;
    private static final int EXCHANGES = ACCEPTED + 1;
    private static final int READS = ACCEPTED + 2;
    private static final int WRITES = ACCEPTED + 3;

    private final Tally byOwner = new Tally(ACCEPTED + 4);

    // by whoever has borrowed an input or output
    private final LongAdder readsElsewhere = new LongAdder();
    private final LongAdder writesElsewhere = new LongAdder();

    ConnectionCounts() {}

    /** Connections that this loop got, those that ended at once included. */
    public long accepted() {
        return byOwner.get(ACCEPTED);
    }

    /** Those of them that ended for {@code reason}. */
    public long closed(ConnectionEnd reason) {
        return byOwner.get(reason.code());
    }

    /** Those of them that ended. */
    public long closed() {
        long sum = 0;
        for (int i = 0; i < ACCEPTED; i++) sum += byOwner.get(i);
        return sum;
    }

    /** Requests whose head was whole and valid. */
    public long requests() {
        return byOwner.get(EXCHANGES);
    }

    /** System calls that received, those that found nothing included. */
    public long reads() {
        return byOwner.get(READS) + readsElsewhere.sum();
    }

    /**
     * System calls that sent, those that found no room included. Up to 15 of each open connection are still missing: the last answer's are
     * counted when its connection gets its next request or ends.
     */
    public long writes() {
        return byOwner.get(WRITES) + writesElsewhere.sum();
    }

    // --- loop owner

    void countAccepted() {
        byOwner.add(ACCEPTED, 1);
    }

    void countClosed(ConnectionEnd reason) {
        byOwner.add(reason.code(), 1);
    }

    void lent() {
        byOwner.add(EXCHANGES, 1);
    }

    void read() {
        byOwner.add(READS, 1);
    }

    void wrote(int sends) {
        byOwner.add(WRITES, sends);
    }

    // --- whoever has borrowed the input or the output

    void readElsewhere() {
        readsElsewhere.increment();
    }

    void wroteElsewhere(int sends) {
        writesElsewhere.add(sends);
    }
}
