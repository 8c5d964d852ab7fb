package org.dormouse.transport;

import org.dormouse.poller.loop.EventLoop;
import org.dormouse.poller.socket.StreamSocket;

/**
 * The life of a {@link Connection}: what is spoken over it, how long that may last, and how it comes to its end. Loop owner, but for what says
 * otherwise.
 *
 * <pre>
 *   OPEN -> FINISHING (last bytes are sent) -> LINGERING (half-closed, input dropped) -> CLOSED
 *     \__________________________ abort, reset, nothing left to send __________________/
 * </pre>
 */
abstract class ConnectionLife extends ConnectionAddresses implements EventLoop.Handler {
    enum Phase {
        OPEN,
        FINISHING,
        LINGERING,
        CLOSED
    }

    static final int RECEIVES_PER_TURN = 4;
    private static final byte NO_REASON = -1;

    Protocol protocol = Unborn.PROTOCOL;
    long token;
    Phase phase = Phase.OPEN;
    boolean asksAgain;
    private boolean goneTold;
    private boolean cut;
    private boolean lingers;

    /** In FINISHING: what was unsent when its time began to run. In LINGERING: what was dropped so far. */
    private int endingBytes;

    /** Code of the {@link ConnectionEnd}; {@link #NO_REASON} as long as nothing ends it. */
    private byte reason = NO_REASON;

    ConnectionLife(Connections family, StreamSocket socket) {
        super(family, socket);
    }

    /** It is closed: nobody is to find it any more. */
    abstract void left(ConnectionEnd why);

    public Protocol protocol() {
        return protocol;
    }

    /** Puts {@code next} in the place of the present protocol, which becomes garbage. Loop owner. */
    public void become(Protocol next) {
        if (phase != Phase.CLOSED) protocol = next;
    }

    /** Goes on in the next turn; asked for twice, it comes once. Loop owner. */
    public void again() {
        if (asksAgain) return;
        asksAgain = true;
        family.loop.again(this);
    }

    /**
     * Calls {@link Protocol#deadline} once after {@code nanos} of the loop's clock have passed, instead of what was set before. 0 takes it
     * back. Loop owner.
     */
    public void deadline(long nanos) {
        if (nanos == 0) {
            expireAt(NEVER);
            return;
        }
        expireAt(family.loop.nanoTime() + nanos);
        family.loop.schedule(this);
    }

    /**
     * Cuts the connection: the peer sees a reset or an early end. Any thread, any time; unsent bytes are lost. Closes as soon as nothing is
     * lent; until then the socket is shut down. Counted as {@link ConnectionEnd#ABORTED}.
     */
    public void abort() {
        abort(ConnectionEnd.ABORTED);
    }

    /** {@link #abort()} for {@code why}, unless there is a reason already. Any thread. */
    public void abort(ConnectionEnd why) {
        family.loop.execute(() -> abortNow(why));
    }

    /** {@link #abort()}, unless it is about to close in order by then. Any thread. */
    public void abortIfOpen(ConnectionEnd why) {
        family.loop.execute(() -> abortNowIfOpen(why));
    }

    /** The same, before anything else happens. Loop owner. */
    public void abortNowIfOpen(ConnectionEnd why) {
        if (phase == Phase.OPEN) abortNow(why);
    }

    /**
     * Says why this connection is going to end, though it may not end at once: what comes of it, such as a close handshake, does not change
     * that. The first reason stays. Loop owner.
     */
    public void endsBecause(ConnectionEnd why) {
        if (reason == NO_REASON) reason = why.code();
    }

    @Override
    public void failed(Throwable bug) {
        abortNow(ConnectionEnd.BUG);
    }

    @Override
    protected void expired() {
        if (phase == Phase.OPEN) protocol.deadline();
        else if (phase != Phase.CLOSED) tookTooLongToEnd();
    }

    /** However it was meant to end: if the last bytes are still here, the peer did not take them. */
    private void tookTooLongToEnd() {
        if (phase == Phase.FINISHING && has(UNSENT)) reason = ConnectionEnd.WRITE_TIMEOUT.code();
        abortNow(ConnectionEnd.WRITE_TIMEOUT);
    }

