package org.dormouse.tls;

import java.util.concurrent.TimeUnit;
import org.dormouse.transport.Connection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log at DEBUG whose handshake failed, and who sent what is no TLS. The thread that reports for the loop writes, and asks whether
 * DEBUG is on: where it is off, at most one refusal a second costs more than a comparison. Any thread.
 */
class TlsLog {
    private static final long ASK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private volatile boolean isOff; // not known before somebody has asked
    private volatile long askedAt;

    /** @param detail may have what the client chose in it */
    void note(Connection connection, String what, String detail) {
        if (isOff && connection.loop().nanoTime() - askedAt < ASK_NANOS) return;
        connection.loop().report(new Note(this, connection, what, detail));
    }

    /** A class rather than a lambda, which would be linked by a loop at its first refusal. */
    record Note(TlsLog log, Connection connection, String what, String detail) implements Runnable {
        @Override
        public void run() {
            log.write(this);
        }
    }

    private void write(Note note) {
        Logger log = LoggerFactory.getLogger("org.dormouse.tls");
        askedAt = note.connection.loop().nanoTime();
        isOff = !log.isDebugEnabled();
        if (!isOff) log.debug("connection {}: {}: {}", note.connection, note.what, printable(note.detail));
    }

    private static String printable(String text) {
        return text.replaceAll("[^ -~]", "?");
    }
}
