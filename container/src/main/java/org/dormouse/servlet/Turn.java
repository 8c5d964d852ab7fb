package org.dormouse.servlet;

import org.dormouse.http.Exchange;

/**
 * Who moves a long body to or from a client that is just as fast never has to wait for it, and would keep the loop until that is taken away.
 * So it yields before.
 */
final class Turn {
    /** Less at a time is no long body, or its own calls take longer than this look. */
    private static final int BYTES = 4096;

    private Turn() {}

    /** The calling thread, which may block, has moved {@code bytes}. */
    static void afterMoving(int bytes, Exchange exchange) {
        if (bytes >= BYTES && exchange.isOverdue()) exchange.giveTurn();
    }
}
