package org.dormouse.transport;

import org.dormouse.buffer.PooledBuffer;
import org.dormouse.poller.socket.SocketError;
import org.dormouse.poller.socket.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a {@link Connection}: what came and was not consumed, and what the socket still holds. Belongs to the owner of the
 * input.
 */
abstract class ConnectionInput extends ConnectionOutput {
    @Nullable
    PooledBuffer kept;

    /** The socket may hold bytes that no event will announce: reading stopped before "would block". */
    boolean moreInput;

    boolean inputEnded;

    ConnectionInput(Connections family, StreamSocket socket) {
        super(family, socket);
    }

    /** Bytes that have been received and not yet consumed; null if there are none. Whoever empties it calls {@link #releaseKept}. */
    public @Nullable PooledBuffer kept() {
        return kept;
    }

    /** Gives the kept buffer back to the pool if it is empty. */
    public void releaseKept() {
        PooledBuffer held = kept;
        if (held == null || held.size() > 0) return;
        kept = null;
        held.close();
    }

    /**
     * Receives from the socket into the kept buffer, which must be empty or absent.
     *
     * @return how many bytes; 0: none for now, and {@link Protocol#readable} will tell; -1: the end of the stream
     * @throws PeerLeft if the peer reset the connection, or it was cut
     */
    public int receiveKept() throws PeerLeft {
        if (!mayHaveInput()) return 0;
        PooledBuffer held = kept;
        if (held == null) kept = held = family.pool.take();
        held.compact();
        int count = receiveSome(held.array(), held.end(), held.room());
        if (count > 0) held.produced(count);
        else releaseKept();
        return result(count);
    }

    /**
     * Receives from the socket; what is kept must have been consumed before.
     *
     * @return how many bytes; 0: none for now, and {@link Protocol#readable} will tell; -1: the end of the stream
     * @throws PeerLeft if the peer reset the connection, or it was cut
     */
    public int receive(byte[] target, int offset, int length) throws PeerLeft {
        return result(receiveSome(target, offset, length));
    }

    private int result(int count) throws PeerLeft {
        if (count > 0) return count;
        if (has(BROKEN)) throw new PeerLeft("connection " + this + " was reset or cut");
        return inputEnded ? -1 : 0;
    }

    /** Whether a receive would find something out: bytes, the end, or an error. */
    public boolean mayHaveInput() {
        return moreInput || inputEnded || has(INPUT_READY | BROKEN);
    }

    /** How many bytes; 0 if there are none for now, at the end, and after an error: {@code inputEnded} and BROKEN tell. */
    final int receiveSome(byte[] target, int offset, int length) {
        int asked = Math.min(length, StreamSocket.MAX_TRANSFER);
        while (!inputEnded && !has(BROKEN)) {
            if (consume(INPUT_READY)) moreInput = true;
            if (!moreInput) return 0;
            int count = socket.receive(target, offset, asked);
            if (has(INPUT_LENT)) family.counts.readElsewhere();
            else family.counts.read();
            if (count > 0) {
                // A stream that gave less than was asked is empty, and what comes later is a new edge; its end is found
                // by reading on.
                if (count < asked && !has(PEER_FINISHED) && !socket.holdsMore()) moreInput = false;
                return count;
            }
            moreInput = false;
            if (count == 0) inputEnded = true;
            else if (!SocketError.wouldBlock(count)) onReceiveError();
        }
        return 0;
    }

    private void onReceiveError() {
        set(BROKEN | CLOSING);
        family.loop.execute(this::loanEnded);
    }

    final void dropKept() {
        PooledBuffer held = kept;
        kept = null;
        if (held != null) held.close();
    }
}
