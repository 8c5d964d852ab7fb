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
    private final int size;

    // owner of the output, once it is queued
    /** Null as soon as they are in the output of the connection. */
    byte @Nullable [] bytes;

    /** The count of bytes written to the connection at which this frame has left it. */
    long end;

    /** By the clock of the loop, when it was queued plus its timeout; {@link #NEVER}. */
    final long deadline;

    @Nullable
    OutboundFrame next;

    OutboundFrame(byte @Nullable [] bytes, int size, @Nullable Completion completion, long deadline) {
        this.bytes = bytes;
        this.size = size;
        this.completion = ParkedSender.HERE.equals(completion) ? new ParkedSender() : completion;
        this.deadline = deadline;
    }

    /** Bytes of the frame, head included. */
    int size() {
        return size;
    }

    boolean isClose() {
        return bytes != null && (bytes[0] & 0x0F) == Opcode.CLOSE;
    }

    @Nullable
    Completion completion() {
        return completion;
    }

    void complete(@Nullable Throwable failure) {
        if (completion != null) completion.completed(failure);
    }
}
