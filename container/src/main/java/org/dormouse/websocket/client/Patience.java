package org.dormouse.websocket.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.dormouse.poller.loop.InlineTask;
import org.jspecify.annotations.Nullable;

/** For how long a thread waits, from when this was made. A loop that carries or runs the waiting thread goes on without it. */
final class Patience {
    /** It has come to its end. */
    static final class Over extends IOException {
        private static final long serialVersionUID = 1;

        Over(String detail) {
            super(detail);
        }
    }

    private final long millis;
    private final String name;
    private final long end;

    /** @param name of the setting, for the message */
    Patience(long millis, String name) {
        this.millis = millis;
        this.name = name;
        this.end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** No more than {@code millis}, and not beyond the end of this one. */
    Patience atMost(long millis, String name) {
        return TimeUnit.MILLISECONDS.toNanos(millis) < left() ? new Patience(millis, name) : this;
    }

    boolean isOver() {
        return left() <= 0;
    }

    private long left() {
        return end - System.nanoTime();
    }

    /**
     * Waits for the end of {@code step}.
     *
     * @throws Over if it does not come in time
     * @throws InterruptedIOException if the thread is interrupted
     * @throws IOException what the step ended with
     */
    @Nullable
    <T> T await(CompletableFuture<T> step) throws IOException {
        if (!step.isDone()) InlineTask.aboutToBlock();
        try {
            return step.get(Math.max(0, left()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new Over("no answer within " + millis + " ms (" + name + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a connection is made");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IOException lost) throw lost;
            throw new IOException(String.valueOf(cause), cause);
        }
    }
}
