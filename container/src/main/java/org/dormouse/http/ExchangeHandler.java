package org.dormouse.http;

/** Consumes exchanges. */
@FunctionalInterface
public interface ExchangeHandler {
    /**
     * Takes {@code exchange}. Called by the owner of a loop, so it only chooses who will work on it and enqueues: the servlet runs when
     * this frame is left. Must not block and must not throw.
     */
    void handle(Exchange exchange);
}
