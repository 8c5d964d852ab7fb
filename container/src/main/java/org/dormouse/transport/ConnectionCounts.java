package org.dormouse.transport;

import org.dormouse.poller.loop.Tally;

/** How many connections of one loop began and why they ended. The loop's owner counts, any thread reads. */
public final class ConnectionCounts {
    private static final int ACCEPTED = ConnectionEnd.values().length;

    private final Tally tally = new Tally(ACCEPTED + 1);

    ConnectionCounts() {}

    /** Connections that this loop got, those that ended at once included. */
    public long accepted() {
        return tally.get(ACCEPTED);
    }

    /** Those of them that ended for {@code reason}. */
    public long closed(ConnectionEnd reason) {
        return tally.get(reason.code());
    }

    /** Those of them that ended. */
    public long closed() {
        long sum = 0;
        for (int i = 0; i < ACCEPTED; i++) sum += tally.get(i);
        return sum;
    }

    // --- loop owner

    void countAccepted() {
        tally.add(ACCEPTED, 1);
    }

    void countClosed(ConnectionEnd reason) {
        tally.add(reason.code(), 1);
    }
}
