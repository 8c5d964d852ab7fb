package org.dormouse.websocket;

import java.util.concurrent.atomic.AtomicInteger;

/** Keeps the parts of a message that the application sends in parts together (RFC 6455 §5.4). Any thread. */
final class Fragments extends AtomicInteger {
    private static final int NONE = 0;

    /**
     * @return the first byte of the frame for a part of a message of type {@code opcode}
     * @throws IllegalStateException if parts of a message of the other type have been sent, and not its last one
     */
    int part(int opcode, boolean last) {
        int present = get();
        if (present != NONE && present != opcode) throw unfinished();
        if (present == NONE && !last && !compareAndSet(NONE, opcode)) throw unfinished();
        if (present != NONE && last) set(NONE);
        return (present == NONE ? opcode : Opcode.CONTINUATION) | (last ? FrameHead.LAST : 0);
    }

    /**
     * @return the first byte of the frame for a whole message
     * @throws IllegalStateException if parts of a message have been sent, and not its last one
     */
    int whole(int opcode) {
        if (get() != NONE) throw unfinished();
        return opcode | FrameHead.LAST;
    }

    private static IllegalStateException unfinished() {
        return new IllegalStateException("a message is being sent in parts: its last part has to be sent first");
    }
}
