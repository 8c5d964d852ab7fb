package org.dormouse.transport;

import java.io.IOException;
import java.util.function.UnaryOperator;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.poller.Readiness;
import org.dormouse.poller.loop.EventLoop;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * One accepted socket, with a {@link Protocol} that speaks over it.
 *
 * <p><b>Who touches the socket.</b> Input and output have one owner each, written in one atomic word ({@link OwnershipWord}). Input is the
 * loop's unless the protocol lends it. Output may be borrowed by any thread, for a moment, to send:
 *
 * <pre>
 *   queue.add(message);                          // the sender's own queue, safe for many threads
 *   if (!connection.borrowOutput()) return;      // its present owner learns of it below and sends our message
 *   do {
 *       move messages of the queue to connection.enqueue(...), while connection.unsentBytes() is below the bound
 *       connection.flush();
 *   } while (!connection.giveBackOutput());      // false: somebody asked meanwhile, look at the queue once more
 * </pre>
 *
 * A message that stayed in the sender's queue because of the bound is taken up in {@link Protocol#writable}, which does the same. Nothing
 * in this pattern waits, and no message is left behind: {@code borrowOutput} that fails leaves a mark in the same word that
 * {@code giveBackOutput} exchanges.
 *
 * <p>The descriptor is closed by the loop only, and only when nothing is lent: closing takes both loans for ever, in the same exchange of
 * the word that finds them free. So whoever has borrowed something may use the socket without fear that its number means another client;
 * after the peer left, sending is merely without effect.
 *
 * <pre>
 *   OPEN -> FINISHING (last bytes are sent) -> LINGERING (half-closed, input dropped) -> CLOSED
 *     \__________________________ abort, reset, nothing left to send __________________/
 * </pre>
 */
public final class Connection extends ConnectionInput implements EventLoop.Handler {
    private enum Phase {
        OPEN,
        FINISHING,
        LINGERING,
        CLOSED
    }

    private static final int RECEIVES_PER_TURN = 4;
    private static final byte NO_REASON = -1;

    private final long id;

    // loop owner
    @Nullable
    Connection next;

    @Nullable
    Connection previous;

    /** What a trusted proxy said of its client before anything else; null if the peer is the client. */
    private @Nullable ProxyHeader announced;

    private Protocol protocol = Unborn.PROTOCOL;
    private long token;
    private Phase phase = Phase.OPEN;
    private boolean isCounted;
    private boolean readingSuspended;
    /** Reading was suspended: what is kept may not have been looked at. */
    private boolean keptUnseen;

    private boolean asksAgain;
    private boolean inputEndShown;
    private boolean goneTold;
    private boolean cut;
    private boolean lingers;

    /** In FINISHING: what was unsent when its time began to run. In LINGERING: what was dropped so far. */
    private int endingBytes;

    /** Code of the {@link ConnectionEnd}; {@link #NO_REASON} as long as nothing ends it. */
    private byte reason = NO_REASON;

    private Connection(Connections family, StreamSocket socket) {
        super(family, socket);
        this.id = family.nextId();
    }

    /**
     * Starts a connection on an accepted socket. Loop owner.
     *
     * @throws IOException if the poller does not take the socket; it is closed then
     */
    public static Connection open(Connections family, StreamSocket socket, ProtocolUpgrade protocol)
            throws IOException {
        family.counts().countAccepted();
        var connection = new Connection(family, socket);
        try {
            connection.token = family.loop.register(socket, connection);
        } catch (IOException e) {
            family.counts().countClosed(ConnectionEnd.NOT_WATCHED);
            socket.close();
            throw e;
        }
        family.add(connection);
        ConnectionEvents.accepted(connection);
        try {
            connection.protocol = protocol.begin(connection);
        } catch (RuntimeException | Error bug) {
            connection.abortNow(ConnectionEnd.BUG);
            throw bug;
        }
        return connection;
    }

    /** Identifies this connection among all of this process; never given twice. Any thread. */
    public long id() {
        return id;
    }

    /** The loop that this connection stays with. Any thread. */
    public EventLoop loop() {
        return family.loop;
    }

