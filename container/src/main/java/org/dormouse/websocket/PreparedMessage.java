package org.dormouse.websocket;

import org.dormouse.websocket.frame.DeflatePools;
import org.dormouse.websocket.frame.DeflateTerms;
import org.dormouse.websocket.frame.MessageDeflater;
import org.jspecify.annotations.Nullable;

/**
 * One message for many sessions: encoded once, compressed once if any of them wants it so, and sent from the same array to all. Any thread.
 */
final class PreparedMessage {
    private static final DeflateTerms ALONE =
            new DeflateTerms(false, false, DeflateTerms.MAX_BITS, DeflateTerms.MAX_BITS);

    private final int opcode;
    private final byte[] payload;
    private byte @Nullable [] compressed; // guarded by this
    private boolean isTried; // guarded by this
    private byte @Nullable [] frame; // guarded by this
    private byte @Nullable [] compressedFrame; // guarded by this

    private PreparedMessage(int opcode, byte[] payload) {
        this.opcode = opcode;
        this.payload = payload;
    }

    /** @param payload which nobody changes */
    static PreparedMessage of(int opcode, byte[] payload) {
        return new PreparedMessage(opcode, payload);
    }

    int opcode() {
        return opcode;
    }

    byte[] payload() {
        return payload;
    }

    int length() {
        return payload.length;
    }

    /** The whole frame of a server. */
    synchronized byte[] frame() {
        byte[] made = frame;
        if (made == null) frame = made = frame(FrameHead.LAST | opcode, payload);
        return made;
    }

    /** The whole frame of a server, compressed; null if it does not get shorter. */
    synchronized byte @Nullable [] compressedFrame(DeflatePools pools) {
        byte[] made = compressedFrame;
        byte[] present = made == null ? compressed(pools) : null;
        if (present != null) {
            compressedFrame = made = frame(FrameHead.LAST | FrameWriter.COMPRESSED | opcode, present);
        }
        return made;
    }

    private static byte[] frame(int first, byte[] payload) {
        return FrameHead.frame(first, payload, 0, payload.length, Role.SERVER);
    }

    /** Null if it does not get shorter. One thread compresses, for all: the others have nothing better to do than to wait for it. */
    synchronized byte @Nullable [] compressed(DeflatePools pools) {
        if (!isTried) compressed = MessageDeflater.whole(pools, ALONE, payload, 0, payload.length);
        isTried = true;
        return compressed;
    }
}
