package org.dormouse.push;

import jakarta.websocket.Session;

/**
 * The flow of messages in one WebSocket session, in both directions. Any thread; nothing here waits.
 *
 * <pre>{@code
 * FlowControl flow = FlowControl.of(session);
 * flow.onSlowPeer(SlowPeer.DROP_OLDEST);               // a ticker: only the newest price matters
 *
 * flow.suspendReading();                               // the work queue is full
 * queue.whenEmpty(flow::resumeReading);
 * }</pre>
 */
public interface FlowControl {
    /** A session that has one; those of this server have. */
    interface Controlled {
        /** Its flow control; the same session has many that do the same. */
        FlowControl flowControl();
    }

    /**
     * That of {@code session}.
     *
     * @throws IllegalArgumentException if it is not one of this server, but a wrapper of somebody else's
     */
    static FlowControl of(Session session) {
        if (session instanceof Controlled controlled) return controlled.flowControl();
        throw new IllegalArgumentException(session.getClass().getName() + " is no session of this server");
    }

    /**
     * No message begins to be delivered any more until {@link #resumeReading}, once the present one has been, whether it has arrived already or not.
     * What the peer goes on to send fills a buffer or two, then its own; pings and a Close frame behind it are not seen either. Timeouts go on, and
     * a lost connection is told.
     */
    void suspendReading();

    /** Messages are delivered again, first those that have arrived. Does nothing if reading is not suspended. */
    void resumeReading();

    /** Bytes that wait for the peer to read, with an estimate of what each message costs beside them. */
    long waitingBytes();

    /** What becomes of asynchronous messages beyond the budget from now on; {@code websocket.slow-peer} before anybody has said. */
    void onSlowPeer(SlowPeer policy);
}
