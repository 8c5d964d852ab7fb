package org.dormouse.http1;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Printable;
import org.dormouse.poller.loop.EventLoop;
import org.dormouse.transport.Connection;
import org.slf4j.Logger;

/**
 * Tells the log at DEBUG which requests were refused and which clients went away. The loop's reporting thread writes, and asks whether DEBUG
 * is on: where it is off, at most one refusal a second costs more than a comparison. Any thread.
 */
final class ClientLog {
    private static final long ASK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final EventLoop loop;
    private final Supplier<Logger> logger;

    private volatile boolean isOff; // not known before somebody has asked
    private volatile long askedAt;

    /**
     * @param logger is asked when there is something to say: a server that starts well does not wake the log backend
     */
    ClientLog(EventLoop loop, Supplier<Logger> logger) {
        this.loop = loop;
        this.logger = logger;
    }

    void refused(Connection connection, BadRequest reason) {
        note(connection, "refused", reason.status(), String.valueOf(reason.getMessage()));
    }

    void left(Connection connection, String how) {
        note(connection, "lost", 0, how);
    }

    private void note(Connection connection, String what, int status, String detail) {
        if (isOff && loop.nanoTime() - askedAt < ASK_NANOS) return;
        loop.report(new Note(this, connection, what, status, detail));
    }

    /** A class rather than a lambda, which would be linked by a loop at its first refusal. */
    record Note(ClientLog log, Connection connection, String what, int status, String detail) implements Runnable {
        @Override
        public void run() {
            log.write(this);
        }
    }

    private void write(Note note) {
        Logger log = logger.get();
        askedAt = loop.nanoTime();
        isOff = !log.isDebugEnabled();
        if (isOff) return;
        String status = note.status == 0 ? "" : note.status + " ";
        log.debug("connection {}: {}: {}{}", note.connection, note.what, status, Printable.text(note.detail));
    }
}
