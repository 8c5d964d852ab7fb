package org.dormouse.websocket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Writes the heads of frames (RFC 6455 §5.2). The frames of a client are masked. */
final class FrameHead {
    static final int LAST = 0x80;

    private static final int MASKED = 0x80;
    private static final VarHandle KEY = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private FrameHead() {}

    /** Bytes of the head of a frame with so much payload: 2, 4 or 10, and the key of a client's. */
    static int size(int payloadLength, Role role) {
        int size = payloadLength < 126 ? 2 : payloadLength < 65536 ? 4 : 10;
        return role == Role.CLIENT ? size + Integer.BYTES : size;
    }

    /**
     * Writes a head and returns where the payload goes, which {@link #mask} has to follow.
     *
     * @param first opcode, and {@link #LAST} where the frame ends its message
     */
    static int write(byte[] target, int at, int first, int payloadLength, Role role) {
        int end = write(target, at, first, payloadLength);
        if (role == Role.SERVER) return end;
        target[at + 1] |= (byte) MASKED;
        KEY.set(target, end, MaskingKeys.next());
        return end + Integer.BYTES;
    }

    /** Masks the payload that was put behind a head where {@link #write} said; of a server's frame nothing is masked. */
    static void mask(byte[] target, int payload, int length, Role role) {
        if (role == Role.SERVER) return;
        Masking.apply(target, payload, payload + length, (int) KEY.get(target, payload - Integer.BYTES), 0);
    }

    private static int write(byte[] target, int at, int first, int payloadLength) {
        target[at] = (byte) first;
        if (payloadLength < 126) {
            target[at + 1] = (byte) payloadLength;
            return at + 2;
        }
        int bytes = payloadLength < 65536 ? 2 : 8;
        target[at + 1] = (byte) (bytes == 2 ? 126 : 127);
        for (int i = 0; i < bytes; i++) target[at + 2 + i] = (byte) ((long) payloadLength >>> (8 * (bytes - 1 - i)));
        return at + 2 + bytes;
    }

    /** A whole frame in an array of its own. */
    static byte[] frame(int first, byte[] payload, int offset, int length, Role role) {
        byte[] frame = new byte[Math.addExact(size(length, role), length)];
        int at = write(frame, 0, first, length, role);
        System.arraycopy(payload, offset, frame, at, length);
        mask(frame, at, length, role);
        return frame;
    }
}
