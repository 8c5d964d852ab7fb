package org.dormouse.poller.loop;

import org.jspecify.annotations.Nullable;

/** Events of loops for the Flight Recorder, written by the reporter's thread. Events are touched here only, and only if there can be any. */
final class LoopEvents {
    static final String BY_REQUEST = "request";
    static final String BY_LOOP = "loop";

    /** Asked rather than a new event each time: where nobody records, nothing is made. */
    private static final class Samples {
        static final HandOverEvent HAND_OVER = new HandOverEvent();
        static final StallEvent STALL = new StallEvent();
    }

    private static volatile boolean isPrepared;

    static {
        Recordings.whenBegun(LoopEvents::prepare);
    }

    private LoopEvents() {}

    private static void prepare() {
        Samples.HAND_OVER.isEnabled();
        isPrepared = true;
    }

    /** Whether somebody records what loops are held up by. */
    static boolean areRecorded() {
        return isPrepared && (Samples.HAND_OVER.isEnabled() || Samples.STALL.isEnabled());
    }

    static void handedOver(int loop, @Nullable Thread stuck, @Nullable Thread holder) {
        if (!isPrepared || !Samples.HAND_OVER.isEnabled()) return;
        var event = new HandOverEvent();
        event.loop = loop;
        event.stuck = stuck;
        event.holder = holder;
        event.commit();
    }

    static void stalled(int loop, String heldUpBy, @Nullable Thread culprit, StackTraceElement[] stack) {
        if (!isPrepared || !Samples.STALL.isEnabled()) return;
        var event = new StallEvent();
        event.loop = loop;
        event.heldUpBy = heldUpBy;
        event.culprit = culprit == null ? "" : culprit.toString();
        event.culpritStack = lines(stack);
        event.commit();
    }

    private static String lines(StackTraceElement[] stack) {
        var lines = new StringBuilder();
        for (StackTraceElement frame : stack) lines.append("at ").append(frame).append('\n');
        return lines.toString();
    }
}
