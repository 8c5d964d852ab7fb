package org.dormouse.http;

import org.jspecify.annotations.Nullable;

/** Consumes exchanges. */
@FunctionalInterface
public interface ExchangeHandler {
    /**
     * Takes {@code exchange}. Called by the owner of a loop, so it only chooses who will work on it and enqueues: the servlet runs when
     * this frame is left. Must not block and must not throw.
     */
    void handle(Exchange exchange);

    /**
     * A request was refused before it became an exchange; the answer is on its way. Called by the loop owner.
     *
     * @param head null if no whole head arrived
     * @param bytes of the answer's body
     */
    default void refused(Peer peer, @Nullable RequestHead head, int status, long bytes) {}
}