    /**
     * Closes in order: sends what is enqueued, half-closes, reads and drops what the peer still sends (bounded in bytes and time, so that
     * the last bytes reach a peer that is still sending), and closes. Nothing is shown to the protocol any more but
     * {@link Protocol#closed}. Loop owner; what is lent may still be used and is waited for.
     *
     * @param why is what it is counted as, unless there is a reason already
     */
    public void closeWhenSent(ConnectionEnd why) {
        finish(true, why);
    }

    /** Like {@link #closeWhenSent} where the peer is known to have sent everything: without waiting for its end. Loop owner. */
    public void closeWhenSentAtOnce(ConnectionEnd why) {
        finish(false, why);
    }

    private void finish(boolean lingering, ConnectionEnd why) {
        if (phase != Phase.OPEN) return;
        endsBecause(why);
        lingers = lingering;
        phase = Phase.FINISHING;
        endingBytes = unsentBytes();
        deadline(family.closeNanos);
        set(CLOSING);
        progressClosing();
    }

    /** Of what is sent before the end, {@code left} bytes are left. */
    final void endingProgressed(int left) {
        if (endingBytes - left >= family.closeBytes) {
            endingBytes = left;
            deadline(family.closeNanos);
        }
        progressClosing();
    }

    /** Closes a connection that has not begun, in the next turn: the peer sees its end, and no reset if what it sent has come. */
    void turnAway() {
        family.loop.execute(this::turnAwayNow);
    }

    private void turnAwayNow() {
        if (phase == Phase.CLOSED) return;
        socket.finish(family.loop.readBuffer());
        abortNow(ConnectionEnd.ADDRESS_LIMIT);
    }

    /** {@link #abort(ConnectionEnd)}, before anything else happens. Loop owner. */
    public void abortNow(ConnectionEnd why) {
        if (phase == Phase.CLOSED) return;
        // Who cuts a connection that is broken has only found that out.
        endsBecause(has(BROKEN) ? ConnectionEnd.PEER_RESET : why);
        cut = true;
        if (has(LENT)) socket.shutdown(); // the descriptor's number stays ours until all is given back
        breakOff();
    }

    @Override
    void loanEnded() {
        if (phase == Phase.CLOSED) return;
        if (has(BROKEN)) breakOff();
        else progressClosing();
    }

    /** Nothing can be sent or received any more: closes now, or when what is lent comes back. */
    final void breakOff() {
        endsBecause(ConnectionEnd.PEER_RESET);
        set(BROKEN | CLOSING);
        if (close() || goneTold) return;
        goneTold = true;
        setWhile(INPUT_LENT, INPUT_READY);
        setWhile(OUTPUT_LENT, OUTPUT_READY);
        protocol.gone();
    }

    /** Takes the next step towards CLOSED if nothing is in the way. */
    private void progressClosing() {
        if (phase != Phase.FINISHING || has(LENT | UNSENT)) return; // the end of the loan, or room, calls again
        if (has(BROKEN) || !lingers || inputEnded || family.lingerNanos == 0) {
            if (!has(BROKEN)) socket.endOutput();
            close();
            return;
        }
        phase = Phase.LINGERING;
        endingBytes = 0;
        socket.shutdownOutput();
        deadline(family.lingerNanos);
        dropKept();
        moreInput = true;
        again();
    }

    /** Reads and drops, up to a bound per turn and one altogether. */
    final void dropInput() {
        byte[] scratch = family.loop.readBuffer();
        for (int i = 0; i < RECEIVES_PER_TURN && moreInput; i++) {
            endingBytes += receiveSome(scratch, 0, scratch.length);
            if (inputEnded || has(BROKEN) || endingBytes > family.limits.maxLingerBytes()) {
                close();
                return;
            }
        }
        if (moreInput) again();
    }

    /** Closes if nothing is lent; takes both loans for ever, so that nobody can borrow what is being closed. */
    private boolean close() {
        while (true) {
            int now = word();
            if ((now & LENT) != 0) return false;
            if (exchange(now, now | LENT | BROKEN | CLOSING)) break;
        }
        boolean peerLeft = phase == Phase.OPEN && !cut;
        phase = Phase.CLOSED;
        countSends();
        expireAt(NEVER);
        family.loop.deregister(token);
        dropKept();
        clearQueue();
        socket.close();
        leaveAddress();
        left(ConnectionEnd.of(reason));
        Protocol last = protocol;
        protocol = Unborn.PROTOCOL;
        last.closed(peerLeft ? new PeerLeft("peer reset the connection or its network failed") : null);
        return true;
    }
}
