package org.dormouse.websocket;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.poller.loop.InlineTask;
import org.jspecify.annotations.Nullable;

/** A thread that waits until its frame has been taken by the network. */
final class ParkedSender implements OutboundFrame.Completion {
    /** Stands for a parked sender that is made only if the frame has to wait. */
    static final OutboundFrame.Completion HERE = failure -> {
        throw new AssertionError("a marker, never told");
    };

    private static final Object SENT = new Object();

    private final Thread thread = Thread.currentThread();
    private volatile @Nullable Object outcome;

    @Override
    public void completed(@Nullable Throwable failure) {
        outcome = failure == null ? SENT : failure;
        LockSupport.unpark(thread);
    }

    /**
     * Waits. There is always an end: the loop gives the connection up when the frame's deadline passes.
     *
     * @throws InterruptedIOException if the thread is interrupted; the frame stays in its place and may still be sent
     * @throws IOException if it was not sent
     */
    void await() throws IOException {
        if (outcome == null) InlineTask.aboutToBlock();
        while (outcome == null) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                if (outcome == null)
                    throw new InterruptedIOException("interrupted while a message waits for a slow peer");
            }
        }
        if (outcome instanceof Throwable failure) throw new IOException(failure.getMessage(), failure);
    }
}
