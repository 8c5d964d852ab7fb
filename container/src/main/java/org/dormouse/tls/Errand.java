package org.dormouse.tls;

import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What an engine delegates, done on a thread that may compute, and the flight that comes of it, sent from there. Whoever has sent the errand
 * does not touch the engine or the flight until it is over.
 *
 * <p>The end is not told unless somebody asks: the flight is on its way, the client answers it, and that answer wakes the loop. So a handshake
 * costs one change of threads and not two.
 */
final class Errand implements Runnable {
    private enum Progress {
        UNDER_WAY,
        /** And its end is to be told. */
        AWAITED,
        OVER
    }

    private static final int MAX_CALLS = 64;

    private final SSLEngine engine;
    private final Flight flight;
    private final Runnable atEnd;
    private final AtomicReference<Progress> progress;

    // written before the end, read behind it
    private @Nullable String failure;

    /**
     * @param atEnd runs on the loop of the flight's connection if the end is to be told
     * @param isAwaited whether it is, from the start
     */
    Errand(SSLEngine engine, Flight flight, Runnable atEnd, boolean isAwaited) {
        this.engine = engine;
        this.flight = flight;
        this.atEnd = atEnd;
        progress = new AtomicReference<>(isAwaited ? Progress.AWAITED : Progress.UNDER_WAY);
    }

    /** Whether it is still under way and will tell of its end; if not, it is over, and what it did can be seen. */
    boolean tellsOfItsEnd() {
        return progress.get() == Progress.AWAITED
                || progress.compareAndSet(Progress.UNDER_WAY, Progress.AWAITED)
                || progress.get() == Progress.AWAITED;
    }

    /** Nobody will run it. */
    void abandon() {
        progress.set(Progress.OVER);
    }

    /** Why the engine gave up; null if it did not. Once it is over. */
    @Nullable
    String failure() {
        return failure;
    }

    @Override
    public void run() {
        boolean tellsNobody = false;
        try {
            tellsNobody = work();
        } catch (SSLException e) {
            failure = String.valueOf(e.getMessage());
        } finally {
            if (!tellsNobody || !progress.compareAndSet(Progress.UNDER_WAY, Progress.OVER)) tell();
        }
    }

    private void tell() {
        flight.connection.execute(() -> {
            progress.set(Progress.OVER);
            atEnd.run();
        });
    }

    /** Returns whether all that is left is the client's to do. */
    private boolean work() throws SSLException {
        if (flight.connection.isBroken()) return false; // the client has left before its turn came
        HandshakeStatus status = HandshakeStatus.NEED_TASK;
        for (int calls = 0; calls < MAX_CALLS; calls++) {
            switch (status) {
                case NEED_TASK -> {
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask())
                        task.run();
                    status = engine.getHandshakeStatus();
                }
                case NEED_WRAP -> {
                    SSLEngineResult result = flight.wrap(engine);
                    if (!Handshake.isProgress(result, status)) return false;
                    status = result.getHandshakeStatus();
                }
                default -> {
                    return status == HandshakeStatus.NEED_UNWRAP && flight.sendIfPossible();
                }
            }
        }
        return false;
    }
}
