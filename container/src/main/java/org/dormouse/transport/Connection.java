package org.dormouse.transport;

import org.dormouse.buffer.BufferPool;
import org.dormouse.buffer.PooledBuffer;

/**
 * One accepted socket, with a {@link Protocol} that speaks over it.
 *
 * <p><b>Who touches the socket.</b> Input and output have one owner each, written in one atomic word: the loop, or whoever borrowed it.
 * Input is the loop's unless the protocol lends it. Output may be borrowed by any thread, for a moment, to send:
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
 * <p>The descriptor is closed by the loop only, and only when nothing is lent. So whoever has borrowed something may use the socket
 * without fear that its number means another client; after the peer left, sending is merely without effect.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Connection {
    /** Identifies this connection among all of this process; never given twice. */
    public long id() {
        throw new UnsupportedOperationException("not there yet");
    }

    /** Where buffers for this connection come from. Any thread. */
    public BufferPool pool() {
        throw new UnsupportedOperationException("not there yet");
    }

    /** Runs {@code task} as the owner of this connection's loop. Any thread; tasks of one caller keep their order. */
    public void execute(Runnable task) {
        throw new UnsupportedOperationException("not there yet");
    }

    /** Puts {@code next} in the place of the present protocol, which becomes garbage. Loop owner. */
    public void become(Protocol next) {
        throw new UnsupportedOperationException("not there yet");
    }

    // --- output: what follows is for any thread

    /**
     * Makes the caller the only owner of the output until {@link #giveBackOutput}. Any thread; does not wait.
     *
     * @return false if another has it: it will see that somebody asked, because its {@code giveBackOutput} fails once
     */
    public boolean borrowOutput() {
        throw new UnsupportedOperationException("not there yet");
    }

    /**
     * Ends a loan. What is enqueued but unsent is sent by the loop as the peer makes room.
     *
     * @return false if somebody asked for the output meanwhile: the caller still owns it, looks for more to send and calls again
     */
    public boolean giveBackOutput() {
        throw new UnsupportedOperationException("not there yet");
    }

    // --- output: what follows is for its owner

    /** Takes ownership of {@code buffer}; it returns to the pool when sent or when the connection closes. Sends nothing yet. */
    public void enqueue(PooledBuffer buffer) {
        throw new UnsupportedOperationException("not there yet");
    }

    /** Copies bytes behind what is enqueued; the caller may reuse {@code source} afterwards. Sends nothing yet. */
    public void copyIn(byte[] source, int offset, int length) {
        throw new UnsupportedOperationException("not there yet");
    }

    /** Sends what is enqueued, as far as the socket takes it. Returns true if nothing is left; also when the peer left: see {@link #isBroken}. */
    public boolean flush() {
        throw new UnsupportedOperationException("not there yet");
    }

    /** Bytes enqueued and not yet taken by the kernel. Exact for the owner of the output, an estimate for others. */
    public int unsentBytes() {
        throw new UnsupportedOperationException("not there yet");
    }

    /** Whether nothing can be sent any more: a send failed, the peer reset, or {@link #abort} was called. Any thread. */
    public boolean isBroken() {
        throw new UnsupportedOperationException("not there yet");
    }

    // --- for the loop owner

    /** Stops showing bytes; the peer is held up by its window when the kernel's buffer is full. */
    public void suspendReading() {
        throw new UnsupportedOperationException("not there yet");
    }

    /** Shows bytes again, those kept first, after the present call has returned. */
    public void resumeReading() {
        throw new UnsupportedOperationException("not there yet");
    }

    /**
     * Calls {@link Protocol#deadline} once after {@code nanos} of the loop's clock have passed, instead of what was set before. 0 takes it
     * back. Setting it later than before costs a field write.
     */
    public void deadline(long nanos) {
        throw new UnsupportedOperationException("not there yet");
    }

    /**
     * Closes in order: sends what is enqueued, half-closes, reads and drops what the peer still sends (bounded in bytes and time, so that
     * the last bytes reach a peer that is still sending), and closes. Nothing is shown to the protocol any more but
     * {@link Protocol#closed}.
     */
    public void closeWhenSent() {
        throw new UnsupportedOperationException("not there yet");
    }

    /**
     * Cuts the connection: the peer sees a reset or an early end. Any thread, any time; unsent bytes are lost. Closes at once if nothing is
     * lent; if something is, the socket is shut down and closed when all has been given back.
     */
    public void abort() {
        throw new UnsupportedOperationException("not there yet");
    }

    // --- both ends, as numbers; strings are made on each call

    public String remoteAddress() {
        throw new UnsupportedOperationException("not there yet");
    }

    public int remotePort() {
        throw new UnsupportedOperationException("not there yet");
    }

    public String localAddress() {
        throw new UnsupportedOperationException("not there yet");
    }

    public int localPort() {
        throw new UnsupportedOperationException("not there yet");
    }
}
