package org.dormouse.servlet;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.dormouse.http.Exchange;

/**
 * Who is inside the exchange of a response. An application may read and write in threads of its own, and the container may end the request
 * at that moment: the exchange, whose connection goes on to somebody else's request, is finished by the last one to leave it, and who comes
 * later is refused. Any thread; nothing waits here.
 *
 * <pre>
 *   enter, leave            the application's reader and its writer, one of each
 *   enterLast, leaveLast    the container, to send the rest
 * </pre>
 */
abstract class ExchangeUse {
    static final int READING = 1;
    static final int WRITING = 2;
    private static final int INSIDE = READING | WRITING;
    private static final int ENDED = 4;
    /** By how many bits the mark of a missed event lies above that of who was inside. */
    private static final int MISSED = 3;

    private static final VarHandle USE;

    static {
        try {
            USE = MethodHandles.lookup().findVarHandle(ExchangeUse.class, "use", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Exchange exchange;
    private volatile int use;

    ExchangeUse(Exchange exchange) {
        this.exchange = exchange;
    }

    /**
     * Begins to read or to write; {@link #leave} follows.
     *
     * @throws IllegalStateException if the exchange has ended, or another thread does the same
     */
    final void enter(int how) {
        if (tryEnter(how)) return;
        if ((use & ENDED) != 0) throw DormouseRequest.usedAfterEnd(how == READING ? "request" : "response");
        throw new IllegalStateException(
                "two threads " + (how == READING ? "read one request" : "write one response") + " at the same time");
    }

    private boolean tryEnter(int how) {
        while (true) {
            int now = use;
            if ((now & (ENDED | how)) != 0) return false;
            if (USE.compareAndSet(this, now, now | how)) return true;
        }
    }

    /** For an event, which must not get lost: false if a thread of the application is inside, whose {@link #leave} tells that one missed. */
    final boolean enterOrMiss(int how) {
        while (true) {
            int now = use;
            if ((now & ENDED) != 0) return false;
            boolean free = (now & how) == 0;
            if (USE.compareAndSet(this, now, now | (free ? how : how << MISSED))) return free;
        }
    }

    /** True if an event came meanwhile: it is up to the caller now. */
    final boolean leave(int how) {
        int before = (int) USE.getAndBitwiseAnd(this, ~(how | how << MISSED));
        if ((before & ENDED) == 0) return (before & how << MISSED) != 0;
        if (how == WRITING) exchange.abort(); // ended in the midst of it: what the client has got is no whole
        if ((before & INSIDE) == how) exchange.finish();
        return false;
    }

    /** From now on nobody gets in. False if somebody writes: then he finishes the exchange; if true, {@link #leaveLast} follows. */
    final boolean enterLast() {
        while (true) {
            int now = use;
            boolean free = (now & WRITING) == 0;
            if (USE.compareAndSet(this, now, now | ENDED | WRITING)) return free;
        }
    }

    /** Finishes the exchange, or leaves that to the reader in it, who is woken. */
    final void leaveLast() {
        if ((use & INSIDE) == WRITING) {
            exchange.finish();
            return;
        }
        try {
            exchange.flush();
        } catch (IOException e) {
            // the client has left, or is about to be cut
        }
        exchange.abort();
        int before = (int) USE.getAndBitwiseAnd(this, ~WRITING);
        if ((before & INSIDE) == WRITING) exchange.finish();
    }
}
