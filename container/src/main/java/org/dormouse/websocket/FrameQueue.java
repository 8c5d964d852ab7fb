package org.dormouse.websocket;

import org.jspecify.annotations.Nullable;

/** Frames in order, linked through themselves. One owner at a time. */
final class FrameQueue {
    private @Nullable OutboundFrame first;
    private @Nullable OutboundFrame last;

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
    }

    @Nullable
    OutboundFrame poll() {
        OutboundFrame frame = first;
        if (frame == null) return null;
        first = frame.next;
        if (first == null) last = null;
        frame.next = null;
        return frame;
    }
}