    /** Runs {@code task} as the owner of this connection's loop. Any thread; tasks of one caller keep their order. */
    public void execute(Runnable task) {
        family.loop.execute(task);
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

    /**
     * Says why this connection is going to end, though it may not end at once: what comes of it, such as a close handshake, does not change
     * that. The first reason stays. Loop owner.
     */
    public void endsBecause(ConnectionEnd why) {
        if (reason == NO_REASON) reason = why.code();
    }

    /** The client's address in the usual notation: the peer's, or what a trusted proxy announced. Any thread. */
    public String remoteAddress() {
        SocketAddress source = announcedSource();
        return source == null ? SocketAddress.host(socket.peerHigh(), socket.peerLow()) : source.host();
    }

    /** Whether the client itself is at the other end of a Unix domain socket. Any thread. */
    public boolean isUnix() {
        return socket.isUnix() && announcedSource() == null;
    }

    /** The client's port, 0 over a Unix domain socket. Any thread. */
    public int remotePort() {
        SocketAddress source = announcedSource();
        return source == null ? socket.peerPort() : source.port();
    }

    /**
     * The address that the client connected to, in the usual notation: what a trusted proxy announced, or else asked of the kernel; empty once
     * closed. Loop owner, or while something is lent.
     */
    public String localAddress() {
        SocketAddress local = local();
        return local == null ? "" : local.host();
    }

    /** The port that the client connected to, as {@link #localAddress}; 0 once closed. Loop owner, or while something is lent. */
    public int localPort() {
        SocketAddress local = local();
        return local == null ? 0 : local.port();
    }

    private @Nullable SocketAddress announcedSource() {
        ProxyHeader header = announced;
        return header == null ? null : header.source();
    }

    private @Nullable SocketAddress local() {
        ProxyHeader header = announced;
        return header == null || header.destination() == null ? socket.local() : header.destination();
    }

    /**
     * Who connected, if that is a trusted proxy that announced a client, as {@code address:port}, or {@code unix} for a Unix domain socket; null
     * if the peer is the client. Any thread.
     */
    public @Nullable String proxy() {
        if (announcedSource() == null) return null;
        if (socket.isUnix()) return "unix";
        return new SocketAddress(socket.peerHigh(), socket.peerLow(), socket.peerPort()).toString();
    }

    /** What is known of its encryption; null if it is not encrypted, or not yet. Loop owner, or while something is lent. */
    public @Nullable Encryption encryption() {
        return socket instanceof Encryption encryption ? encryption : null;
    }

    /** Takes a trusted proxy's word. Loop owner, before anything of the connection is lent. */
    void announce(ProxyHeader header) {
        announced = header;
    }

    /**
     * Counts this connection for its client's address; false if that has as many as it may. A proxy that speaks for itself or for nobody it
     * knows is trusted, and not counted; nor is a Unix domain socket, whose clients have no address. Loop owner, at most once.
     */
    boolean countAddress() {
        AddressLimit limit = family.addresses;
        ProxyHeader header = announced;
        if (limit == null || (header == null ? socket.isUnix() : header.source() == null)) return true;
        long high = clientHigh();
        long low = clientLow();
        isCounted = limit.enter(high, low);
        if (!isCounted) limit.warn(family.loop, high, low);
        return isCounted;
    }

    private long clientHigh() {
        SocketAddress source = announcedSource();
        return source == null ? socket.peerHigh() : source.high();
    }

    private long clientLow() {
        SocketAddress source = announcedSource();
        return source == null ? socket.peerLow() : source.low();
    }

    boolean isFrom(TrustedSources sources) {
        return sources.contains(socket.isUnix(), socket.peerHigh(), socket.peerLow());
    }

    // --- loop owner: reading, deadlines, the protocol

    public Protocol protocol() {
        return protocol;
    }

    /** Puts {@code next} in the place of the present protocol, which becomes garbage. Loop owner. */
    public void become(Protocol next) {
        if (phase != Phase.CLOSED) protocol = next;
    }

    /**
     * Puts what encrypts in front of the socket, once and for good; what it gives is shown in the next turn. Loop owner; nothing is lent,
     * kept or unsent.
     *
     * @param encrypting makes it of the socket, which it owns from then on
     */
    public void encrypt(UnaryOperator<StreamSocket> encrypting) {
        if (phase != Phase.OPEN || has(LENT | UNSENT) || kept != null)
            throw new IllegalStateException("connection " + this + " is in use");
        socket = encrypting.apply(socket);
        moreInput = true;
        again();
    }

    /** Stops showing bytes; the peer is held up by its window when the kernel's buffer is full. Loop owner. */
    public void suspendReading() {
        readingSuspended = true;
    }

    /** Shows bytes again, those kept first, in the next turn. Loop owner. */
    public void resumeReading() {
        if (!readingSuspended) return;
        readingSuspended = false;
        keptUnseen = true; // an event that comes before that turn may bring the end of the input
        again();
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
     * Keeps bytes of the present {@link Protocol#received} for whoever owns the input next. For a protocol that lends the input inside that
     * call and so cannot leave it to the return value: it keeps first, lends, and returns that everything was consumed. Loop owner.
     *
     * @param offset of the first byte to keep, up to the end of what was shown
     */
    public void keepFrom(byte[] bytes, int offset, int length) {
        PooledBuffer shown = family.shown;
        family.shown = null;
        if (length == 0) {
            if (shown != null) shown.close();
        } else if (shown != null) {
            shown.consume(offset - shown.start());
            kept = shown;
        } else {
            kept = family.pool.take(length);
            kept.append(bytes, offset, length);
        }
    }

    // --- loop owner: lending to one exchange

    /** Lends input and output, in one step. Loop owner; nothing is lent. Bytes left unsent are the borrower's now. */
    public void lend() {
        family.counts.lent();
        lendForGood();
    }

    /** As {@link #lend}, to somebody who is no request: to what a request was upgraded to. Loop owner; nothing is lent. */
    public void lendForGood() {
        int before = set(LENT);
        assert (before & LENT) == 0 : before;
        countSends();
        if ((before & UNSENT) != 0) consume(UNSENT);
    }

    /** Lends the input only: the output still holds answers that the loop may have to send first. Loop owner; the input is not lent. */
    public void lendInput() {
        int before = set(INPUT_LENT);
        assert (before & INPUT_LENT) == 0 : before;
        family.counts.lent();
    }

    /**
     * Gives input and output back if there is nothing for the loop to do now: no bytes kept or unsent, no event missed. One
     * compare-and-set. Called by the borrower of both; after true it must not touch the connection.
     */
    public boolean giveBackIdle() {
        return kept == null && !moreInput && unsentBytes() == 0 && exchange(LENT, 0);
    }

    /**
     * Gives back what an exchange borrowed and has {@link Protocol#returned} called, which looks for what was missed. The input stays lent
     * until then, so that no event shows bytes to a protocol that is not ready for them. Called by the borrower; afterwards it must not
     * touch the connection.
     *
     * @param withOutput whether the output is given back too
     */
    public void giveBack(boolean withOutput) {
        int now = word();
        while (withOutput && !exchange(now, withoutOutput(now))) now = word();
        family.loop.execute(this::onReturned);
    }

    /**
     * Makes sure that whoever has borrowed the input does not give it back in one step, but by way of {@link Protocol#returned}. Loop
     * owner; false if nobody has.
     */
    public boolean markLoan() {
        return setWhile(INPUT_LENT, INPUT_READY);
    }

    private void onReturned() {
        int now = word();
        while (!exchange(now, now & ~(INPUT_LENT | INPUT_READY))) now = word();
        if ((now & INPUT_READY) != 0) moreInput = true;
        if (has(BROKEN | CLOSING)) loanEnded();
        else if (phase == Phase.OPEN) protocol.returned();
    }

    /** Goes on after a loan: shows what is kept and what the socket holds. Loop owner. */
    public void showMore() {
        if (phase == Phase.OPEN && !has(INPUT_LENT)) showInput(true);
    }

    public boolean isInputLent() {
        return has(INPUT_LENT);
    }

    /** Whether bytes wait for room while nobody has borrowed the output. Loop owner. */
    public boolean isBlocked() {
        return has(UNSENT);
    }

    // --- loop owner: events

    @Override
    public void ready(int readiness) {
        if (readiness == 0) asksAgain = false;
        if (phase == Phase.CLOSED) return;
        if ((readiness & Readiness.PEER_FINISHED) != 0) set(PEER_FINISHED);
        if ((readiness & Readiness.GONE) != 0) {
            breakOff();
            return;
        }
        if ((readiness & Readiness.OUT) != 0) onOutputReady();
        if (readiness == 0 || (readiness & (Readiness.IN | Readiness.PEER_FINISHED)) != 0) onInputReady(readiness);
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

    private void onOutputReady() {
        if (setWhile(OUTPUT_LENT, OUTPUT_READY)) protocol.writable();
        else sendUnsent();
    }

    /** Sends what a borrower left behind, if there is any and nobody has the output. Loop owner. */
    public void sendUnsent() {
        if (!has(UNSENT) || !borrowOutput()) return;
        boolean sent = flush();
        int left = unsentBytes();
        countSends();
        boolean asked = false;
        while (!giveBackOutput()) asked = true;
        if (phase == Phase.FINISHING) {
            if (endingBytes - left >= family.closeBytes) {
                endingBytes = left;
                deadline(family.closeNanos);
            }
            progressClosing();
        } else if (phase == Phase.OPEN && (sent || asked)) {
            protocol.writable();
        }
    }

    private void onInputReady(int readiness) {
        if (readiness == 0) {
            if (has(INPUT_LENT)) {
                protocol.turnPassed();
                return;
            }
        } else if (setWhile(INPUT_LENT, INPUT_READY)) {
            protocol.readable();
            return;
        }
        if (readiness != 0) moreInput = true;
        if (phase == Phase.LINGERING) dropInput();
        else showInput(readiness == 0);
    }

    /** Shows what the socket holds, up to a bound per turn; before that what is kept, if it may not have been shown to this protocol yet. */
    private void showInput(boolean keptToo) {
        PooledBuffer held = kept;
        if ((keptToo || keptUnseen) && mayShow()) {
            keptUnseen = false;
            if (held != null) showKept(held);
        }
        for (int i = 0; i < RECEIVES_PER_TURN; i++) {
            if (!mayShow() || !moreInput) break;
            receiveAndShow();
        }
        if (!mayShow()) return;
        if (moreInput) {
            again();
        } else if (inputEnded && !inputEndShown) {
            inputEndShown = true;
            protocol.inputEnded();
        }
    }

    private boolean mayShow() {
        return phase == Phase.OPEN && !readingSuspended && !has(INPUT_LENT | BROKEN);
    }

    private void receiveAndShow() {
        PooledBuffer held = kept;
        if (held != null) {
            if (held.room() == 0) kept = held = withRoom(held);
            int count = receiveSome(held.array(), held.end(), held.room());
            if (count == 0) return;
            held.produced(count);
            showKept(held);
            return;
        }
        byte[] scratch = family.loop.readBuffer();
        int count = receiveSome(scratch, 0, scratch.length);
        if (count == 0) return;
        int consumed = protocol.received(scratch, 0, count);
        if (consumed < count) keepFrom(scratch, consumed, count - consumed);
    }

    private PooledBuffer withRoom(PooledBuffer full) {
        full.compact();
        if (full.room() > 0) return full;
        PooledBuffer larger = family.pool.take(full.size() * 2);
        larger.append(full.array(), full.start(), full.size());
        full.close();
        return larger;
    }

    /** The protocol may lend the kept bytes while it looks at them ({@link #keepFrom}): then they are no longer ours to touch. */
    private void showKept(PooledBuffer held) {
        kept = null;
        family.shown = held;
        int consumed;
        try {
            consumed = protocol.received(held.array(), held.start(), held.size());
        } catch (RuntimeException | Error bug) {
            if (family.shown != null) { // left here, it would be taken for the next connection's
                family.shown = null;
                held.close();
            }
            throw bug;
        }
        if (family.shown == null) return;
        family.shown = null;
        held.consume(consumed);
        if (held.size() == 0 || phase == Phase.CLOSED) held.close();
        else kept = held;
    }

    // --- loop owner: the end

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

    /** What has arrived is shown before: a request that the kernel holds already is served, not reset. */
    void drain() {
        if (mayShow()) {
            moreInput = true;
            showInput(false);
        }
        if (phase == Phase.OPEN) protocol.drain();
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

    void abortNow(ConnectionEnd why) {
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
    private void breakOff() {
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
    private void dropInput() {
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
        family.countEnd(this, ConnectionEnd.of(reason));
        family.remove(this);
        Protocol last = protocol;
        protocol = Unborn.PROTOCOL;
        last.closed(peerLeft ? new PeerLeft("peer reset the connection or its network failed") : null);
        return true;
    }

    private void leaveAddress() {
        AddressLimit limit = family.addresses;
        if (isCounted && limit != null) limit.leave(clientHigh(), clientLow());
    }

    @Override
    public String toString() {
        return id + " from " + remoteAddress() + ":" + remotePort();
    }
}
