package org.dormouse.http1;

import java.util.concurrent.TimeUnit;
import org.dormouse.http.BadRequest;
import org.dormouse.poller.loop.Timeout;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * What an HTTP/1.1 connection waits for at present, and for how long it may: the timeouts of {@link Http1Connection}, and the state that they
 * depend on. A superclass, not a field, because a connection is to be small. Loop owner, or the exchange while it has borrowed the
 * connection.
 */
abstract class ConnectionTimes implements Protocol {
    enum State {
        HEAD,
        HANDLING,
        DRAINING,
        BLOCKED,
        CLOSING
    }

    /** A client that has just connected when the server stops has so long, from its accept, to bring its request. */
    private static final long NEWCOMER_NANOS = TimeUnit.SECONDS.toNanos(1);

    final Http1 http1;
    final Connection connection;

    State state = State.HEAD;
    /** Since when the present state's timeout runs; in HANDLING, when the exchange began. */
    long since;

    /**
     * In BLOCKED: what was unsent at {@link #since}. In DRAINING: what was dropped of the body so far. In HEAD and HANDLING: what was here of
     * the request when the one before it was answered.
     */
    int stateBytes;

    /** Requests that began here. */
    char requests;

    /** Answers that wait to be sent together, or for a client that does not take them. */
    byte coalesced;

    boolean lastRequest;

    @Nullable
    HeadParser parser;

    @Nullable
    Http1Exchange exchange;

    ConnectionTimes(Http1 http1, Connection connection) {
        this.http1 = http1;
        this.connection = connection;
        this.since = http1.loop.nanoTime();
        connection.deadline(http1.headNanos);
    }

    /** Answers with {@code reason} and closes. */
    abstract void refuse(BadRequest reason, @Nullable RequestHeadBytes head);

    abstract void close(boolean peerMayStillSend, ConnectionEnd why);

    abstract void forgetParser(HeadParser reading);

    @Override
    public final void deadline() {
        long now = http1.loop.nanoTime();
        if (connection.isInputLent()) {
            // The fields below are the exchange's at present, but for what it shares on purpose.
            Http1Exchange present = exchange;
            long due = present == null ? Timeout.NEVER : present.waitEndsAt();
            if (present != null && due <= now) present.waitedTooLong(now);
            connection.deadline(due > now ? Math.min(due - now, http1.keepAliveNanos) : http1.keepAliveNanos);
            return;
        }
        long due = due();
        if (due > now) connection.deadline(Math.min(due - now, http1.keepAliveNanos));
        else expire(now);
    }

    /** The exchange begins to wait for the client: its deadline may be earlier than what is planned. */
    final void watchWait() {
        if (connection.isInputLent()) deadline();
    }

    final long due() {
        return switch (state) {
            case HEAD -> since + headAllowance();
            case DRAINING -> since + http1.bodyNanos;
            case BLOCKED -> since + http1.writeNanos;
            case HANDLING, CLOSING -> Timeout.NEVER; // about to be looked at by returned(), or by nobody
        };
    }

    private long headAllowance() {
        if (parser != null) return http1.headNanos;
        if (requests > 0) return http1.keepAliveNanos;
        return lastRequest ? Math.min(NEWCOMER_NANOS, http1.headNanos) : http1.headNanos;
    }

    private void expire(long now) {
        if (state == State.BLOCKED && stateBytes - connection.unsentBytes() >= http1.writeTimeoutBytes()) {
            since = now;
            stateBytes = connection.unsentBytes();
            connection.deadline(http1.writeNanos);
        } else if (state == State.HEAD && parser != null) {
            forgetParser(parser);
            refuse(
                    new BadRequest(
                            408, "head not complete after " + http1.limits.headTimeout() + " (http.head-timeout)"),
                    null);
        } else {
            if (state == State.BLOCKED) http1.log.left(connection, http1.writeTimedOut());
            close(state == State.DRAINING, reasonOfTimeout());
        }
    }

    private ConnectionEnd reasonOfTimeout() {
        return switch (state) {
            case BLOCKED -> ConnectionEnd.WRITE_TIMEOUT;
            case DRAINING -> ConnectionEnd.BODY_TIMEOUT;
            case HEAD, HANDLING, CLOSING -> {
                if (lastRequest) yield ConnectionEnd.DRAINED;
                yield requests > 0 ? ConnectionEnd.IDLE_TIMEOUT : ConnectionEnd.HEAD_TIMEOUT;
            }
        };
    }
}
