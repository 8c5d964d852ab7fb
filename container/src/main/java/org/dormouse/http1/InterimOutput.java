package org.dormouse.http1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.http.Fields;
import org.dormouse.http.Version;
import org.dormouse.http1.ResponseHeadWriter.Framing;
import org.dormouse.http1.ResponseHeadWriter.Persistence;
import org.dormouse.transport.Connection;

/**
 * Interim responses in front of the response (RFC 9110 §15.2): 100, which the reader sends when it asks for a body, and those of the
 * application. Reader and writer may be two threads, whose sends must not mix.
 */
abstract class InterimOutput extends ResponseOutput {
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] NO_DATE = {};

    /** What becomes of {@code Expect: 100-continue}. */
    private enum Interim {
        NOT_ASKED,
        ASKED,
        /** One of the two sends just now: a lock of a few microseconds, taken only while the client waits for 100. */
        SENDING,
        SENT,
        /** The response began before anybody read. */
        FORGONE
    }

    private static final VarHandle INTERIM;

    static {
        try {
            INTERIM = MethodHandles.lookup().findVarHandle(InterimOutput.class, "interim", Interim.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // any thread
    private volatile Interim interim;

    InterimOutput(Http1 http1, Connection connection, RequestHeadBytes head, boolean holdsOutput) {
        super(http1, connection, head, holdsOutput);
        this.interim = head.expectsContinue ? Interim.ASKED : Interim.NOT_ASKED;
    }

    /** Whether the client still waits to be asked for its body, which it may then never send. */
    final boolean awaitsContinue() {
        Interim now = interim;
        return now == Interim.ASKED || now == Interim.FORGONE;
    }

    /** Asks for the body, if the client waits for that. The reader does unless the writer has committed, which it may do at the same moment. */
    final void askForBody() {
        if (interim == Interim.NOT_ASKED) return;
        while (!isCommitted() && (interim == Interim.ASKED || interim == Interim.SENDING)) {
            if (!INTERIM.compareAndSet(this, Interim.ASKED, Interim.SENDING)) {
                Thread.onSpinWait();
                continue;
            }
            boolean borrows = !holdsOutput();
            if (!borrows || borrowFromLoop()) {
                connection.copyIn(CONTINUE, 0, CONTINUE.length);
                sendNow(borrows);
            }
            interim = Interim.SENT;
        }
    }

    /** Does what {@link org.dormouse.http.Exchange#interim} says. */
    public final boolean interim(int status, Fields fields) {
        if (isCommitted())
            throw new IllegalStateException("interim response " + status + " after the response was committed");
        if (status < 102 || status > 199)
            throw new IllegalArgumentException("status " + status + " of an interim response is not in 102..199");
        if (head.version() == Version.HTTP_1_0) return false;
        Interim before = lock();
        boolean sent = sendInterim(status, fields);
        interim = before;
        return sent;
    }

    private Interim lock() {
        while (true) {
            Interim now = interim;
            if (now == Interim.SENDING) Thread.onSpinWait();
            else if (now != Interim.ASKED || INTERIM.compareAndSet(this, now, Interim.SENDING)) return now;
        }
    }

    private boolean sendInterim(int status, Fields fields) {
        boolean borrows = !holdsOutput();
        if (borrows && !borrowFromLoop()) return false;
        boolean sends = connection.unsentBytes() < http1.limits.maxUnsentBytes();
        if (sends) {
            PooledBuffer message = ResponseHeadWriter.write(
                    connection.pool(), status, null, fields, NO_DATE, Framing.NONE, -1, Persistence.IMPLIED);
            connection.enqueue(message);
        }
        sendNow(borrows);
        return sends && !connection.isBroken();
    }

    private void sendNow(boolean givesBack) {
        connection.flush();
        while (givesBack && !connection.giveBackOutput()) connection.flush();
    }

    /** The loop has the output only while it sends what is left of the answers before: microseconds. False if the client has left. */
    private boolean borrowFromLoop() {
        while (!connection.borrowOutput()) {
            if (connection.isBroken()) return false;
            Thread.onSpinWait();
        }
        return true;
    }

    /** From here on the response goes out, and the client is not asked for a body any more. */
    @Override
    final void awaitInterim() {
        while (true) {
            Interim now = interim;
            if (now == Interim.SENDING) Thread.onSpinWait();
            else if (now != Interim.ASKED || INTERIM.compareAndSet(this, now, Interim.FORGONE)) return;
        }
    }
}
