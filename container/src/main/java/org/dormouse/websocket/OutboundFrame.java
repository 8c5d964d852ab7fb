package org.dormouse.websocket;

import org.jspecify.annotations.Nullable;

/** A frame that could not be sent at once: it waits for the output, for room, or for the network to take its last byte. */
final class OutboundFrame {
    /** Told once what became of a frame. By whoever owns the output then: must not block, and calls no code of the application. */
    interface Completion {
        /** Tells what became of the frame; {@code failure} is null if the network has taken it. */
        void completed(@Nullable Throwable failure);
    }

    /** No deadline. */
    static final long NEVER = Long.MAX_VALUE;

    /** The deadline cannot be told at the moment. */
    static final long UNKNOWN = Long.MIN_VALUE;

    private final @Nullable Completion completion;
    private final int first;

    // owner of the output, once it is queued
    /** Null as soon as it is in the output of the connection. */
    byte @Nullable [] payload;

    /** The count of bytes written to the connection at which this frame has left it. */
    long end;

    /** By the clock of the loop, when it was queued plus its timeout; {@link #NEVER}. */
    final long deadline;

    @Nullable
    OutboundFrame next;

    /**
     * A frame of {@code payload}, which nobody changes.
     *
     * @param first as for {@link FrameWriter#write}
     */
    OutboundFrame(int first, byte @Nullable [] payload, @Nullable Completion completion, long deadline) {
        this.first = first;
        this.payload = payload;
        this.completion = ParkedSender.HERE.equals(completion) ? new ParkedSender() : completion;
        this.deadline = deadline;
    }

    int first() {
        return first;
    }

    /** Whether it may be left out for the sake of newer ones: a whole message, and nobody's thread waits for it. */
    boolean isDroppable() {
        int opcode = first & 0x0F;
        boolean isMessage = (first & FrameHead.LAST) != 0 && (opcode == Opcode.TEXT || opcode == Opcode.BINARY);
        return isMessage && completion instanceof AsyncCompletion;
    }

    @Nullable
    Completion completion() {
        return completion;
    }

    void complete(@Nullable Throwable failure) {
        if (completion != null) completion.completed(failure);
    }
}
