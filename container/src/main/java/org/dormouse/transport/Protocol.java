package org.dormouse.transport;

import java.io.IOException;
import org.dormouse.poller.loop.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * What is spoken over a {@link Connection}. Every call comes from the owner of the connection's loop, outside of any continuation: it must
 * not block, log or take a lock that an application can hold.
 */
public interface Protocol {
    /**
     * Shows bytes that arrived, in order. The array is lent for this call only. What is not consumed is kept by the connection and shown
     * again, at another place but from its first unconsumed byte, as soon as more has arrived.
     *
     * @return how many bytes were consumed, 0 to {@code length}
     */
    int received(byte[] bytes, int offset, int length);

    /** The peer has finished sending (half-close); it may still read. Called once, after its last byte was shown. */
    void inputEnded();

    /**
     * There is room in the output again: bytes that had to wait for the peer have been sent, or whoever had borrowed the output gave it
     * back after another had asked for it in vain. A hint; may come although nobody waits.
     */
    void writable();

    /** The moment set with {@link Connection#deadline} has passed. It is not set any more. */
    void deadline();

    /**
     * While the input is lent: bytes, or the end of input, have arrived at the socket. A protocol that never lends its input need not care.
     */
    default void readable() {}

    /**
     * What an exchange had borrowed was given back with {@link Connection#giveBack}: time for {@link Connection#showMore}, or to close.
     */
    default void returned() {}

    /** The turn asked for with {@link EventLoop#again} has come while the input is lent. */
    default void turnPassed() {}

    /** The server is about to stop: finish what is under way, then close the connection. */
    void drain();

    /**
     * While something is lent: the peer hung up or reset the connection (half-close is not that). {@link #closed} follows when everything
     * has been given back; if nothing is lent it comes at once, without this.
     */
    default void gone() {}

    /** Whether something is under way that a graceful end should wait for. A hint, for the owner of the loop. */
    default boolean isAtWork() {
        return false;
    }

    /**
     * The last call, once. The socket is closed and every buffer of the connection given back.
     *
     * @param cause why, if the peer or the network did it; null if we closed, or the peer after finishing in order
     */
    void closed(@Nullable IOException cause);
}
