package org.dormouse.push;

import jakarta.websocket.Session;
import java.util.concurrent.Executor;

/** Who can be in groups: WebSocket sessions of this server and {@link EventStream}s. Not for applications to implement. */
public interface Recipient {
    /** What became of a message for one recipient. */
    enum Delivery {
        /** Sent, or waiting for the peer within the budget. */
        SENT,
        /** Left out, because the peer reads too slowly. */
        DROPPED,
        /** Nothing is sent any more; it leaves its groups by itself. */
        GONE
    }

    /** Runs what sends. Those with the same one are sent to by one task for each message and group. */
    Executor sender();

    /**
     * Sends, or leaves it to wait within the budget; never waits itself. In a task of {@link #sender}.
     *
     * @param droppedLater run if the message, once {@link Delivery#SENT}, is dropped for newer ones all the same; must not wait
     */
    Delivery deliver(Message message, Runnable droppedLater);

    /** The groups that it is in. Any thread. */
    Memberships memberships();

    /**
     * {@code session} as a recipient.
     *
     * @throws IllegalArgumentException if it is not one of this server, but a wrapper of somebody else's
     */
    static Recipient of(Session session) {
        if (session instanceof Recipient recipient) return recipient;
        throw new IllegalArgumentException(session.getClass().getName() + " is no session of this server");
    }
}
