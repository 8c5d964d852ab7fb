package org.dormouse.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.dormouse.buffer.BufferPool;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.poller.loop.EventLoop;
import org.jspecify.annotations.Nullable;

/** What the connections of one loop share, and the list of them. Loop owner, but for what says otherwise. */
public final class Connections {
    private static final AtomicLong FAMILIES = new AtomicLong();
    private static final int MAX_KEPT_BUFFERS = 1024;

    final EventLoop loop;
    final BufferPool pool;
    final ConnectionLimits limits;
    final long lingerNanos;
    final long closeNanos;
    /** Bytes that the peer must have taken each time that {@link #closeNanos} are over. */
    final long closeBytes;
    /** Open connections of the whole server: the loops share it. */
    final AtomicInteger open;
    /** Of the whole server; null if nobody counts. */
    final @Nullable AddressLimit addresses;

    final ConnectionCounts counts = new ConnectionCounts();

    /** The kept bytes that a protocol looks at now, unless it took them: one connection of a loop at a time. */
    @Nullable
    PooledBuffer shown;

    private long lastId = FAMILIES.getAndIncrement() << 40;
    private @Nullable Connection first;
    private final List<Runnable> whenOneCloses = new ArrayList<>();

    // any thread
    private final AtomicInteger members = new AtomicInteger();
    private volatile boolean draining;

    /**
     * @param open counts the open connections of all loops of one server
     */
    public Connections(EventLoop loop, ConnectionLimits limits, AtomicInteger open) {
        this(loop, limits, open, null, new BufferPool(MAX_KEPT_BUFFERS));
    }

    /**
     * @param open counts the open connections of all loops of one server
     * @param addresses counts them for each client address, where {@link AddressLimited} asks for it; of all loops, too
     */
    public Connections(EventLoop loop, ConnectionLimits limits, AtomicInteger open, @Nullable AddressLimit addresses) {
        this(loop, limits, open, addresses, new BufferPool(MAX_KEPT_BUFFERS));
    }

    /** For tests, with a pool that keeps track. */
    public Connections(EventLoop loop, ConnectionLimits limits, AtomicInteger open, BufferPool pool) {
        this(loop, limits, open, null, pool);
    }

    /** For tests, with a pool that keeps track. */
    public Connections(
            EventLoop loop,
            ConnectionLimits limits,
            AtomicInteger open,
            @Nullable AddressLimit addresses,
            BufferPool pool) {
        ConnectionEvents.closesAreRecorded(); // before a loop asks: its class is loaded here
        ConnectionEvents.acceptsAreRecorded();
        this.loop = loop;
        this.pool = pool;
        this.limits = limits;
        this.lingerNanos = limits.lingerTimeout().toNanos();
        this.closeNanos = limits.closeTimeout().toNanos();
        this.closeBytes = (long) (limits.minRate() * (closeNanos / 1e9)) + 1;
        this.open = open;
        this.addresses = addresses;
    }

    /** Any thread. */
    public EventLoop loop() {
        return loop;
    }

    /** Any thread. */
    public BufferPool pool() {
        return pool;
    }

    /** How many began and why they ended. Any thread. */
    public ConnectionCounts counts() {
        return counts;
    }

    /** Asks every protocol to come to an end: what is under way is finished, what is idle is closed. */
    public void drainAll() {
        for (Connection each = first; each != null; ) {
            Connection next = each.next; // draining may close this one and take it off the list
            each.drain();
            each = next;
        }
    }

    /** Shows what is spoken over each connection. */
    public void forEach(Consumer<Protocol> visitor) {
        for (Connection each = first; each != null; each = each.next) visitor.accept(each.protocol());
    }

    /** How many connections have something under way. */
    public int countAtWork() {
        int count = 0;
        for (Connection each = first; each != null; each = each.next) {
            if (each.protocol().isAtWork()) count++;
        }
        return count;
    }

    /** Cuts every connection, since the server stops. */
    public void abortAll() {
        for (Connection each = first; each != null; ) {
            Connection next = each.next;
            each.abortNow(ConnectionEnd.CUT);
            each = next;
        }
    }

    /** Takes no new connections from those who choose, asks the present ones to end, and those that come nevertheless too. */
    public void drain() {
        draining = true;
        drainAll();
    }

    /** The end of a {@link #drain}. Any thread. */
    public void takeNew() {
        draining = false;
    }

    /** Whether this loop is to get no new connections. Any thread. */
    public boolean isDraining() {
        return draining;
    }

    /** How many connections this loop has, those on their way to it included. Any thread. */
    public int members() {
        return members.get();
    }

    /** Counts a connection that is on its way here. Any thread. */
    void expect() {
        members.incrementAndGet();
    }

    void notExpected() {
        members.decrementAndGet();
    }

    void whenOneCloses(Runnable task) {
        whenOneCloses.add(task);
    }

    void noMoreWhenOneCloses(Runnable task) {
        whenOneCloses.remove(task);
    }

    /** Makes room for one more connection of the server; false if there is none. */
    boolean reserve() {
        if (open.incrementAndGet() <= limits.maxConnections()) return true;
        open.decrementAndGet();
        return false;
    }

    void release() {
        open.decrementAndGet();
    }

    void countEnd(Connection connection, ConnectionEnd reason) {
        counts.countClosed(reason);
        ConnectionEvents.closed(connection, reason);
    }

    long nextId() {
        return ++lastId;
    }

    void add(Connection connection) {
        Connection second = first;
        connection.next = second;
        if (second != null) second.previous = connection;
        first = connection;
    }

    void remove(Connection connection) {
        Connection before = connection.previous;
        Connection after = connection.next;
        if (before == null) first = after;
        else before.next = after;
        if (after != null) after.previous = before;
        connection.previous = null;
        connection.next = null;
        release();
        notExpected();
        for (int i = 0; i < whenOneCloses.size(); i++) whenOneCloses.get(i).run();
    }
}
