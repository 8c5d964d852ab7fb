package org.dormouse.websocket;

import jakarta.websocket.CloseReason;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import org.dormouse.http.ClientGone;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * WebSocket over one connection: bytes to the {@link MessageReader}, the close handshake, the timeouts.
 *
 * <pre>
 *   closing:  OPEN -- our Close sent --> AWAITING_REPLY -- its Close came, or the deadline --> ENDED
 *             OPEN -- its Close came, or it broke the protocol; the messages before are delivered, our Close is sent --> ENDED
 *             a client that has seen both Close frames: --> AWAITING_END -- the server ended the connection, or the deadline --> ENDED
 *             OPEN -- connection lost --> ENDED
 * </pre>
 */
final class WebSocketConnection extends SessionTask implements Protocol {
    enum Closing {
        OPEN,
        AWAITING_REPLY,
        AWAITING_END,
        ENDED
    }

    /** How long a batch waits for an executor that had no room for it. */
    private static final long RETRY_NANOS = 20_000_000;

    private static final VarHandle CLOSING;
    private static final VarHandle END_REASON;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            CLOSING = lookup.findVarHandle(WebSocketConnection.class, "closing", Closing.class);
            END_REASON = lookup.findVarHandle(WebSocketConnection.class, "endReason", CloseReason.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final WebSocketOutput output;
    private final MessageReader reader;

    // any thread
    private volatile Closing closing = Closing.OPEN;
    private volatile @Nullable CloseReason endReason; // who sets it decides how the session ends
    private volatile boolean rearms;
    private volatile long lastActive; // by the loop's clock; may be written by two at once, either is right

    // loop owner
    private boolean retry; // the executor had no room for the task
    private boolean ignoresInput;
    private boolean inputHasEnded;
    private boolean peerClosed; // its Close frame came first
    private long closeDeadline; // not 0: when to cut a connection that does not end

    WebSocketConnection(Connection connection, Executor executor, WebSocketSession session, Role role) {
        super(connection, executor, session);
        this.reader = new MessageReader(this, role, session.isCompressed());
        this.output = new WebSocketOutput(
                connection, session.services(), role, session.isCompressed() ? session.deflate() : null);
        this.lastActive = connection.loop().nanoTime();
    }

    /** Begins: the application's task calls {@code onOpen}. Loop owner. */
    void begin() {
        start();
        armDeadline();
    }

    /** Begins where somebody else than the executor runs this as the first task. Loop owner. */
    void beginElsewhere() {
        armDeadline();
    }

    WebSocketOutput output() {
        return output;
    }

    boolean isOpen() {
        return closing == Closing.OPEN && !isFinishing();
    }

    @Override
    boolean delivers() {
        return closing == Closing.OPEN;
    }

    @Override
    boolean isLost() {
        return closing == Closing.ENDED;
    }

    /** A message left, or came: the idle timeout begins anew. Any thread. */
    void touch() {
        lastActive = connection.loop().nanoTime();
    }

    /** Looks at timeouts again: one was set, or somebody waits. Any thread; asked for by many at once, it is done once. */
    void deadlinesChanged() {
        if (rearms) return; // that look is still to come: cleared before it begins
        rearms = true;
        connection.execute(this::rearm);
    }

    private void rearm() {
        rearms = false;
        armDeadline();
    }

    /** Something was sent: {@code frame} waits, or null if it has left. Any thread. */
    void sent(@Nullable OutboundFrame frame) {
        if (frame != null) deadlinesChanged();
        if (session.idleNanos() > 0) touch();
    }

    /** @throws IOException if one side has closed */
    void requireOpen() throws IOException {
        if (closing != Closing.OPEN) throw new IOException("session " + session.getId() + " is closed");
    }

    // --- input: loop owner

    @Override
    public int received(byte[] bytes, int offset, int length) {
        if (ignoresInput) return length;
        // after our Close nothing is delivered, so there is nothing to wait for
        boolean isAwaited = closing != Closing.AWAITING_REPLY;
        boolean isBusy = isAwaited && isBusy();
        if (isBusy && !reader.isStreaming()) {
            connection.suspendReading();
            return 0;
        }
        if (isBusy) putAside();
        else if (isAwaited) takeAside();
        touch();
        try {
            if (!reader.take(bytes, offset, offset + length)) ignoresInput = true;
        } catch (ProtocolViolation e) {
            violated(e);
        }
        if (!isBusy) startIfNeeded();
        return length;
    }

    @Override
    public void inputEnded() {
        ignoresInput = true;
        inputHasEnded = true;
        if (isOpen()) connection.endsBecause(ConnectionEnd.PEER_CLOSED);
        if (closing == Closing.AWAITING_REPLY || closing == Closing.AWAITING_END) {
            endConnection();
        } else {
            finish(CloseStatus.reason(CloseStatus.ABNORMAL, "the peer finished sending without a Close frame"));
        }
    }

    @Override
    public void writable() {
        output.pump();
    }

    @Override
    public void drain() {
        if (isOpen()) connection.endsBecause(ConnectionEnd.DRAINED);
        closeFromLoop(CloseStatus.reason(CloseStatus.GOING_AWAY, "the server stops"));
    }

    @Override
    public void closed(@Nullable IOException cause) {
        ignoresInput = true;
        output.closed(cause == null ? new ClientGone("the connection is closed") : cause);
        closing = Closing.ENDED;
        wakeIfOver();
        finish(CloseStatus.reason(
                CloseStatus.ABNORMAL, cause == null ? "the connection was closed" : "the connection was lost"));
    }

    // --- the end

    /** The peer's Close frame has come. Loop owner. */
    void onClose(CloseReason reason) {
        if (closing != Closing.AWAITING_REPLY) {
            peerClosed = true;
            finish(reason);
        } else if (output.role() == Role.CLIENT) {
            closing = Closing.AWAITING_END;
            awaitEnd();
        } else {
            endConnection();
        }
    }

    @Override
    void violated(ProtocolViolation violation) {
        ignoresInput = true;
        session.services().counts().note(connection, violation);
        connection.endsBecause(ConnectionEnd.REFUSED);
        if (closing == Closing.AWAITING_REPLY) {
            endConnection(); // we have sent our only Close already
        } else {
            finish(CloseStatus.reason(violation.closeCode(), String.valueOf(violation.getMessage())));
        }
    }

    /** No more messages: after those that came, our Close is sent if none was, and the application learns of {@code reason}. Loop owner. */
    private void finish(CloseReason reason) {
        reader.endStream("the session ended before the message did: " + reason);
        if (END_REASON.compareAndSet(this, (CloseReason) null, reason)) finishTask();
    }

    /** Both Close frames have been seen: the server ends the connection, not we (RFC 6455 §7.1.1), but not for ever. Client, loop owner. */
    private void awaitEnd() {
        if (closing != Closing.AWAITING_END) return;
        limitEnd();
        if (inputHasEnded) endConnection();
    }

    /** Closes the connection as soon as our Close frame is sent. */
    private void endConnection() {
        closing = Closing.ENDED;
        output.endAfterClose();
    }

    /**
     * The application wants to close; or the container, because it stops or nobody spoke for too long. Does nothing if somebody has begun
     * to. Any thread.
     *
     * @param reason for the peer
     * @param heard by the endpoint
     * @throws IOException if the Close frame cannot be sent, because the connection is lost
     */
    void close(CloseReason reason, CloseReason heard) throws IOException {
        if (!END_REASON.compareAndSet(this, (CloseReason) null, heard)) return;
        boolean asks = CLOSING.compareAndSet(this, Closing.OPEN, Closing.AWAITING_REPLY);
        connection.execute(this::closedByUs);
        if (asks) sendClose(reason);
    }

    /** Closes because of what the peer does, without waiting for more of it. Any thread. */
    void breakOff(ProtocolViolation violation) {
        session.services().counts().note(connection, violation);
        connection.execute(() -> connection.endsBecause(ConnectionEnd.WRITE_TIMEOUT));
        session.closeByContainer(CloseStatus.reason(violation.closeCode(), String.valueOf(violation.getMessage())));
    }

    private void sendClose(CloseReason reason) throws IOException {
        byte[] payload = CloseStatus.payload(reason.getCloseCode().getCode(), String.valueOf(reason.getReasonPhrase()));
        output.send(FrameHead.LAST | Opcode.CLOSE, payload, null, OutboundFrame.NEVER);
    }

    private void closedByUs() {
        reader.endStream("the session was closed before the message was complete");
        finishTask();
        if (closing != Closing.AWAITING_REPLY) return; // answered or lost already
        limitEnd();
        connection.resumeReading();
    }

    /** The peer has so much time to answer our Close frame, or to take it. Loop owner. */
    private void limitEnd() {
        closeDeadline =
                connection.loop().nanoTime() + session.limits().closeTimeout().toNanos();
        armDeadline();
    }

    // --- timeouts: loop owner

    @Override
    public void deadline() {
        long now = connection.loop().nanoTime();
        if (retry) {
            retry = false;
            start();
        }
        if (closeDeadline != 0 && closeDeadline - now <= 0) {
            connection.abort(ConnectionEnd.WRITE_TIMEOUT);
            return;
        }
        if (output.hasBacklog()) {
            long earliest = output.nextDeadline();
            if (earliest != OutboundFrame.NEVER && earliest != OutboundFrame.UNKNOWN && earliest - now <= 0) {
                output.fail(new IOException(
                        "message not taken by the peer within its timeout (" + WebSocketLimits.SEND_TIMEOUT + ")"));
                connection.abort(ConnectionEnd.WRITE_TIMEOUT);
                return;
            }
        }
        long idle = session.idleNanos();
        if (idle > 0 && closing == Closing.OPEN && endReason == null && lastActive + idle - now <= 0) {
            connection.endsBecause(ConnectionEnd.IDLE_TIMEOUT);
            String what = "nothing was sent or received for " + idle / 1_000_000 + " ms";
            closeFromLoop(CloseStatus.reason(CloseStatus.GOING_AWAY, what));
        }
        armDeadline();
    }

    @Override
    void startLater() {
        retry = true;
        armDeadline();
    }

    private void closeFromLoop(CloseReason reason) {
        try {
            close(reason, CloseStatus.byContainer(reason));
        } catch (IOException e) {
            connection.abort(); // the Close frame cannot reach the peer
        }
    }

    private void armDeadline() {
        long now = connection.loop().nanoTime();
        long wait = Long.MAX_VALUE;
        if (retry) wait = RETRY_NANOS;
        if (closeDeadline != 0) wait = Math.min(wait, closeDeadline - now);
        if (output.hasBacklog()) {
            long earliest = output.nextDeadline();
            if (earliest == OutboundFrame.UNKNOWN) {
                wait = Math.min(wait, RETRY_NANOS); // somebody is sending just now: look again
            } else if (earliest != OutboundFrame.NEVER) {
                wait = Math.min(wait, earliest - now);
            }
        }
        long idle = session.idleNanos();
        if (idle > 0 && closing == Closing.OPEN) wait = Math.min(wait, lastActive + idle - now);
        if (wait != Long.MAX_VALUE) connection.deadline(Math.max(1, wait));
    }

    // --- the task

    @Override
    void end() {
        CloseReason reason = endReason;
        if (reason == null) throw new AssertionError("FINISH without a reason");
        boolean awaitsEnd = peerClosed && output.role() == Role.CLIENT;
        boolean answer = CLOSING.compareAndSet(this, Closing.OPEN, awaitsEnd ? Closing.AWAITING_END : Closing.ENDED);
        if (answer) {
            try {
                sendClose(reason);
            } catch (IOException e) {
                connection.abort(); // the peer cannot be told
            }
            if (awaitsEnd) {
                connection.execute(this::awaitEnd);
            } else {
                output.endAfterClose();
                connection.execute(this::limitEnd);
            }
        }
        session.ended(reason);
    }
}
