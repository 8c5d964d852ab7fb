package org.dormouse.server;

import org.dormouse.http1.Violation;
import org.dormouse.transport.ConnectionEnd;

/**
 * What one event loop of a running server has done so far, and what it has to do now. Reading costs the loop nothing, and may be done from any
 * thread. Names in the past tense are sums that only grow while the server lives; two of them need not be of the same moment.
 */
public interface LoopView {
    /** Position among the loops, from 0. */
    int index();

    // --- the loop

    /** Turns, each of which asks the poller once. An idle loop makes none. */
    long turns();

    /** Turns that had nothing to do and waited. */
    long waits();

    /** Events of sockets. */
    long events();

    /** Times that another thread woke it. */
    long wakeUps();

    /** Tasks that others sent it. */
    long tasks();

    /** Pieces of virtual threads that it ran: one for each time that one begins, or goes on after it was blocked. */
    long continuations();

    /** Those of them that it took from another loop, where they had waited too long. */
    long steals();

    /** How often a request kept its thread for too long, so that another took this loop over. */
    long handOvers();

    /** How often it stood still in its own code. */
    long stalls();

    /** Virtual threads that are ready and wait for this loop now. Counts them: for reports. */
    int readyContinuations();

    /** Tasks that wait for this loop now. Counts them: for reports. */
    int waitingTasks();

    // --- its connections

    /** Connections that are open now, those on their way to it included. */
    int openConnections();

    /** Connections that it got. */
    long accepted();

    /** Those of them that ended. */
    long closed();

    /** Those of them that ended for {@code reason}. */
    long closed(ConnectionEnd reason);

    /** System calls that received, those that found nothing included. */
    long reads();

    /** System calls that sent. Up to 15 of each open connection may not be counted yet. */
    long writes();

    // --- its requests

    /** Requests with a whole and valid head. */
    long requests();

    /** Those of them that were answered 503 because there was no room. */
    long turnedAway();

    /**
     * Requests refused with {@code status}: by the protocol, because a body, a form, parameters or cookies break a rule or a limit, by a filter
     * of the server, as a handshake of WebSocket, or because there is no room.
     */
    long refused(int status);

    /** Requests refused so, with any status. */
    long refused();

    /** How often a head had {@code violation}, which {@code http.allow} lets through. */
    long tolerated(Violation violation);

    /** Requests whose servlet is at work now. */
    int admitted();
}
