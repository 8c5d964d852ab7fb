package org.dormouse.transport;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.dormouse.poller.loop.EventLoop;
import org.dormouse.poller.socket.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Counts the open connections of each client address, or what else it has open, over all loops of a server, and bounds them. IPv6 is counted by its first 64 bits, of
 * which a client has the rest for itself.
 *
 * <p>Only addresses with open connections are held, so there are never more of them than connections. Any thread, without a lock: a bucket is
 * an immutable list, exchanged as a whole when an address comes or goes.
 */
public final class AddressLimit {
    private static final int BITS = 14;
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final int most;
    private final AtomicReferenceArray<@Nullable Cell> buckets = new AtomicReferenceArray<>(1 << BITS);
    private final RareWarning warning = new RareWarning();

    /** Nobody outside can tell which addresses meet in one bucket. */
    private final long seed = ThreadLocalRandom.current().nextLong() | 1;

    /** How many connections an address has. At 0 it is on its way out, for good: who comes then gets a new one. */
    @SuppressWarnings("serial")
    private static final class Client extends AtomicInteger {
        final long high;
        final long low;

        Client(long high, long low) {
            super(1);
            this.high = high;
            this.low = low;
        }

        boolean is(long otherHigh, long otherLow) {
            return high == otherHigh && low == otherLow;
        }
    }

    private record Cell(Client client, @Nullable Cell next) {}

    /** A class rather than a lambda, which would be linked by a loop under attack. */
    private record TooMany(long high, long low, int most) implements RareWarning.Text {
        @Override
        public String line(int count) {
            return "another connection of " + SocketAddress.host(high, low)
                    + " was closed, which has as many as connections.max-per-address allows: " + most + " (" + count
                    + " such since the last line like this)";
        }
    }

    private enum Entry {
        COUNTED,
        REFUSED,
        /** It has no open connection. */
        UNKNOWN
    }

    /**
     * Starts with no connection.
     *
     * @param most open connections of one address [connections.max-per-address]
     */
    public AddressLimit(int most) {
        this.most = most;
        useOnce();
    }

    /** Before a loop does under attack: the first use of a class takes locks of its loader and reads files. */
    private void useOnce() {
        enter(1, 0);
        leave(1, 0);
        new TooMany(1, 0, most).line(1);
    }

    /** Counts one connection in; false, and nothing is counted, if the address has as many as it may. */
    public boolean enter(long high, long low) {
        long host = host(high, low);
        int bucket = bucket(high, host);
        while (true) {
            Cell head = buckets.get(bucket);
            Entry entry = enterKnown(head, high, host);
            if (entry != Entry.UNKNOWN) return entry == Entry.COUNTED;
            if (buckets.compareAndSet(bucket, head, new Cell(new Client(high, host), head))) return true;
        }
    }

    private Entry enterKnown(@Nullable Cell head, long high, long host) {
        for (Cell cell = head; cell != null; cell = cell.next) {
            if (!cell.client.is(high, host)) continue;
            for (int now = cell.client.get(); now > 0; now = cell.client.get()) {
                if (now >= most) return Entry.REFUSED;
                if (cell.client.compareAndSet(now, now + 1)) return Entry.COUNTED;
            }
        }
        return Entry.UNKNOWN;
    }

    /** Counts out one connection that was counted in. */
    public void leave(long high, long low) {
        long host = host(high, low);
        int bucket = bucket(high, host);
        for (Cell cell = buckets.get(bucket); cell != null; cell = cell.next) {
            Client client = cell.client;
            // There is one that lives, since it counts the connection that leaves.
            if (!client.is(high, host) || client.get() == 0) continue;
            if (client.decrementAndGet() == 0) forget(bucket, client);
            return;
        }
        throw new IllegalStateException(SocketAddress.host(high, low) + " leaves and was not counted in");
    }

    private void forget(int bucket, Client gone) {
        Cell head;
        Cell rest;
        do {
            head = buckets.get(bucket);
            rest = without(head, gone);
        } while (!buckets.compareAndSet(bucket, head, rest));
    }

    private static @Nullable Cell without(@Nullable Cell head, Client gone) {
        Cell behind = head;
        while (behind != null && behind.client != gone) behind = behind.next;
        if (behind == null) return head;
        Cell list = behind.next;
        for (Cell cell = head; cell != null && cell.client != gone; cell = cell.next)
            list = new Cell(cell.client, list);
        return list;
    }

    /** Tells the log, once a minute at most, that a connection was refused. */
    void warn(EventLoop loop, long high, long low) {
        warning.count(loop, new TooMany(high, low, most));
    }

    /** How many addresses have open connections; an estimate while they come and go. */
    int addresses() {
        int count = 0;
        for (int i = 0; i < buckets.length(); i++)
            for (Cell cell = buckets.get(i); cell != null; cell = cell.next) count++;
        return count;
    }

    private static long host(long high, long low) {
        return SocketAddress.isIpv4(high, low) ? low : 0;
    }

    private int bucket(long high, long host) {
        long mixed = (high ^ Long.rotateLeft(host, 32)) * seed;
        mixed = (mixed ^ mixed >>> 32) * GOLDEN;
        return (int) (mixed >>> (Long.SIZE - BITS));
    }
}
