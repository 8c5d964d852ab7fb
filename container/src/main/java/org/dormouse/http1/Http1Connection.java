package org.dormouse.http1;

import java.io.IOException;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.http.BadRequest;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.Encryption;
import org.dormouse.transport.Protocol;
import org.dormouse.transport.ProtocolUpgrade;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 on one connection: reads heads, lends the connection to one {@link Http1Exchange} at a time, and goes on when it comes back.
 * Loop owner; what the exchange leaves for it is written before the connection is given back.
 *
 * <pre>
 *   HEAD -> HANDLING -> HEAD             the ordinary way: one compare-and-set by the exchange
 *              |  ^------ DRAINING       the application left a body unread
 *              |----> BLOCKED -> HEAD    answers wait for a client that does not take them
 *              '----> CLOSING            last answer, refused request, upgrade done
 * </pre>
 */
final class Http1Connection extends LoopAnswers {
    Http1Connection(Http1 http1, Connection connection) {
        super(http1, connection);
    }

    // --- input

    @Override
    public int received(byte[] bytes, int offset, int length) {
        return switch (state) {
            case HEAD -> onHead(bytes, offset, length);
            case DRAINING -> onUnreadBody(bytes, offset, length);
            case HANDLING, BLOCKED -> 0;
            case CLOSING -> length;
        };
    }

    private int onHead(byte[] bytes, int offset, int length) {
        HeadParser present = parser;
        HeadParser reading = present == null ? http1.takeParser() : present;
        RequestHeadBytes head = null;
        try {
            if (!reading.parse(bytes, offset, length)) {
                if (present == null) beginHead(reading);
                return 0;
            }
            int headLength = reading.headLength();
            head = reading.takeHead(bytes, offset);
            http1.rules().judge(head);
            judgeHost(head);
            forgetParser(reading);
            begin(head, bytes, offset + headLength, length - headLength);
        } catch (BadRequest e) {
            forgetParser(reading);
            refuse(e, head);
        }
        return length;
    }

    /** Over TLS, the host of a request must be that of the handshake: its certificate and its demands on clients (RFC 9110 §15.5.20). */
    private void judgeHost(RequestHeadBytes head) throws BadRequest {
        Encryption encryption = connection.encryption();
        if (encryption == null || encryption.serves(head.bytes, head.authorityStart, Math.max(head.authorityEnd, 0)))
            return;
        throw new BadRequest(
                421,
                "a request for " + head.authority() + " came over a connection whose handshake was about another host");
    }

    private void beginHead(HeadParser reading) {
        parser = reading;
        since = http1.loop.nanoTime();
        connection.deadline(http1.headNanos);
    }

    @Override
    void forgetParser(HeadParser reading) {
        parser = null;
        http1.giveBack(reading);
    }

    /** From {@code handle} on, the exchange may be at work in another thread: nothing of the connection is touched behind that. */
    private void begin(RequestHeadBytes head, byte[] bytes, int offset, int length) {
        boolean pipelined = connection.isBlocked();
        boolean isLast = ++requests >= http1.limits.maxRequests();
        var next = new Http1Exchange(http1, this, head, !pipelined);
        if (lastRequest || isLast) next.becomeLast();
        exchange = next;
        since = http1.loop.turnNanos();
        state = State.HANDLING;
        connection.keepFrom(bytes, offset, length);
        if (pipelined) {
            connection.lendInput();
            connection.again();
        } else {
            connection.lend();
        }
        handOver(next);
    }

    private void handOver(Http1Exchange next) {
        try {
            http1.handler.handle(next);
        } catch (RuntimeException | Error bug) {
            next.abort();
            next.finish();
            throw bug;
        }
    }

    /** The body that the application left unread goes, so that the next head is found behind it. */
    private int onUnreadBody(byte[] bytes, int offset, int length) {
        Http1Exchange last = exchange;
        RequestBody body = last == null ? null : last.body();
        if (last == null || body == null) throw new IllegalStateException("nothing to drain");
        int count;
        try {
            count = body.drop(bytes, offset, length);
        } catch (BadRequest e) {
            http1.refused(connection, e);
            close(true, ConnectionEnd.REFUSED);
            return length;
        }
        stateBytes += count;
        if (stateBytes > http1.limits.maxDrainBytes()) {
            close(true, ConnectionEnd.BODY_UNREAD);
            return length;
        }
        if (!body.isEnded()) return count;
        exchange = null;
        awaitHead(length - count);
        if (count < length) return count + onHead(bytes, offset + count, length - count);
        closeIfDraining();
        return count;
    }

    @Override
    public void inputEnded() {
        // A head cut short is answered by nothing: whoever sent it has left or is broken.
        if (parser != null) http1.log.left(connection, "client ended its stream in the middle of a head");
        close(false, ConnectionEnd.PEER_CLOSED);
    }

    @Override
    public void readable() {
        Http1Exchange present = exchange;
        if (present == null) return;
        present.wakeReader();
        if (connection.hasPeerFinished()) present.clientFinished();
    }

    // --- output

    @Override
    public void writable() {
        Http1Exchange present = exchange;
        if (state == State.BLOCKED) {
            coalesced = 0;
            awaitHead(keptBytes());
            connection.resumeReading();
            closeIfDraining();
        } else if (present != null) {
            present.wakeWriter();
        }
    }

    /** A pipelined request is still at work although its turn is over: the answers before it must not wait for it. */
    @Override
    public void turnPassed() {
        Http1Exchange present = exchange;
        if (present != null && present.hasEnded())
            return; // returned() comes in this turn and knows whether more follows
        connection.sendUnsent();
    }

