package org.dormouse.websocket;

import java.nio.charset.StandardCharsets;
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

    private PreparedMessage(int opcode, byte[] payload) {
        this.opcode = opcode;
        this.payload = payload;
    }

    static PreparedMessage of(String text) {
        return new PreparedMessage(Opcode.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Takes {@code payload} over. */
    static PreparedMessage of(byte[] payload) {
        return new PreparedMessage(Opcode.BINARY, payload);
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

    /** Null if it does not get shorter. One thread compresses, for all: the others have nothing better to do than to wait for it. */
    synchronized byte @Nullable [] compressed(DeflatePools pools) {
        if (!isTried) compressed = MessageDeflater.whole(pools, ALONE, payload, 0, payload.length);
        isTried = true;
        return compressed;
    }
}
