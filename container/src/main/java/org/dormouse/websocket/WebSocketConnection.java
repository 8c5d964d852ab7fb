package org.dormouse.websocket;

import jakarta.websocket.CloseReason;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.dormouse.http.ClientGone;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * WebSocket over one connection: frames in, messages to the session, the close handshake, the timeouts.
 *
 * <p>The loop parses what has arrived and makes a batch of messages of it; a task of the application's executor delivers the batch. While
 * it runs, nothing more is parsed: the bytes stay with the connection, and with the peer when that is full.
 *
 * <pre>
 *   closing:  OPEN -- our Close sent --> AWAITING_REPLY -- its Close came, or the deadline --> ENDED
 *             OPEN -- its Close came, or it broke the protocol; the messages before are delivered, our Close is sent --> ENDED
 *             a client that has seen both Close frames: --> AWAITING_END -- the server ended the connection, or the deadline --> ENDED
 *             OPEN -- connection lost --> ENDED
 *   work:     nothing, or RUNNING with WAITING (input was refused) and FINISH (there will be no more messages)
 * </pre>
 */
final class WebSocketConnection implements Protocol, FrameParser.Receiver, Runnable {
    enum Closing {
        OPEN,
        AWAITING_REPLY,
        AWAITING_END,
        ENDED
    }

    private static final int RUNNING = 1;
    private static final int WAITING = 2;
    private static final int FINISH = 4;

    /** A receiver of parts gets one when a frame ends, or when so many bytes have come together. */
    private static final int PART_BYTES = 8 * 1024;

    /** How long a batch waits for an executor that had no room for it. */
    private static final long RETRY_NANOS = 20_000_000;

