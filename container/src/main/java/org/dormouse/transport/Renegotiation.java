package org.dormouse.transport;

import javax.net.ssl.SSLException;

/**
 * Another handshake over a connection that is encrypted already, in which the client is asked for its certificate (RFC 5246 §7.4.1.1, RFC 5746).
 * Belongs to whoever has input and output of the connection until it is over; that owner calls {@link Connection#receive} where it says so
 * and nothing else of the connection meanwhile.
 */
public interface Renegotiation {
    /** What it waits for, or how it ended. */
    enum Step {
        /** Client and server have agreed; {@link Encryption#session} has the certificate. */
        AGREED,
        /** A receive of one byte is due: 1 means that something came, and the byte means nothing. */
        NEEDS_INPUT,
        /** Arithmetic on another thread; the callback runs at its end. */
        COMPUTES
    }

    /**
     * Goes on as far as it can without waiting.
     *
     * @param computed runs once behind {@link Step#COMPUTES}, on another thread
     * @throws SSLException if there is no agreement: an alert has been sent, and whoever owns the connection ends it
     */
    Step advance(Runnable computed) throws SSLException;

    /** How long it may take altogether. */
    long timeoutNanos();
}