    // --- the exchange comes back

    /**
     * The exchange is over and the loop has nothing to do: called by its writer, in whatever thread, just before it gives the connection
     * back in one step.
     */
    void becomeIdle() {
        exchange = null;
        awaitHead(0);
    }

    /** Giving back in one step failed: {@link #returned} will find the exchange. */
    void becomeHandling(Http1Exchange present) {
        exchange = present;
        state = State.HANDLING;
    }

    @Override
    public void returned() {
        Http1Exchange last = exchange;
        if (state != State.HANDLING || last == null) return;
        PooledBuffer unsent = last.takeLeftOver();
        if (unsent != null) enqueue(unsent);
        RequestBody body = last.body();
        if (last.successor() != null) {
            upgrade(last.successor());
        } else if (!last.persists() || (lastRequest && connection.kept() == null)) {
            connection.sendUnsent();
            // Who did not ask for the end may be sending the next request: a reset by that could cost it this answer
            // (RFC 9112 §9.6).
            boolean isSurprise = !last.persists() && last.head.keepAlive;
            close(isSurprise || (body != null && !body.isEnded()), reasonAfter(last, body));
        } else if (body == null || body.isEnded()) {
            exchange = null;
            awaitHead(keptBytes());
            goOn();
        } else if (last.isRestDrainable()) {
            state = State.DRAINING;
            stateBytes = 0;
            since = http1.loop.nanoTime();
            connection.deadline(http1.bodyNanos);
            connection.sendUnsent();
            connection.showMore();
        } else {
            connection.sendUnsent();
            close(true, body.isBroken() ? ConnectionEnd.REFUSED : ConnectionEnd.BODY_UNREAD);
        }
    }

    /** Why nothing follows the last answer. */
    private ConnectionEnd reasonAfter(Http1Exchange last, @Nullable RequestBody body) {
        if (last.hasBodyTimedOut()) return ConnectionEnd.BODY_TIMEOUT;
        if (body != null && body.isRefused()) return ConnectionEnd.REFUSED;
        if (last.leavesTooMuchUnread() && !last.awaitsContinue()) return ConnectionEnd.BODY_UNREAD;
        return lastRequest ? ConnectionEnd.DRAINED : ConnectionEnd.ANSWERED;
    }

    private int keptBytes() {
        PooledBuffer kept = connection.kept();
        return kept == null ? 0 : kept.size();
    }

    /** Whether the request at work was sent, at least in part, before the one before it was answered. Loop owner, or that exchange. */
    boolean hasComeEarly() {
        return stateBytes > 0;
    }

    /** @param known bytes of the next request that are here, while the answers before it may not be sent */
    private void awaitHead(int known) {
        stateBytes = known;
        state = State.HEAD;
        since = http1.loop.nanoTime();
    }

    /** The next pipelined request, or the answers so far: whichever there is. */
    private void goOn() {
        coalesced = connection.isBlocked() ? (byte) (coalesced + 1) : 0;
        if (isEnoughUnsent()) {
            connection.sendUnsent();
            if (!connection.isBlocked()) coalesced = 0;
        }
        if (isEnoughUnsent()) {
            state = State.BLOCKED;
            stateBytes = connection.unsentBytes();
            connection.suspendReading();
            connection.deadline(http1.writeNanos);
            return;
        }
        connection.showMore();
        if (connection.isInputLent()) return;
        connection.sendUnsent();
        closeIfDraining();
    }

    /** The server stops and no request is on its way: no reason to keep the connection, unless its first request is about to come. */
    private void closeIfDraining() {
        if (!lastRequest || state != State.HEAD || parser != null || connection.kept() != null) return;
        long left = requests > 0 ? 0 : due() - http1.loop.nanoTime();
        if (left > 0) connection.deadline(left);
        else close(false, ConnectionEnd.DRAINED);
    }

    private void upgrade(ProtocolUpgrade successor) {
        connection.sendUnsent();
        state = State.CLOSING;
        exchange = null;
        connection.deadline(0);
        Protocol next = successor.begin(connection);
        connection.become(next);
        connection.showMore();
        if (lastRequest) next.drain(); // the server's end found the request, and not yet what became of it
    }

    // --- the end

    /** The exchange at work, if there is one. Loop owner, who only looks: its own thread may finish it at any moment. */
    @Nullable
    ExchangeAtWork atWork() {
        Http1Exchange present = exchange;
        return present == null || state != State.HANDLING ? null : present.atWork(since);
    }

    /** Cuts the connection for {@code aborted}, unless that has given it back, or it ends in order already. */
    void abort(Http1Exchange aborted, ConnectionEnd why) {
        if (exchange == aborted) connection.abortNowIfOpen(why);
    }

    @Override
    public boolean isAtWork() {
        return state != State.HEAD || parser != null;
    }

    @Override
    public void drain() {
        lastRequest = true;
        if (!connection.markLoan()) {
            closeIfDraining();
            return;
        }
        Http1Exchange present = exchange; // its own thread may take it away at any moment
        if (present == null) return;
        present.becomeLast();
        present.draining();
    }

    @Override
    public void gone() {
        Http1Exchange present = exchange;
        if (present != null) present.clientGone();
    }

    @Override
    public void closed(@Nullable IOException cause) {
        if (cause != null) http1.log.left(connection, String.valueOf(cause.getMessage()));
        state = State.CLOSING;
        parser = null;
        Http1Exchange last = exchange;
        PooledBuffer unsent = last == null ? null : last.takeLeftOver();
        if (unsent != null) unsent.close();
    }
}
