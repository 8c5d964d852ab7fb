package org.dormouse.http1;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Fields;
import org.dormouse.http.Headers;
import org.dormouse.poller.loop.Timeout;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.jspecify.annotations.Nullable;

/**
 * The request of one exchange on its way in: its body as the application reads it, and the time that the client may take, for what it sends
 * and for what it is sent. Belongs to the reader of the exchange, but for what says otherwise.
 */
abstract class RequestInput extends InterimOutput {
    private static final VarHandle WAITS;

    static {
        try {
            WAITS = MethodHandles.lookup().findVarHandle(RequestInput.class, "waits", ClientWaits.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final @Nullable RequestBody body;

    // any thread
    private volatile @Nullable ClientWaits waits;
    private volatile boolean bodyTimedOut;

    RequestInput(Http1 http1, Connection connection, RequestHeadBytes head, boolean holdsOutput) {
        super(http1, connection, head, holdsOutput);
        this.body = head.contentLength == 0 ? null : new RequestBody(head.contentLength, http1.limits);
    }

    /** Somebody begins to wait: the loop is to look at the time. Any thread. */
    abstract void watchWaits();

    /** Cuts the connection if it still is this exchange's. Any thread. */
    abstract void abort(ConnectionEnd why);

    public final int read(byte[] target, int offset, int length) throws IOException {
        RequestBody incoming = body;
        if (incoming == null) return -1;
        if (hasEnded()) throw new IllegalStateException("read after finish");
        if (length == 0) return 0;
        if (!incoming.isEnded()) askForBody();
        if (bodyTimedOut) throw timedOut(incoming);
        boolean wasRefused = incoming.isRefused();
        try {
            int count = incoming.read(connection, target, offset, length);
            if (count != 0) stopWaitingForInput();
            return count;
        } catch (BadRequest e) {
            if (!wasRefused) http1.refused(connection, e);
            closeBehind();
            throw e;
        }
    }

    private void stopWaitingForInput() {
        ClientWaits known = waits;
        if (known != null) known.endReading();
    }

    final ClientWaits waits() {
        ClientWaits known = waits;
        if (known != null) return known;
        var made = new ClientWaits(http1);
        ClientWaits other = (ClientWaits) WAITS.compareAndExchange(this, null, made);
        return other == null ? made : other;
    }

    private BadRequest timedOut(RequestBody incoming) {
        closeBehind();
        return tooSlow(incoming);
    }

    private BadRequest tooSlow(RequestBody incoming) {
        return new BadRequest(
                408,
                "body stopped after " + incoming.received() + " bytes for longer than " + http1.limits.bodyTimeout()
                        + " (http.body-timeout) or came slower than " + http1.limits.minRate()
                        + " bytes a second (http.min-rate)");
    }

    public final boolean isBodyRead() {
        RequestBody incoming = body;
        return incoming == null || incoming.isEnded();
    }

    public final Fields trailers() {
        RequestBody incoming = body;
        return incoming != null && incoming.isEnded() ? incoming.trailers() : new Headers();
    }

    public final void whenReadable(Runnable wake) {
        RequestBody incoming = body;
        if (incoming == null || incoming.isEnded() || incoming.isBroken()) {
            wake.run();
            return;
        }
        askForBody();
        ClientWaits waiting = waits();
        waiting.reader(wake);
        // Set before the look at the word, which the loop changes before it looks here: one of the two sees the other.
        if (connection.kept() != null || connection.mayHaveInput() || bodyTimedOut) {
            waiting.wakeReader();
            return;
        }
        if (waiting.beginReading()) watchWaits();
    }

    /** Whether there is something to receive now; if not, {@code wake} runs when there is. For who reads what is no body. */
    final boolean hasInputFor(Runnable wake) {
        ClientWaits waiting = waits();
        waiting.reader(wake);
        return connection.mayHaveInput() && waiting.takeReader();
    }

    @Override
    final boolean leavesTooMuchUnread() {
        return !isBodyRead() && !isRestDrainable();
    }

    /** Whether the unread rest of the body is worth reading. */
    final boolean isRestDrainable() {
        RequestBody incoming = body;
        return incoming == null
                || (!incoming.isBroken() && !awaitsContinue() && incoming.remaining() <= http1.limits.maxDrainBytes());
    }

    /** What the application refuses is counted and told where {@link #read} has not done so. Any thread. */
    public final void refused(BadRequest reason) {
        RequestBody incoming = body;
        boolean known = incoming != null && (incoming.isRefusedFor(reason) || (bodyTimedOut && reason.status() == 408));
        if (!known) http1.refused(connection, reason);
    }

    final void wakeReader() {
        ClientWaits known = waits;
        if (known != null) known.wakeReader();
    }

    final void wakeWriter() {
        ClientWaits known = waits;
        if (known != null) known.wakeWriter();
    }

    // --- loop owner

    @Nullable
    final RequestBody body() {
        return body;
    }

    final boolean hasBodyTimedOut() {
        return bodyTimedOut;
    }

    /** When the present wait for the client has lasted too long; {@link Timeout#NEVER} while nobody waits. */
    final long waitEndsAt() {
        ClientWaits known = waits;
        return known == null ? Timeout.NEVER : known.endAt(body == null ? 0 : body.received(), takenBytes());
    }

    final void waitedTooLong(long now) {
        ClientWaits known = waits;
        if (known == null) return;
        if (known.hasWrittenTooLong(now, takenBytes())) {
            http1.log.left(connection, http1.writeTimedOut());
            abort(ConnectionEnd.WRITE_TIMEOUT);
            return;
        }
        RequestBody incoming = body;
        if (incoming != null) http1.refused(connection, tooSlow(incoming));
        bodyTimedOut = true;
        known.giveUpReading();
        known.wakeReader();
    }
}
