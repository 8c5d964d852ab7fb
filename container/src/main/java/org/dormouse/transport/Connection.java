package org.dormouse.transport;

import java.io.IOException;
import java.util.function.UnaryOperator;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.poller.Readiness;
import org.dormouse.poller.loop.EventLoop;
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
 * after the peer left, sending is merely without effect. How it comes to that is in {@link ConnectionLife}.
 */
public final class Connection extends ConnectionLife {
    // loop owner
    @Nullable
    Connection next;

    @Nullable
    Connection previous;

    private boolean readingSuspended;
    /** Reading was suspended: what is kept may not have been looked at. */
    private boolean keptUnseen;

    private boolean inputEndShown;

    private Connection(Connections family, StreamSocket socket) {
        super(family, socket);
    }

    /**
     * Starts a connection on an accepted socket. Loop owner.
     *
     * @throws IOException if the poller does not take the socket; it is closed then
     */
    public static Connection open(Connections family, StreamSocket socket, ProtocolUpgrade protocol)
            throws IOException {
        Connection connection = watch(family, socket);
        connection.begin(protocol);
        return connection;
    }

    /**
     * The first half of {@link #open}: nothing is spoken yet. Loop owner.
     *
     * @throws IOException if the poller does not take the socket; it is closed then, as it is where memory lacks
     */
    static Connection watch(Connections family, StreamSocket socket) throws IOException {
        family.counts().countAccepted();
        try {
            var connection = new Connection(family, socket);
            connection.token = family.loop.register(socket, connection);
            family.add(connection);
            return connection;
        } catch (IOException | RuntimeException | Error e) {
            family.counts().countClosed(ConnectionEnd.NOT_WATCHED);
            socket.close();
            throw e;
        }
    }

    /** The other half. Whatever it throws, the connection is closed then, and off the list. Loop owner. */
    void begin(ProtocolUpgrade speaks) {
        try {
            ConnectionEvents.accepted(this);
            protocol = speaks.begin(this);
        } catch (RuntimeException | Error bug) {
            abortNow(ConnectionEnd.BUG);
            throw bug;
        }
    }

    /** The loop that this connection stays with. Any thread. */
    public EventLoop loop() {
        return family.loop;
    }

    /** Runs {@code task} as the owner of this connection's loop. Any thread; tasks of one caller keep their order. */
    public void execute(Runnable task) {
        family.loop.execute(task);
    }

    // --- loop owner: reading

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

    /** Whether the peer is known to have closed its sending side. Any thread. */
    public boolean hasPeerFinished() {
        return has(PEER_FINISHED);
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
            endingProgressed(left);
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

    /** What has arrived is shown before: a request that the kernel holds already is served, not reset. */
    void drain() {
        if (mayShow()) {
            moreInput = true;
            showInput(false);
        }
        if (phase == Phase.OPEN) protocol.drain();
    }

    @Override
    void left(ConnectionEnd why) {
        family.countEnd(this, why);
        family.remove(this);
    }
}
