package org.dormouse.websocket;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import org.dormouse.buffer.BufferPool;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.jspecify.annotations.Nullable;

/**
 * The frames that go out, in order, from any thread and without a lock: whoever gets hold of the connection's output writes, the others
 * leave their frame and go (see {@link Connection}). What the peer does not read waits here, and is bounded: asynchronous frames by the
 * budget, blocking ones by the threads that wait for them, pongs because only the newest is kept.
 */
final class WebSocketOutput extends Fragments {
    /** Bytes that may lie unsent in the connection before frames wait here. */
    private static final int ROOM = 64 * 1024;

    /** From here on a payload is not copied into pooled buffers, but sent from the array it lies in. */
    private static final int SHARE_FROM = 8 * 1024;

    /** Up to here a text is encoded where it is sent from; longer ones are faster by the JDK's intrinsic, through an array. */
    private static final int IN_PLACE = 512;

    /** What a frame that waits takes of the heap beside its bytes: frame, array header, and whoever is to be told. */
    static final int FRAME_COST = 128;

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

    private final Connection connection;
    private final WebSocketLimits limits;
    private final Role role;

    // any thread
    private volatile @Nullable OutboundFrame pushed; // newest first
    private volatile long
            waitingBytes; // of frames that are here, not in the connection, and what the objects of all of them cost
    private volatile byte @Nullable [] pong; // payload of the newest ping without an answer
    private volatile @Nullable IOException failure; // set once, when nothing can be sent any more

    // owner of the output
    private @Nullable Backlog backlog; // null while nothing waits: an idle session pays a field
    private long written; // bytes ever written to the connection
    private boolean closeWritten;
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

    WebSocketOutput(Connection connection, WebSocketLimits limits, Role role) {
        this.connection = connection;
        this.limits = limits;
        this.role = role;
    }

    Role role() {
        return role;
    }

    // --- any thread

    /** Sends a text frame; see {@link #send}. */
    @Nullable
    OutboundFrame sendText(int first, String text, OutboundFrame.@Nullable Completion completion, long timeoutNanos)
            throws IOException {
        if (text.length() <= IN_PLACE && connection.borrowOutput()) {
            OutboundFrame frame = null;
            boolean sent = false;
            try {
                drain();
                if (hasRoom() && connection.unsentBytes() == 0) sent = writeAscii(first, text);
                if (sent && !connection.flush() && completion != null) frame = leaving(completion, timeoutNanos);
            } finally {
                giveBack();
            }
            if (sent) {
                failIfBroken();
                return frame;
            }
        }
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        return send(first, payload, 0, payload.length, completion, timeoutNanos);
    }

    /**
     * Sends one frame, now if nothing is in the way, else as soon as it can be.
     *
     * @param first opcode, and {@link FrameHead#LAST}
     * @param payload not changed by the caller until it is sent
     * @param completion told when the network has taken the frame, unless this method returns null; may be null
     * @param timeoutNanos after which the connection is given up if the frame still waits; {@link OutboundFrame#NEVER}
     * @return null if the network has taken it, or nobody wants to know; else the frame that waits
     * @throws IOException if nothing can be sent any more
     */
    @Nullable
    OutboundFrame send(
            int first,
            byte[] payload,
            int offset,
            int length,
            OutboundFrame.@Nullable Completion completion,
            long timeoutNanos)
            throws IOException {
        failIfBroken();
        OutboundFrame frame = null;
        if (connection.borrowOutput()) {
            try {
                drain();
                if (hasRoom()) {
                    write(first, payload, offset, length);
                    if (!connection.flush() && completion != null) frame = leaving(completion, timeoutNanos);
                } else {
                    frame = queued(first, payload, offset, length, completion, timeoutNanos);
                    backlog().waiting.add(frame);
                }
            } finally {
                giveBack();
            }
            failIfBroken();
        } else {
            frame = queued(first, payload, offset, length, completion, timeoutNanos);
            push(frame);
            pump();
            if (failure != null) failPushed(); // a closed connection lends nothing: nobody else would tell them
        }
        return completion == null ? null : frame;
    }

