package org.dormouse.servlet;

import java.io.InterruptedIOException;
import java.util.concurrent.locks.LockSupport;

/**
 * One wait of one thread for an exchange: {@link #run} is the callback that ends it. The thread parks, so a virtual thread unmounts and a
 * carried one gives its loop back.
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
    void await(String what) throws InterruptedIOException {
        while (!over) {
            LockSupport.park(this);
            if (!over && Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while waiting for " + what);
            }
        }
    }
}
