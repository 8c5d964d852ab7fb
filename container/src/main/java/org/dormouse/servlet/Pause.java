package org.dormouse.servlet;

import java.io.InterruptedIOException;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.http.ByteStream;
import org.dormouse.http.Exchange;

/**
 * One wait of one thread for an exchange: {@link #run} is the callback that ends it. The thread parks, so a virtual thread unmounts and a
 * carried one gives its loop back; so does one that runs in a loop itself, which is told before.
 */
final class Pause implements Runnable {
    private final Thread waiting = Thread.currentThread();
    private volatile boolean over;

    @Override
    public void run() {
        over = true;
        LockSupport.unpark(waiting);
    }

    /** Returns when {@link #run} has been called. The bound on the time is that of the protocol, which calls back when it gives up. */
    void await(Exchange exchange, String what) throws InterruptedIOException {
        if (!over) exchange.beforeWaiting();
        await(what);
    }

    /** The same for what must not be left halfway: an interrupt is put off until it is over. The protocol bounds the time. */
    void awaitWhole(Exchange exchange) {
        if (!over) exchange.beforeWaiting();
        boolean isInterrupted = false;
        while (!over) {
            LockSupport.park(this);
            isInterrupted |= Thread.interrupted();
        }
        if (isInterrupted) waiting.interrupt();
    }

    /** The same for the stream of an upgraded connection. */
    void await(ByteStream stream, String what) throws InterruptedIOException {
        if (!over) stream.beforeWaiting();
        await(what);
    }

    private void await(String what) throws InterruptedIOException {
        while (!over) {
            LockSupport.park(this);
            if (!over && Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while waiting for " + what);
            }
        }
    }
}