    /** Answers a ping, or leaves it for later; an older answer that has not left is dropped (RFC 6455 §5.5.3). */
    void sendPong(byte[] payload) {
        pong = payload;
        pump();
    }

    /** Takes up what waits, if nobody else is at it. */
    void pump() {
        if (!connection.borrowOutput()) return;
        try {
            drain();
        } finally {
            giveBack();
        }
    }

    /** From now on the connection ends in order as soon as the Close frame has left this queue. */
    void endAfterClose() {
        if (connection.borrowOutput()) {
            endsAfterClose = true;
            try {
                drain();
            } finally {
                giveBack();
            }
        } else if (failure == null) {
            connection.execute(this::endAfterClose); // whoever has it gives it back in a moment
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
    }

    /** What waits for the peer, here and in the connection: bytes, and the cost of each frame; an estimate. */
    long backlogBytes() {
        return waitingBytes + connection.unsentBytes();
    }

    /**
     * Refuses an asynchronous frame that the budget has no room for. One frame is always taken, however long it is.
     *
     * @throws IOException with the figures and the key of the limit
     */
    void checkBudget(int length) throws IOException {
        long present = backlogBytes();
        if (present > 0 && present + length + FRAME_COST > limits.sendBudget()) {
            throw new IOException(
                    "message of " + length + " bytes refused: " + present + " bytes wait for a slow peer, limit "
                            + limits.sendBudget() + " (" + WebSocketLimits.SEND_BUDGET + ")");
        }
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
        if (!connection.borrowOutput()) return OutboundFrame.UNKNOWN;
        try {
            drain();
            return earliestDeadline();
        } finally {
            giveBack();
        }
    }

    // --- owner of the output

    private void giveBack() {
        while (!connection.giveBackOutput()) drain();
    }

    /** Moves frames on, as far as the peer reads, and tells those who wait. */
    private void drain() {
        takePushed();
        Backlog waits = backlog;
        if (waits == null && pong == null && !endsAfterClose) return;
        boolean moved;
        do {
            moved = writePong();
            if (waits != null && writeWaiting(waits)) moved = true;
            boolean sent = connection.flush();
            if (waits != null) completeLeft(waits, sent);
            if (!sent) break;
        } while (moved);
        if (failure != null || connection.isBroken()) failAll();
        if (waits != null && waits.isEmpty()) backlog = null;
        if (endsAfterClose && closeWritten) {
            endsAfterClose = false;
            connection.execute(() -> connection.closeWhenSent(ConnectionEnd.UPGRADE_ENDED));
        }
    }

    private boolean hasRoom() {
        return (backlog == null || backlog.waiting.isEmpty()) && !closeWritten && connection.unsentBytes() < ROOM;
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
    }

    private boolean writePong() {
        if (pong == null || closeWritten || connection.unsentBytes() >= ROOM) return false;
        byte[] payload = (byte[]) PONG.getAndSet(this, (byte[]) null);
        if (payload == null) return false;
        write(FrameHead.LAST | Opcode.PONG, payload, 0, payload.length);
        return true;
    }

    private boolean writeWaiting(Backlog waits) {
        boolean moved = false;
        while (connection.unsentBytes() < ROOM) {
            OutboundFrame frame = waits.waiting.poll();
            if (frame == null) break;
            moved = true;
            byte[] bytes = frame.bytes;
            if (closeWritten || bytes == null) {
                release(frame.size() + FRAME_COST);
                frame.complete(new IOException("the session was closed before this message could be sent"));
                continue;
            }
            if (frame.isClose()) closeWritten = true;
            append(bytes, 0, bytes.length);
            frame.bytes = null;
            frame.end = written;
            boolean isAwaited = frame.completion() != null;
            release(frame.size() + (isAwaited ? 0 : FRAME_COST));
            if (isAwaited) waits.leaving.add(frame);
        }
        return moved;
    }

    private void completeLeft(Backlog waits, boolean sent) {
        long left = sent ? written : written - connection.unsentBytes();
        for (OutboundFrame f = waits.leaving.first(); f != null && f.end <= left; f = waits.leaving.first()) {
            waits.leaving.poll();
            release(FRAME_COST);
            if (connection.isBroken()) {
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
            release(f.size() + FRAME_COST);
            f.complete(reason);
        }
    }

    private void write(int first, byte[] payload, int offset, int length) {
        if ((first & 0x0F) == Opcode.CLOSE) closeWritten = true;
        if (length >= SHARE_FROM
                && role == Role.SERVER) { // a client's has to be masked, which the sender's array must not be
            byte[] head = new byte[FrameHead.size(length, role)];
            append(head, 0, FrameHead.write(head, 0, first, length, role));
            append(payload, offset, length);
        } else if (length < SHARE_FROM && connection.unsentBytes() == 0) {
            PooledBuffer buffer = connection.pool().take();
            byte[] array = buffer.array();
            int at = FrameHead.write(array, buffer.end(), first, length, role);
            System.arraycopy(payload, offset, array, at, length);
            FrameHead.mask(array, at, length, role);
            enqueue(buffer, at + length - buffer.end());
        } else {
            byte[] frame = FrameHead.frame(first, payload, offset, length, role);
            append(frame, 0, frame.length);
        }
    }

    /** Writes {@code text} without an array in between; returns false, and has done nothing, if it is not ASCII. */
    private boolean writeAscii(int first, String text) {
        int length = text.length();
        PooledBuffer buffer = connection.pool().take();
        byte[] array = buffer.array();
        int payload = FrameHead.write(array, buffer.end(), first, length, role);
        int at = payload;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                buffer.close();
                return false;
            }
            array[at++] = (byte) c;
        }
        FrameHead.mask(array, payload, length, role);
        enqueue(buffer, at - buffer.end());
        return true;
    }

