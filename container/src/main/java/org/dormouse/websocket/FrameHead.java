package org.dormouse.websocket;

/** Writes the heads of frames (RFC 6455 §5.2). A server does not mask. */
final class FrameHead {
    static final int LAST = 0x80;

    private FrameHead() {}

    /** Bytes of the head of a frame with so much payload: 2, 4 or 10. */
    static int size(int payloadLength) {
        if (payloadLength < 126) return 2;
        return payloadLength < 65536 ? 4 : 10;
    }

    /**
     * Writes a head and returns where the payload goes.
     *
     * @param first opcode, and {@link #LAST} where the frame ends its message
     */
    static int write(byte[] target, int at, int first, int payloadLength) {
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
    static byte[] frame(int first, byte[] payload, int offset, int length) {
        byte[] frame = new byte[Math.addExact(size(length), length)];
        int at = write(frame, 0, first, length);
        System.arraycopy(payload, offset, frame, at, length);
        return frame;
    }
}
