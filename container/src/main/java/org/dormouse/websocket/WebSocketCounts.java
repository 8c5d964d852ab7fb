package org.dormouse.websocket;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.dormouse.poller.loop.EventLoop;
import org.dormouse.transport.Connection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the peers of a server's sessions did against RFC 6455, RFC 7692 or a limit, and what was dropped because they read too slowly. Any thread;
 * sums only grow. Each breach is one line at DEBUG too: the loop's reporting thread writes it, and asks at most once a second whether anybody reads.
 */
public final class WebSocketCounts {
    private static final long ASK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongAdder[] breaches = new LongAdder[Breach.values().length];
    private final LongAdder dropped = new LongAdder();

    private volatile boolean isOff; // not known before somebody has asked
    private volatile long askedAt;

    public WebSocketCounts() {
        for (int i = 0; i < breaches.length; i++) breaches[i] = new LongAdder();
    }

    /** Sessions that were closed for {@code breach}. */
    public long closedFor(Breach breach) {
        return breaches[slot(breach)].sum();
    }

    /** Sessions that were closed for any breach. */
    public long closedForBreaches() {
        long sum = 0;
        for (LongAdder each : breaches) sum += each.sum();
        return sum;
    }

    /** Messages that were dropped in favour of newer ones ({@code websocket.slow-peer}). */
    public long droppedMessages() {
        return dropped.sum();
    }

    void dropped() {
        dropped.increment();
    }

    void note(Connection connection, ProtocolViolation violation) {
        breaches[slot(violation.breach())].increment();
        EventLoop loop = connection.loop();
        if (isOff && loop.nanoTime() - askedAt < ASK_NANOS) return;
        loop.report(new Note(this, connection, violation));
    }

    /** A class rather than a lambda, which would be linked by a loop at its first breach. */
    record Note(WebSocketCounts counts, Connection connection, ProtocolViolation violation) implements Runnable {
        @Override
        public void run() {
            counts.write(this);
        }
    }

    private void write(Note note) {
        Logger log = LoggerFactory.getLogger(WebSocketSession.class);
        askedAt = note.connection.loop().nanoTime();
        isOff = !log.isDebugEnabled();
        if (isOff) return;
        ProtocolViolation violation = note.violation;
        log.debug(
                "connection {}: session closed with {}: {}",
                note.connection,
                violation.closeCode(),
                violation.getMessage());
    }

    @SuppressWarnings("EnumOrdinal") // it never leaves this process
    private static int slot(Breach breach) {
        return breach.ordinal();
    }
}
