package org.dormouse.websocket;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import org.dormouse.push.SlowPeer;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.jspecify.annotations.Nullable;

/**
 * The frames that go out, in order, from any thread and without a lock: whoever gets hold of the connection's output writes, the others
 * leave their frame and go (see {@link Connection}). What the peer does not read waits here, and is bounded: asynchronous frames by the
 * budget, blocking ones by the threads that wait for them, pongs because only the newest is kept.
 */
final class WebSocketOutput extends FrameWriter {
    /** Bytes that may lie unsent in the connection before frames wait here. */
    private static final int ROOM = 64 * 1024;

    /** What a frame that waits takes of the heap beside its bytes: frame, head, array header, and whoever is to be told. */
    static final int FRAME_COST = 128;

    /** So many bytes of messages wait for others at most. */
    static final int BATCH_BYTES = 8 * 1024;

    private static final VarHandle PUSHED;
    private static final VarHandle WAITING_BYTES;
    private static final VarHandle PONG;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            PUSHED = lookup.findVarHandle(WebSocketOutput.class, "pushed", OutboundFrame.class);
            WAITING_BYTES = lookup.findVarHandle(WebSocketOutput.class, "waitingBytes", long.class);
            PONG = lookup.findVarHandle(WebSocketOutput.class, "pong", byte[].class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final WebSocketServices services;

    // any thread
    private volatile @Nullable OutboundFrame pushed; // newest first
    private volatile long
            waitingBytes; // of frames that are here, not in the connection, and what the objects of all of them cost
    private volatile boolean batching;
    private volatile boolean flushAsked;
    private volatile byte @Nullable [] pong; // payload of the newest ping without an answer
    private volatile @Nullable IOException failure; // set once, when nothing can be sent any more
    private volatile SlowPeer slowPeer;

    // owner of the output
    private @Nullable Backlog backlog; // null while nothing waits: an idle session pays a field
    private boolean endsAfterClose;

    /** What waits, in order. */
    private static final class Backlog {
        final FrameQueue waiting = new FrameQueue(); // not in the connection yet
        final FrameQueue leaving =
                new FrameQueue(); // in the connection, not yet taken by the network, and somebody wants to know

        boolean isEmpty() {
            return waiting.isEmpty() && leaving.isEmpty();
        }
    }

    WebSocketOutput(Connection connection, WebSocketServices services, Role role, @Nullable SessionDeflate deflate) {
        super(connection, role, deflate);
        this.services = services;
        this.slowPeer = services.slowPeer();
    }

    SlowPeer slowPeer() {
        return slowPeer;
    }

    void onSlowPeer(SlowPeer policy) {
        slowPeer = policy;
    }

    // --- any thread

    /** Sends a text frame; see {@link #send}. */
    @Nullable
    OutboundFrame sendText(int first, String text, OutboundFrame.@Nullable Completion completion, long timeoutNanos)
            throws IOException {
        if (text.length() <= IN_PLACE && connection().borrowOutput()) {
            OutboundFrame frame = null;
            boolean sent = false;
            try {
                drain();
                if (hasRoom() && connection().unsentBytes() == 0) sent = writeAscii(first, text);
                if (sent && !leaves(first) && completion != null) frame = leaving(completion, timeoutNanos);
            } finally {
                giveBack();
            }
            if (sent) {
                failIfBroken();
                return frame;
            }
        }
        return send(first, text.getBytes(StandardCharsets.UTF_8), completion, timeoutNanos);
    }

    /**
     * Sends one frame, now if nothing is in the way, else as soon as it can be.
     *
     * @param first as for {@link FrameWriter#write}
     * @param payload not changed by anybody until it is sent
     * @param completion told when the network has taken the frame, unless this method returns null; may be null
     * @param timeoutNanos after which the connection is given up if the frame still waits; {@link OutboundFrame#NEVER}
     * @return null if the network has taken it, or nobody wants to know; else the frame that waits
     * @throws IOException if nothing can be sent any more
     */
    @Nullable
    OutboundFrame send(int first, byte[] payload, OutboundFrame.@Nullable Completion completion, long timeoutNanos)
            throws IOException {
        failIfBroken();
        OutboundFrame frame = null;
        if (connection().borrowOutput()) {
            try {
                drain();
                if (hasRoom()) {
                    write(first, payload);
                    if (!leaves(first) && completion != null) frame = leaving(completion, timeoutNanos);
                } else {
                    frame = queued(first, payload, completion, timeoutNanos);
                    backlog().waiting.add(frame);
                    makeRoom();
                }
            } finally {
                giveBack();
            }
            failIfBroken();
        } else {
            frame = queued(first, payload, completion, timeoutNanos);
            push(frame);
            pump();
            if (failure != null) failPushed(); // a closed connection lends nothing: nobody else would tell them
        }
        return completion == null ? null : frame;
    }

    /** Whether messages may wait for others to leave with (Jakarta WebSocket 2.2, {@code RemoteEndpoint.setBatchingAllowed}). */
    boolean isBatching() {
        return batching;
    }

    void batching(boolean allowed) {
        batching = allowed;
    }

    /**
     * Sends what waits for others to leave with.
     *
     * @return as for {@link #send}
     * @throws IOException if nothing can be sent any more
     */
    @Nullable
    OutboundFrame flushBatch(OutboundFrame.Completion completion, long timeoutNanos) throws IOException {
        failIfBroken();
        OutboundFrame frame = null;
        flushAsked = true; // whoever has the output now sees it before it gives it back
        if (connection().borrowOutput()) {
            try {
                drain();
                if (connection().unsentBytes() > 0) frame = leaving(completion, timeoutNanos);
            } finally {
                giveBack();
            }
            failIfBroken();
        }
        return frame;
    }

    /** Lets the network have what was written; in a batch only when it is full. False if some of it has to wait. Owner of the output. */
    private boolean leaves(int first) {
        boolean waits =
                batching && !Opcode.isControl(first & 0x0F) && connection().unsentBytes() < BATCH_BYTES;
        return waits || connection().flush();
    }

    /** Answers a ping, or leaves it for later; an older answer that has not left is dropped (RFC 6455 §5.5.3). */
    void sendPong(byte[] payload) {
        pong = payload;
        pump();
    }

    /** Takes up what waits, if nobody else is at it. */
    void pump() {
        if (!connection().borrowOutput()) return;
        try {
            drain();
        } finally {
            giveBack();
        }
    }

    /** From now on the connection ends in order as soon as the Close frame has left this queue. */
    void endAfterClose() {
        if (connection().borrowOutput()) {
            endsAfterClose = true;
            try {
                drain();
            } finally {
                giveBack();
            }
        } else if (failure == null) {
            connection().execute(this::endAfterClose); // whoever has it gives it back in a moment
        }
    }

    /** Nothing can be sent any more; whoever waits learns why. */
    void fail(IOException reason) {
        if (failure == null) failure = reason;
        pump();
    }

    /** The connection is closed: it lends its output to nobody any more, so the loop owner, who calls this, has it for ever. */
    void closed(IOException reason) {
        if (failure == null) failure = reason;
        failAll();
        endCompression();
    }

    /** What waits for the peer, here and in the connection: bytes, and the cost of each frame; an estimate. */
    long backlogBytes() {
        return waitingBytes + connection().unsentBytes();
    }

    /** Whether an asynchronous frame is within the budget. One frame always is, however long. */
    boolean hasBudget(int length) {
        long present = backlogBytes();
        return present == 0
                || present + length + FRAME_COST <= services.limits().sendBudget();
    }

    /** Says what a frame of {@code length} bytes had no budget for. */
    String overBudget(int length) {
        return length + " bytes, while " + backlogBytes() + " wait for a slow peer, limit "
                + services.limits().sendBudget() + " (" + WebSocketLimits.SEND_BUDGET + ")";
    }

    /** Whether somebody waits for a frame, so that deadlines have to be looked at. An estimate for all but the owner of the output. */
    boolean hasBacklog() {
        return backlog != null || pushed != null;
    }

    /** The earliest deadline among the frames that wait; {@link OutboundFrame#NEVER} if there is none. Owner of the output. */
    private long earliestDeadline() {
        Backlog waits = backlog;
        if (waits == null) return OutboundFrame.NEVER;
        return Math.min(waits.leaving.earliestDeadline(), waits.waiting.earliestDeadline());
    }

    /** The earliest deadline among the frames that wait, or {@link OutboundFrame#UNKNOWN} if somebody else has the output. */
    long nextDeadline() {
        if (!connection().borrowOutput()) return OutboundFrame.UNKNOWN;
        try {
            drain();
            return earliestDeadline();
        } finally {
            giveBack();
        }
    }

    // --- owner of the output

    private void giveBack() {
        while (!connection().giveBackOutput()) drain();
    }

    /** Moves frames on, as far as the peer reads, and tells those who wait. */
    private void drain() {
        takePushed();
        Backlog waits = backlog;
        boolean flushes = flushAsked;
        if (waits == null && pong == null && !endsAfterClose && !flushes) return;
        if (flushes) flushAsked = false;
        boolean moved;
        do {
            moved = writePong();
            if (waits != null && writeWaiting(waits)) moved = true;
            boolean sent = connection().flush();
            if (waits != null) completeLeft(waits, sent);
            if (!sent) break;
        } while (moved);
        if (failure != null || connection().isBroken()) failAll();
        if (waits != null && waits.isEmpty()) backlog = null;
        if (endsAfterClose && isCloseWritten()) {
            endsAfterClose = false;
            connection().execute(() -> connection().closeWhenSent(ConnectionEnd.UPGRADE_ENDED));
        }
    }

    private boolean hasRoom() {
        return (backlog == null || backlog.waiting.isEmpty())
                && !isCloseWritten()
                && connection().unsentBytes() < ROOM;
    }

    private void takePushed() {
        if (pushed == null) return;
        OutboundFrame newestFirst = (OutboundFrame) PUSHED.getAndSet(this, (OutboundFrame) null);
        OutboundFrame inOrder = null;
        while (newestFirst != null) {
            OutboundFrame older = newestFirst.next;
            newestFirst.next = inOrder;
            inOrder = newestFirst;
            newestFirst = older;
        }
        while (inOrder != null) {
            OutboundFrame next = inOrder.next;
            backlog().waiting.add(inOrder);
            inOrder = next;
        }
        makeRoom();
    }

    /** Drops the oldest messages beyond the budget, where that is the policy; never the newest. */
    private void makeRoom() {
        Backlog waits = backlog;
        if (slowPeer != SlowPeer.DROP_OLDEST || waits == null) return;
        while (backlogBytes() > services.limits().sendBudget()) {
            OutboundFrame oldest = waits.waiting.dropOldest();
            if (oldest == null) return;
            release(oldest);
            services.counts().dropped();
            oldest.complete(new IOException("message dropped for newer ones: more than "
                    + services.limits().sendBudget() + " bytes wait for a slow peer (" + WebSocketLimits.SEND_BUDGET
                    + ")"));
        }
    }

    private boolean writePong() {
        if (pong == null || isCloseWritten() || connection().unsentBytes() >= ROOM) return false;
        byte[] payload = (byte[]) PONG.getAndSet(this, (byte[]) null);
        if (payload == null) return false;
        write(FrameHead.LAST | Opcode.PONG, payload);
        return true;
    }

    private boolean writeWaiting(Backlog waits) {
        boolean moved = false;
        while (connection().unsentBytes() < ROOM) {
            OutboundFrame frame = waits.waiting.poll();
            if (frame == null) break;
            moved = true;
            byte[] payload = frame.payload;
            if (isCloseWritten() || payload == null) {
                release(frame);
                frame.complete(new IOException("the session was closed before this message could be sent"));
                continue;
            }
            write(frame.first(), payload);
            frame.payload = null;
            frame.end = written();
            boolean isAwaited = frame.completion() != null;
            release(payload.length + (isAwaited ? 0 : FRAME_COST));
            if (isAwaited) waits.leaving.add(frame);
        }
        return moved;
    }

    private void completeLeft(Backlog waits, boolean sent) {
        long left = sent ? written() : written() - connection().unsentBytes();
        for (OutboundFrame f = waits.leaving.first(); f != null && f.end <= left; f = waits.leaving.first()) {
            waits.leaving.poll();
            release(FRAME_COST);
            if (connection().isBroken()) {
                f.complete(lost());
            } else {
                f.complete(null);
            }
        }
    }

    private void failAll() {
        takePushed();
        Backlog waits = backlog;
        backlog = null;
        if (waits == null) return;
        IOException reason = failure == null ? lost() : failure;
        for (OutboundFrame f = waits.leaving.poll(); f != null; f = waits.leaving.poll()) {
            release(FRAME_COST);
            f.complete(reason);
        }
        for (OutboundFrame f = waits.waiting.poll(); f != null; f = waits.waiting.poll()) {
            release(f);
            f.complete(reason);
        }
    }

    private OutboundFrame leaving(OutboundFrame.Completion completion, long timeoutNanos) {
        OutboundFrame frame = new OutboundFrame(0, null, completion, deadline(timeoutNanos));
        frame.end = written();
        backlog().leaving.add(frame);
        WAITING_BYTES.getAndAdd(this, (long) FRAME_COST);
        return frame;
    }

    private Backlog backlog() {
        Backlog present = backlog;
        if (present == null) backlog = present = new Backlog();
        return present;
    }

    // --- any thread

    private OutboundFrame queued(
            int first, byte[] payload, OutboundFrame.@Nullable Completion completion, long timeoutNanos) {
        WAITING_BYTES.getAndAdd(this, (long) payload.length + FRAME_COST);
        return new OutboundFrame(first, payload, completion, deadline(timeoutNanos));
    }

    private long deadline(long timeoutNanos) {
        return timeoutNanos == OutboundFrame.NEVER
                ? OutboundFrame.NEVER
                : connection().loop().nanoTime() + timeoutNanos;
    }

    /** One that leaves the queue unsent. */
    private void release(OutboundFrame waiting) {
        byte[] payload = waiting.payload;
        release(FRAME_COST + (payload == null ? 0 : payload.length));
    }

    private void release(int bytes) {
        WAITING_BYTES.getAndAdd(this, (long) -bytes);
    }

    private void push(OutboundFrame frame) {
        OutboundFrame before;
        do {
            before = pushed;
            frame.next = before;
        } while (!PUSHED.compareAndSet(this, before, frame));
    }

    private void failIfBroken() throws IOException {
        IOException reason = failure;
        if (reason != null) throw new IOException(reason.getMessage(), reason);
        if (connection().isBroken()) throw lost();
    }

    private void failPushed() {
        OutboundFrame frame = (OutboundFrame) PUSHED.getAndSet(this, (OutboundFrame) null);
        IOException reason = failure == null ? lost() : failure;
        for (; frame != null; frame = frame.next) frame.complete(reason);
    }

    private static IOException lost() {
        return new org.dormouse.http.ClientGone("the peer is gone");
    }
}
