package org.dormouse.server;

import org.dormouse.http.Printable;
import org.dormouse.http.RequestHead;
import org.dormouse.poller.loop.Recordings;

/** Events of requests that were turned away, for the Flight Recorder. Events are touched here only, and only if there can be any. Any thread. */
final class ShedEvents {
    /** Asked rather than a new event each time: where nobody records, nothing is made. */
    private static final class Sample {
        static final ShedEvent SHED = new ShedEvent();
    }

    private static volatile boolean isPrepared;

    static {
        Recordings.whenBegun(ShedEvents::prepare);
    }

    private ShedEvents() {}

    private static void prepare() {
        Sample.SHED.isEnabled();
        isPrepared = true;
    }

    static boolean areRecorded() {
        return isPrepared && Sample.SHED.isEnabled();
    }

    static void shed(int loop, RequestHead head, String why) {
        if (!areRecorded()) return;
        var event = new ShedEvent();
        event.loop = loop;
        event.method = Printable.text(head.method());
        event.path = Printable.text(head.rawPath());
        event.reason = why;
        event.commit();
    }
}
