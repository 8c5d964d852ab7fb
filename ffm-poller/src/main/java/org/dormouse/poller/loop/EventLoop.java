package org.dormouse.poller.loop;

import java.io.IOException;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.StreamSocket;

/** One poller with everything that happens on it. "Loop owner" is whoever holds the loop now, not one thread for ever. */
@SuppressWarnings("DoNotCallSuggester")
public final class EventLoop {
    /** Is told that something happened to a descriptor. Called by the loop's owner; must not block. */
    public interface Handler {
        /**
         * Something happened to what was registered.
         *
         * @param readiness bits of {@link org.dormouse.poller.Readiness}; 0 when asked for by {@link EventLoop#again}
         */
        void ready(int readiness);

        /** {@link #ready} threw, which is a bug and has been reported: the place to close what cannot be trusted any more. */
        default void failed(Throwable bug) {}
    }

    EventLoop() {}

    /** Position among the loops of its server, from 0. */
    public int index() {
        throw new UnsupportedOperationException();
    }

    /** Watches a connection for input, output and hang-up, once for its life. Loop owner. The result names this registration. */
    public long register(StreamSocket socket, Handler handler) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Watches a listening socket. Loop owner. */
    public long register(ListenSocket socket, Handler handler) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Ends the watch; events that were taken already reach nobody. Loop owner; before {@code close}. A second call does nothing. */
    public void deregister(long token) {
        throw new UnsupportedOperationException();
    }

    /** Calls {@code handler} in the next turn with readiness 0. Loop owner. For whoever stops before "would block": there is no second edge. */
    public void again(Handler handler) {
        throw new UnsupportedOperationException();
    }

    /** Runs {@code task} as the owner of this loop. Any thread; tasks of one caller keep their order. Never throws, never blocks. */
    public void execute(Runnable task) {
        throw new UnsupportedOperationException();
    }

    /** Runs {@code body} in a new virtual thread carried by this loop, in the same turn, after the caller has returned. Loop owner. */
    public void carry(Runnable body) {
        throw new UnsupportedOperationException();
    }

    /** Whether this loop can {@link #carry}. Any thread. */
    public boolean carriesThreads() {
        throw new UnsupportedOperationException();
    }

    /**
     * Whether more continuations than allowed compute already, so that a new one would only wait: time to answer 503. Any thread.
     */
    public boolean isOverloaded() {
        throw new UnsupportedOperationException();
    }

    /**
     * Whether the caller is this loop's code, or a continuation that it runs and still holds it. In a continuation "still" ends at any
     * moment, so only a true answer of {@link #isOwner} allows to touch what belongs to the loop.
     */
    public boolean isHeld() {
        throw new UnsupportedOperationException();
    }

    /** Whether the caller is this loop's own code, outside of any continuation; stays true until it returns. */
    public boolean isOwner() {
        throw new UnsupportedOperationException();
    }

    /** The loop's clock. Any thread. */
    public long nanoTime() {
        throw new UnsupportedOperationException();
    }

    /** Scratch for {@link StreamSocket#receive}, {@link StreamSocket#MAX_TRANSFER} bytes. Loop owner; overwritten in between. */
    public byte[] readBuffer() {
        throw new UnsupportedOperationException();
    }

    /** Makes sure that {@code timeout} is looked at when its deadline comes. Loop owner. Cheap if it is already. */
    public void schedule(Timeout timeout) {
        throw new UnsupportedOperationException();
    }
}
