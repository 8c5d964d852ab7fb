package org.dormouse.websocket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Keeps the parts of a message that the application sends in parts together (RFC 6455 §5.4). Any thread. */
abstract class Fragments {
    private static final int NONE = 0;
    private static final VarHandle UNFINISHED;

    static {
        try {
            UNFINISHED = MethodHandles.lookup().findVarHandle(Fragments.class, "unfinished", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int unfinished = NONE; // opcode of the message whose last part has not been sent

    /**
     * Returns the first byte of the frame for a part of a message of type {@code opcode}.
     *
     * @throws IllegalStateException if parts of a message of the other type have been sent, and not its last one
     */
    final int part(int opcode, boolean last) {
        int present = unfinished;
        if (present != NONE && present != opcode) throw refused();
        if (present == NONE && !last && !UNFINISHED.compareAndSet(this, NONE, opcode)) throw refused();
        if (present != NONE && last) unfinished = NONE;
        return (present == NONE ? opcode : Opcode.CONTINUATION) | (last ? FrameHead.LAST : 0);
    }

    /**
     * Returns the first byte of the frame for a whole message.
     *
     * @throws IllegalStateException if parts of a message have been sent, and not its last one
     */
    final int whole(int opcode) {
        if (unfinished != NONE) throw refused();
        return opcode | FrameHead.LAST;
    }

    /** Whether parts of a message have been sent, and not its last one. */
    final boolean isInParts() {
        return unfinished != NONE;
    }

    private static IllegalStateException refused() {
        return new IllegalStateException("a message is being sent in parts: its last part has to be sent first");
    }
}
