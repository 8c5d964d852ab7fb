package org.dormouse.transport;

import org.dormouse.poller.loop.Recordings;

/**
 * Events of connections for the Flight Recorder, written by the loop's owner: into a buffer of its thread, without a lock. Events are touched
 * here only, and only if there can be any.
 */
final class ConnectionEvents {
    /** Asked rather than a new event each time: where nobody records, nothing is made. */
    private static final class Samples {
        static final AcceptEvent ACCEPT = new AcceptEvent();
        static final CloseEvent CLOSE = new CloseEvent();
    }

    private static volatile boolean isPrepared;

    static {
        Recordings.whenBegun(ConnectionEvents::prepare);
    }

    private ConnectionEvents() {}

    private static void prepare() {
        Samples.ACCEPT.isEnabled();
        isPrepared = true;
    }

    static boolean acceptsAreRecorded() {
        return isPrepared && Samples.ACCEPT.isEnabled();
    }

    static boolean closesAreRecorded() {
        return isPrepared && Samples.CLOSE.isEnabled();
    }

    static void accepted(Connection connection) {
        if (!acceptsAreRecorded()) return;
        var event = new AcceptEvent();
        event.connection = connection.id();
        event.loop = connection.loop().index();
        event.peer = connection.remoteAddress() + ":" + connection.remotePort();
        event.commit();
    }

    static void closed(Connection connection, ConnectionEnd reason) {
        if (!closesAreRecorded()) return;
        var event = new CloseEvent();
        event.connection = connection.id();
        event.loop = connection.loop().index();
        event.client = connection.remoteAddress() + ":" + connection.remotePort();
        event.reason = reason.name();
        event.commit();
    }
}