    private void enqueue(PooledBuffer buffer, int length) {
        buffer.produced(length);
        written += length;
        connection.enqueue(buffer);
    }

    private void append(byte[] bytes, int offset, int length) {
        written += length;
        if (length >= SHARE_FROM) {
            connection.enqueue(PooledBuffer.sharing(bytes, offset, length));
        } else {
            connection.copyIn(bytes, offset, length);
        }
    }

    private OutboundFrame leaving(OutboundFrame.Completion completion, long timeoutNanos) {
        OutboundFrame frame = new OutboundFrame(null, 0, completion, deadline(timeoutNanos));
        frame.end = written;
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
            int first,
            byte[] payload,
            int offset,
            int length,
            OutboundFrame.@Nullable Completion completion,
            long timeoutNanos) {
        byte[] frame = FrameHead.frame(first, payload, offset, length, role);
        WAITING_BYTES.getAndAdd(this, (long) frame.length + FRAME_COST);
        return new OutboundFrame(frame, frame.length, completion, deadline(timeoutNanos));
    }

    private long deadline(long timeoutNanos) {
        return timeoutNanos == OutboundFrame.NEVER
                ? OutboundFrame.NEVER
                : connection.loop().nanoTime() + timeoutNanos;
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
        if (connection.isBroken()) throw lost();
    }

    private void failPushed() {
        OutboundFrame frame = (OutboundFrame) PUSHED.getAndSet(this, (OutboundFrame) null);
        IOException reason = failure == null ? lost() : failure;
        for (; frame != null; frame = frame.next) frame.complete(reason);
    }

    private static IOException lost() {
        return new org.dormouse.http.ClientGone("the peer is gone");
    }

    static {
        assert IN_PLACE + 14 <= BufferPool.BUFFER_SIZE && SHARE_FROM + 14 <= BufferPool.BUFFER_SIZE;
    }
}
