package org.dormouse.http1;

import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.dormouse.http.BadRequest;
import org.dormouse.http.ExchangeHandler;
import org.dormouse.poller.loop.EventLoop;
import org.dormouse.transport.Connection;
import org.dormouse.transport.Protocol;
import org.dormouse.transport.ProtocolUpgrade;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP/1.1 as the connections of one loop share it: the handler, the limits, a parser, the date. One for each loop; made before it starts. */
public final class Http1 implements ProtocolUpgrade {
    private static final AtomicLong FAMILIES = new AtomicLong();

    final EventLoop loop;
    final ExchangeHandler handler;
    final Http1Limits limits;
    final DateLine date;
    final ClientLog log;
    final RequestCounts counts;
    final long headNanos;
    final long keepAliveNanos;
    final long bodyNanos;
    final long writeNanos;

    /** Starts tasks as threads carried by the loop, from any thread. */
    final Executor carrier;

    /** Runs tasks on the thread of the loop, from any thread. */
    final Executor inline;

    private long lastExchangeId = FAMILIES.getAndIncrement() << 40;
    private final RequestRules rules;
    private @Nullable HeadParser spare;

    /**
     * @param handler is called by the loop owner for each request whose head is whole and valid
     * @param server the Server field of responses that have none of their own; null for no such field
     */
    public Http1(EventLoop loop, ExchangeHandler handler, Http1Limits limits, @Nullable String server) {
        this(loop, handler, limits, server, new RequestCounts());
    }

    /** @param counts of this loop: one thing to count in for all that is spoken on it */
    public Http1(
            EventLoop loop,
            ExchangeHandler handler,
            Http1Limits limits,
            @Nullable String server,
            RequestCounts counts) {
        this(
                loop,
                handler,
                limits,
                server,
                counts,
                Clock.systemUTC(),
                () -> LoggerFactory.getLogger("org.dormouse.http1"));
    }

    Http1(
            EventLoop loop,
            ExchangeHandler handler,
            Http1Limits limits,
            @Nullable String server,
            RequestCounts counts,
            Clock clock,
            Supplier<Logger> logger) {
        this.loop = loop;
        this.counts = counts;
        this.handler = handler;
        this.limits = limits;
        this.date = new DateLine(clock, server);
        this.log = new ClientLog(loop, logger);
        this.headNanos = limits.headTimeout().toNanos();
        this.keepAliveNanos = limits.keepAliveTimeout().toNanos();
        this.bodyNanos = limits.bodyTimeout().toNanos();
        this.writeNanos = limits.writeTimeout().toNanos();
        this.rules = new RequestRules(limits, counts);
        this.carrier = loop::carry;
        this.inline = loop::inline;
        FirstUse.load(limits, date);
    }

    @Override
    public Protocol begin(Connection connection) {
        return new Http1Connection(this, connection);
    }

    /**
     * The exchange that {@code protocol} has under way; null if it has none, or is not HTTP/1.1. Owner of the loop that the connection
     * belongs to.
     */
    public static @Nullable ExchangeAtWork exchangeOf(Protocol protocol) {
        return protocol instanceof Http1Connection connection ? connection.atWork() : null;
    }

    String writeTimedOut() {
        return "client took no byte for " + limits.writeTimeout() + " (http.write-timeout), or took less than "
                + limits.minWriteRate() + " bytes a second (http.min-write-rate)";
    }

    /** Bytes that a client must have taken each time that {@code http.write-timeout} is over. */
    long writeTimeoutBytes() {
        return (long) ((double) limits.minWriteRate() * writeNanos / 1e9);
    }

    /** Counts a refusal and tells the log. Any thread. */
    void refused(Connection connection, BadRequest reason) {
        counts.refusedWith(reason.status());
        log.refused(connection, reason);
    }

    // --- loop owner

    long nextExchangeId() {
        return ++lastExchangeId;
    }

    RequestRules rules() {
        return rules;
    }

    /** A parser that has seen nothing yet. Most heads come whole, so that one is enough for all connections. */
    HeadParser takeParser() {
        HeadParser parser = spare;
        spare = null;
        return parser == null ? new HeadParser(limits, counts) : parser;
    }

    void giveBack(HeadParser parser) {
        parser.reset();
        spare = parser;
    }
}
