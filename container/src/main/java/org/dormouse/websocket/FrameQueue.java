package org.dormouse.websocket;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Frames in order, linked through themselves, that know their earliest deadline: each operation takes the same time however many there are.
 * One owner at a time.
 */
final class FrameQueue {
    private @Nullable OutboundFrame first;
    private @Nullable OutboundFrame last;

    /** Frames that have a deadline and none behind them has the same or an earlier one: so their deadlines ascend. */
    private final ArrayDeque<OutboundFrame> pressing = new ArrayDeque<>(0);

    boolean isEmpty() {
        return first == null;
    }

    @Nullable
    OutboundFrame first() {
        return first;
    }

    void add(OutboundFrame frame) {
        frame.next = null;
        if (last == null) {
            first = frame;
        } else {
            last.next = frame;
        }
        last = frame;
        if (frame.deadline == OutboundFrame.NEVER) return;
        for (var before = pressing.peekLast();
                before != null && before.deadline >= frame.deadline;
                before = pressing.peekLast()) pressing.removeLast();
        pressing.add(frame);
    }

    /** {@link OutboundFrame#NEVER} if no frame has one. */
    long earliestDeadline() {
        OutboundFrame earliest = pressing.peekFirst();
        return earliest == null ? OutboundFrame.NEVER : earliest.deadline;
    }

    @Nullable
    OutboundFrame poll() {
        OutboundFrame frame = first;
        if (frame == null) return null;
        first = frame.next;
        if (first == null) last = null;
        frame.next = null;
        if (pressing.peekFirst() == frame) pressing.removeFirst();
        return frame;
    }

    /** Takes out the first that may be left out, but not the last of all; null if there is none. */
    @Nullable
    OutboundFrame dropOldest() {
        OutboundFrame before = null;
        for (OutboundFrame frame = first; frame != null && frame.next != null; frame = frame.next) {
            if (frame.isDroppable()) {
                if (before == null) {
                    first = frame.next;
                } else {
                    before.next = frame.next;
                }
                frame.next = null;
                if (pressing.peekFirst() == frame) pressing.removeFirst();
                else pressing.remove(frame);
                return frame;
            }
            before = frame;
        }
        return null;
    }
}
