package org.dormouse.transport;

import org.dormouse.buffer.BufferPool;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.poller.socket.SocketError;
import org.dormouse.poller.socket.StreamSocket;
import org.jspecify.annotations.Nullable;

/** The sending half of a {@link Connection}: borrowing the output, the queue, and what the socket takes of it. */
abstract class ConnectionOutput extends OwnershipWord {
    final Connections family;
    /** Exchanged at most once, before anything is lent. */
    StreamSocket socket;

    // owner of the output; unsent is read by others as an estimate
    private @Nullable OutboundQueue queue;
    private int unsent;

    /** Sends that the loop's counts do not have yet. */
    private byte uncountedSends;

    private static final byte MAX_UNCOUNTED_SENDS = 16;

    /** What {@link #sendFile} returns where the file has fewer bytes than it was thought to have, or the kernel cannot read it. */
    public static final int FILE_ENDED = -1;

    ConnectionOutput(Connections family, StreamSocket socket) {
        this.family = family;
        this.socket = socket;
    }

    /** A loan has ended while {@link #CLOSING} was set. Loop owner. */
    abstract void loanEnded();

    /** Where buffers for this connection come from. Any thread. */
    public BufferPool pool() {
        return family.pool;
    }

    /** Whether nothing can be sent any more: a send failed, the peer reset, or the connection is closed. Any thread. */
    public boolean isBroken() {
        return has(BROKEN);
    }

    /**
     * Makes the caller the only owner of the output until {@link #giveBackOutput}. Any thread; does not wait.
     *
     * @return false if another has it: it will see that somebody asked, because its {@code giveBackOutput} fails once. Always false once the
     *     connection is closed.
     */
    public boolean borrowOutput() {
        while (true) {
            int now = word();
            if ((now & OUTPUT_LENT) == 0) {
                if (exchange(now, (now | OUTPUT_LENT) & ~UNSENT)) return true;
            } else if (exchange(now, now | OUTPUT_ASKED)) {
                return false;
            }
        }
    }

    /**
     * Ends a loan of the output. What is enqueued but unsent is sent by the loop as the peer makes room.
     *
     * @return false if somebody asked for the output meanwhile: the caller still owns it, looks for more to send and calls again
     */
    public boolean giveBackOutput() {
        while (true) {
            int now = word();
            if ((now & OUTPUT_ASKED) != 0) {
                consume(OUTPUT_ASKED);
                return false;
            }
            if ((now & OUTPUT_READY) != 0 && unsent > 0) {
                consume(OUTPUT_READY);
                flush();
            } else if (exchange(now, withoutOutput(now))) {
                if ((now & CLOSING) != 0) family.loop.execute(this::loanEnded);
                return true;
            }
        }
    }

    final int withoutOutput(int now) {
        return (now & ~(OUTPUT_LENT | OUTPUT_READY | OUTPUT_ASKED)) | (unsent > 0 ? UNSENT : 0);
    }

    /** Takes ownership of {@code buffer}; it returns to the pool when sent or when the connection closes. Sends nothing yet. Output owner. */
    public void enqueue(PooledBuffer buffer) {
        if (buffer.size() == 0 || has(BROKEN)) {
            buffer.close();
            return;
        }
        unsent += buffer.size();
        queue().enqueue(buffer);
    }

    /** Copies bytes behind what is enqueued; the caller may reuse {@code source} afterwards. Sends nothing yet. Output owner. */
    public void copyIn(byte[] source, int offset, int length) {
        if (has(BROKEN)) return;
        unsent += length;
        queue().copyIn(source, offset, length, family.pool);
    }

    /**
     * Sends what is enqueued, as far as the socket takes it. After the peer left, everything counts as sent: see {@link #isBroken}. Output
     * owner.
     *
     * @return true if nothing is left
     */
    public boolean flush() {
        OutboundQueue waiting = queue;
        if (waiting == null) return true;
        for (PooledBuffer first = waiting.first(); first != null; first = waiting.first()) {
            if (!sendSome(first)) return dropIfBroken();
            waiting.removeFirst();
        }
        queue = null;
        return true;
    }

    /**
     * Takes ownership of {@code buffer} and sends it behind what is enqueued, as far as the socket takes it; the rest is enqueued. The way
     * for an answer that fits into one buffer: no queue is made. Output owner.
     *
     * @return true if nothing is left
     */
    public boolean send(PooledBuffer buffer) {
        return send(buffer, false);
    }