    private static final VarHandle WORK;
    private static final VarHandle CLOSING;
    private static final VarHandle END_REASON;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WORK = lookup.findVarHandle(WebSocketConnection.class, "work", int.class);
            CLOSING = lookup.findVarHandle(WebSocketConnection.class, "closing", Closing.class);
            END_REASON = lookup.findVarHandle(WebSocketConnection.class, "endReason", CloseReason.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Connection connection;
    private final Executor executor;
    private final WebSocketSession session;
    private final WebSocketOutput output;
    private final FrameParser parser;

    // any thread
    private volatile int work = RUNNING; // the first task calls onOpen
    private volatile Closing closing = Closing.OPEN;
    private volatile @Nullable CloseReason endReason; // who sets it decides how the session ends
    private volatile boolean rearms;
    private volatile long lastActive; // by the loop's clock; may be written by two at once, either is right

    // loop owner; handed to the task with RUNNING and back without it
    private @Nullable Inbound firstInbound;
    private @Nullable Inbound lastInbound;

    // loop owner
    private @Nullable Receiver receiver; // of the data message that is arriving; null to skip it
    private @Nullable MessageAssembly assembly;
    private byte @Nullable [] control; // payload so far of a control frame that came in pieces
    private int frameOpcode;
    private boolean frameLast;
    private boolean inMessage; // a data message has begun and not ended
    private int utf8;
    private boolean retry; // the executor had no room for the task
    private boolean ignoresInput;
    private boolean inputHasEnded;
    private boolean peerClosed; // its Close frame came first
    private long closeDeadline; // not 0: when to cut a connection that does not end

    // the task
    private boolean opened;

    WebSocketConnection(
            Connection connection, Executor executor, WebSocketSession session, WebSocketLimits limits, Role role) {
        this.connection = connection;
        this.parser = new FrameParser(role);
        this.executor = executor;
        this.session = session;
        this.output = new WebSocketOutput(connection, limits, role);
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

    Connection connection() {
        return connection;
    }

    boolean isOpen() {
        return closing == Closing.OPEN && (work & FINISH) == 0;
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

    /** Runs {@code task}, which calls the application, in its executor, beside the messages. Any thread. */
    void executeForApplication(Runnable task) {
        connection.execute(
                () -> { // the executor may be one that only the loop may use
                    try {
                        executor.execute(task);
                    } catch (RejectedExecutionException e) {
                        Thread.startVirtualThread(task); // a result must be told, or a sender waits for ever
                    }
                });
    }

    /**
     * Sends a frame of the application and waits until the network has taken it.
     *
     * @throws IOException if it was not sent: the session is closed, the peer left, or did not read for too long
     */
    void sendAndWait(int first, byte[] payload, int offset, int length) throws IOException {
        requireOpen();
        await(output.send(
                first,
                payload,
                offset,
                length,
                ParkedSender.HERE,
                session.limits().sendTimeout().toNanos()));
    }

    /** Like {@link #sendAndWait}, for text. */
    void sendTextAndWait(int first, String text) throws IOException {
        requireOpen();
        await(output.sendText(
                first, text, ParkedSender.HERE, session.limits().sendTimeout().toNanos()));
    }

    /** Sends a frame of the application; {@code completion} is told what became of it, now or later. Any thread; does not wait. */
    void sendAsync(int first, byte[] payload, int offset, int length, AsyncCompletion completion) {
        OutboundFrame frame;
        try {
            requireOpen();
            output.checkBudget(length);
            long millis = session.asyncTimeoutMillis();
            long timeout = millis <= 0 ? OutboundFrame.NEVER : Math.min(millis, Long.MAX_VALUE / 2_000_000) * 1_000_000;
            frame = output.send(first, payload, offset, length, completion, timeout);
        } catch (IOException e) {
            completion.completed(e);
            return;
        }
        sent(frame);
        if (frame == null) completion.completed(null);
    }

    private void await(@Nullable OutboundFrame frame) throws IOException {
        sent(frame);
        if (frame != null && frame.completion() instanceof ParkedSender parked) parked.await();
    }

    private void sent(@Nullable OutboundFrame frame) {
        if (frame != null) deadlinesChanged();
        if (session.idleNanos() > 0) touch();
    }

    private void requireOpen() throws IOException {
        if (closing != Closing.OPEN) throw new IOException("session " + session.getId() + " is closed");
    }

    // --- input: loop owner

    @Override
    public int received(byte[] bytes, int offset, int length) {
        if (ignoresInput) return length;
        if (isBusy()) {
            connection.suspendReading();
            return 0;
        }
        touch();
        try {
            if (!parser.parse(bytes, offset, offset + length, this)) ignoresInput = true;
        } catch (ProtocolViolation e) {
            violated(e);
        }
        if (firstInbound != null && tryRun()) start();
        return length;
    }

    /** Whether the input has to wait for the application; after our Close nothing is delivered, so there is nothing to wait for. */
    private boolean isBusy() {
        if (closing == Closing.AWAITING_REPLY) return false;
        while (true) {
            int now = work;
            if ((now & RUNNING) == 0) return false;
            if (WORK.compareAndSet(this, now, now | WAITING)) return true;
        }
    }

    @Override
    public void frame(int opcode, boolean last, long length) throws ProtocolViolation {
        frameOpcode = opcode;
        frameLast = last;
        if (Opcode.isControl(opcode)) return;
        if (!inMessage) {
            inMessage = true;
            utf8 = Utf8.BOUNDARY;
            receiver = session.receiver(opcode == Opcode.TEXT ? MessageKind.TEXT : MessageKind.BINARY);
        }
        Receiver target = receiver;
        if (target != null && !target.isPartial())
            session.checkSize(target, assembly == null ? 0 : assembly.length(), length);
    }

    @Override
    public boolean payload(byte[] bytes, int from, int to, boolean complete) throws ProtocolViolation {
        if (Opcode.isControl(frameOpcode)) return controlPayload(bytes, from, to, complete);
        boolean end = complete && frameLast;
        if (frameOpcode == Opcode.TEXT) checkText(bytes, from, to, end);
        Receiver target = receiver;
        if (target != null && closing == Closing.OPEN) dataPayload(target, bytes, from, to, complete, end);
        if (end) {
            inMessage = false;
            receiver = null;
            assembly = null;
        }
        return true;
    }

    private void checkText(byte[] bytes, int from, int to, boolean end) throws ProtocolViolation {
        utf8 = Utf8.check(utf8, bytes, from, to);
        if (utf8 == Utf8.MALFORMED || (end && utf8 != Utf8.BOUNDARY)) {
            throw new ProtocolViolation(CloseStatus.NOT_CONSISTENT, "text message is not UTF-8");
        }
    }

    private void dataPayload(Receiver target, byte[] bytes, int from, int to, boolean complete, boolean end) {
        if (end && assembly == null) {
            add(target, MessageAssembly.message(target.kind(), bytes, from, to), true);
            return;
        }
        if (assembly == null) assembly = new MessageAssembly();
        assembly.append(bytes, from, to);
        if (end) {
            add(target, assembly.takeAll(target.kind()), true);
        } else if (target.isPartial() && (complete || assembly.length() >= PART_BYTES)) {
            Object part = target.kind() == MessageKind.TEXT
                    ? assembly.takeCompleteCharacters()
                    : assembly.takeAll(target.kind());
            if (part != null) add(target, part, false);
        }
    }

    private boolean controlPayload(byte[] bytes, int from, int to, boolean complete) throws ProtocolViolation {
        byte[] before = control;
        if (before == null && complete) return onControl(bytes, from, to);
        byte[] joined = before == null ? new byte[to - from] : Arrays.copyOf(before, before.length + to - from);
        System.arraycopy(bytes, from, joined, joined.length - (to - from), to - from);
        control = complete ? null : joined;
        return !complete || onControl(joined, 0, joined.length);
    }

    private boolean onControl(byte[] payload, int from, int to) throws ProtocolViolation {
        switch (frameOpcode) {
            case Opcode.PING -> {
                if (closing == Closing.OPEN) output.sendPong(Arrays.copyOfRange(payload, from, to));
            }
            case Opcode.PONG -> {
                Receiver pongs = session.receiver(MessageKind.PONG);
                if (pongs != null) add(pongs, MessageAssembly.message(MessageKind.PONG, payload, from, to), true);
            }
            default -> {
                onClose(CloseStatus.read(payload, from, to));
                return false;
            }
        }
        return true;
    }

    private void add(Receiver target, Object message, boolean last) {
        if (closing != Closing.OPEN) return;
        Inbound inbound = new Inbound(target, message, last);
        if (lastInbound == null) {
            firstInbound = inbound;
        } else {
            lastInbound.next = inbound;
        }
        lastInbound = inbound;
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
        finish(CloseStatus.reason(
                CloseStatus.ABNORMAL, cause == null ? "the connection was closed" : "the connection was lost"));
    }

    // --- the end

    private void onClose(CloseReason reason) {
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

    private void violated(ProtocolViolation violation) {
        ignoresInput = true;
        connection.endsBecause(ConnectionEnd.REFUSED);
        if (closing == Closing.AWAITING_REPLY) {
            endConnection(); // we have sent our only Close already
        } else {
            finish(CloseStatus.reason(violation.closeCode(), String.valueOf(violation.getMessage())));
        }
    }

    /** No more messages: after those that came, our Close is sent if none was, and the application learns of {@code reason}. Loop owner. */
    private void finish(CloseReason reason) {
        if (END_REASON.compareAndSet(this, (CloseReason) null, reason)) finishTask();
    }

    /** Lets the task, which may have to be started for it, end the session after what it has to deliver. Loop owner. */
    private void finishTask() {
        int before = (int) WORK.getAndBitwiseOr(this, FINISH | RUNNING);
        if ((before & RUNNING) == 0) start();
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
     * @throws IOException if the Close frame cannot be sent, because the connection is lost
     */
    void close(CloseReason reason) throws IOException {
        if (!END_REASON.compareAndSet(this, (CloseReason) null, reason)) return;
        boolean asks = CLOSING.compareAndSet(this, Closing.OPEN, Closing.AWAITING_REPLY);
        connection.execute(this::closedByUs);
        if (asks) sendClose(reason);
    }

    private void sendClose(CloseReason reason) throws IOException {
        byte[] payload = CloseStatus.payload(reason.getCloseCode().getCode(), String.valueOf(reason.getReasonPhrase()));
        output.send(FrameHead.LAST | Opcode.CLOSE, payload, 0, payload.length, null, OutboundFrame.NEVER);
    }

    private void closedByUs() {
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

    private void closeFromLoop(CloseReason reason) {
        try {
            close(reason);
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

    private boolean tryRun() {
        return ((int) WORK.getAndBitwiseOr(this, RUNNING) & RUNNING) == 0;
    }

    /** Gives the task, which has RUNNING already, to the executor. */
    private void start() {
        try {
            executor.execute(this);
        } catch (RejectedExecutionException e) {
            if (closing == Closing.ENDED) {
                Thread.startVirtualThread(this); // there is no later: a closed connection has no deadlines
                return;
            }
            retry = true; // nothing is lost and nothing more is read: a full pool slows its peers down
            armDeadline();
        }
    }

    /** Delivers what has arrived, then gives the input back to the loop. */
    @Override
    public void run() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(session.classLoader());
        try {
            if (!opened) {
                opened = true;
                session.opened();
            }
            deliver();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private void deliver() {
        while (true) {
            for (Inbound inbound = takeBatch(); inbound != null; inbound = inbound.next) {
                if (closing == Closing.OPEN) session.deliver(inbound);
            }
            int now = work;
            if ((now & FINISH) != 0) {
                end();
                return;
            }
            if (!WORK.compareAndSet(this, now, 0)) continue;
            if ((now & WAITING) != 0) connection.execute(connection::resumeReading);
            return;
        }
    }

    private @Nullable Inbound takeBatch() {
        Inbound batch = firstInbound;
        firstInbound = null;
        lastInbound = null;
        return batch;
    }

    /** The last thing the task does; RUNNING stays for ever. */
    private void end() {
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