    /** {@link #send} where more follows at once, so that the kernel may wait for that with a packet that is not full. Output owner. */
    public boolean sendAhead(PooledBuffer buffer) {
        return send(buffer, true);
    }

    private boolean send(PooledBuffer buffer, boolean isAhead) {
        if (queue != null) {
            enqueue(buffer);
            return flush();
        }
        unsent = buffer.size();
        if (sendSome(buffer, isAhead)) {
            buffer.close();
            return true;
        }
        queue().enqueue(buffer);
        return dropIfBroken();
    }

    /**
     * Sends bytes without keeping them, if nothing is enqueued. Output owner.
     *
     * @return how many the socket took, 0 to {@code length}
     */
    public int sendDirectly(byte[] source, int offset, int length) {
        if (queue != null) return 0;
        int sent = 0;
        while (sent < length && !has(BROKEN)) {
            int count = socket.send(source, offset + sent, Math.min(length - sent, StreamSocket.MAX_TRANSFER));
            sentOnce();
            if (count > 0) sent += count;
            else if (!goesOnAfter(count)) break;
        }
        return sent;
    }

    /** Whether {@link #sendFile} can be used. Any thread. */
    public boolean sendsFiles() {
        return socket.sendsFiles();
    }

    /**
     * Has the kernel send bytes of a file, if nothing is enqueued; at most {@link StreamSocket#MAX_FILE_TRANSFER} of them. May wait for a disk.
     * Output owner.
     *
     * @param file descriptor of a regular file, which the caller keeps open meanwhile
     * @return how many the socket took; 0 if it has no room, or the peer has left; {@link #FILE_ENDED}
     */
    public int sendFile(int file, long position, int length) {
        if (queue != null) return 0;
        while (!has(BROKEN)) {
            int count = socket.sendFile(file, position, length);
            sentOnce();
            if (count > 0) return count;
            if (count == 0 || SocketError.isOfFile(count)) return FILE_ENDED;
            if (!goesOnAfter(count)) break;
        }
        return 0;
    }

    /** Bytes enqueued and not yet taken by the kernel. Exact for the owner of the output, an estimate for others. */
    public int unsentBytes() {
        return unsent;
    }

    /** Whether room may have come since a send found none. Output owner. */
    public boolean mayHaveRoom() {
        return has(OUTPUT_READY | BROKEN);
    }

    /** Sends {@code buffer} until it is empty or the socket is full. True if it is empty. */
    private boolean sendSome(PooledBuffer buffer) {
        return sendSome(buffer, false);
    }

    private boolean sendSome(PooledBuffer buffer, boolean isAhead) {
        while (buffer.size() > 0) {
            if (has(BROKEN)) return false;
            int length = Math.min(buffer.size(), StreamSocket.MAX_TRANSFER);
            int count = isAhead
                    ? socket.sendAhead(buffer.array(), buffer.start(), length)
                    : socket.send(buffer.array(), buffer.start(), length);
            sentOnce();
            if (count > 0) {
                buffer.consume(count);
                unsent -= count;
            } else if (!goesOnAfter(count)) {
                return false;
            }
        }
        return true;
    }

    /** Counted one by one here and together by the loop, so that a send costs no atomic instruction on what loops share. */
    private void sentOnce() {
        if (++uncountedSends < MAX_UNCOUNTED_SENDS) return;
        family.counts.wroteElsewhere(uncountedSends);
        uncountedSends = 0;
    }

    /** Loop owner, which owns the output too, or finds it owned by nobody and takes it. */
    final void countSends() {
        if (uncountedSends == 0) return;
        family.counts.wrote(uncountedSends);
        uncountedSends = 0;
    }

    /** An event that came before "would block" was believed makes it worth another try. */
    private boolean goesOnAfter(int result) {
        if (SocketError.wouldBlock(result)) return consume(OUTPUT_READY);
        set(BROKEN | CLOSING);
        return false;
    }

    private boolean dropIfBroken() {
        if (!has(BROKEN)) return false;
        clearQueue();
        return true;
    }

    final void clearQueue() {
        OutboundQueue waiting = queue;
        if (waiting != null) waiting.clear();
        queue = null;
        unsent = 0;
    }

    private OutboundQueue queue() {
        OutboundQueue waiting = queue;
        if (waiting == null) queue = waiting = new OutboundQueue();
        return waiting;
    }
}
