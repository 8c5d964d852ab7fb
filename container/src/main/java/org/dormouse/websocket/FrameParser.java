package org.dormouse.websocket;

/**
 * Takes the frames of the peer apart as their bytes arrive (RFC 6455 §5.2). Strict, and incremental: a frame may come byte by byte, and
 * one array may hold many. Holds no bytes of a frame; the payload is unmasked in place and lent to the receiver. Loop owner only.
 *
 * <pre>
 *   FIRST -> LENGTH -> (LENGTH_16 | LENGTH_64) -> KEY -> PAYLOAD -> FIRST       the frames of a server have no KEY
 * </pre>
 */
class FrameParser {
    /** Learns of the frames. */
    interface Frames {
        /**
         * A frame begins.
         *
         * @param opcode of the message it belongs to: never {@link Opcode#CONTINUATION}
         * @param compressed whether that message is compressed
         * @param last whether it ends the message; always true for control frames
         * @param length of the payload, as announced by the peer; 0 to {@link Long#MAX_VALUE}
         */
        void frame(int opcode, boolean compressed, boolean last, long length) throws ProtocolViolation;

        /**
         * The next bytes of the payload of the frame that began last, at least one unless the frame is empty. They are lent for this call.
         *
         * @param complete whether they are the frame's last
         * @return false to be called no more: what follows in the array is not parsed
         */
        boolean payload(byte[] bytes, int from, int to, boolean complete) throws ProtocolViolation;
    }

    private enum State {
        FIRST,
        LENGTH,
        LENGTH_16,
        LENGTH_64,
        KEY,
        PAYLOAD
    }

    private static final int NONE = -1;

    private static final int LAST = 0x80;
    private static final int COMPRESSED = 0x40; // the first reserved bit (RFC 7692 §6)
    private static final int OPCODE = 0x0F;

    private final boolean masked; // whether the peer masks
    private final boolean compresses; // whether it may send compressed messages
    private State state = State.FIRST;
    private byte head; // of the frame that is arriving: LAST, and what its message is: COMPRESSED, opcode
    private byte fragmented = NONE; // what the message is whose last frame has not come
    private byte missing; // bytes of length or key still to come
    private int key; // turned so that its first byte is for the next byte of the payload
    private long length; // while the payload arrives, what is still to come

    /**
     * For the one side of a connection: its peer is on the other.
     *
     * @param compresses whether permessage-deflate was agreed on
     */
    FrameParser(Role ours, boolean compresses) {
        this.masked = ours == Role.SERVER;
        this.compresses = compresses;
    }

    /**
     * Parses {@code bytes[from..to)} and unmasks it in place.
     *
     * @return false if the receiver wants no more
     * @throws ProtocolViolation on the first byte that no valid frame could have; must not be called again
     */
    final boolean parse(byte[] bytes, int from, int to, Frames receiver) throws ProtocolViolation {
        int at = from;
        while (at < to) {
            if (state != State.PAYLOAD) {
                state = onHead(bytes[at++], receiver);
                if (state != State.PAYLOAD || length > 0) continue;
            }
            int count = (int) Math.min(to - at, length); // a length may be as large as 2^63 - 1
            int end = at + count;
            if (key != 0) {
                Masking.apply(bytes, at, end, key, 0);
                key = Integer.rotateLeft(key, 8 * (count & 3));
            }
            length -= count;
            boolean complete = length == 0;
            if (complete) state = State.FIRST;
            if (!receiver.payload(bytes, at, end, complete)) return false;
            at = end;
        }
        return true;
    }

    /** Whether the peer could end here: no frame and no message is unfinished. */
    final boolean isBetweenMessages() {
        return state == State.FIRST && fragmented == NONE;
    }

    /** What the frame that is arriving, or came last, carries: never {@link Opcode#CONTINUATION}. */
    final int opcode() {
        return head & OPCODE;
    }

    final boolean isLastFrame() {
        return (head & LAST) != 0;
    }

    /** Whether its message is compressed. */
    final boolean isCompressed() {
        return (head & COMPRESSED) != 0;
    }

    private State onHead(byte b, Frames receiver) throws ProtocolViolation {
        return switch (state) {
            case FIRST -> onFirst(b & 0xFF);
            case LENGTH -> onLength(b & 0xFF, receiver);
            case LENGTH_16, LENGTH_64 -> onLongLength(b & 0xFF, receiver);
            case KEY -> onKey(b & 0xFF);
            case PAYLOAD -> throw new AssertionError(state);
        };
    }

    /** FIN, three reserved bits, opcode. */
    private State onFirst(int b) throws ProtocolViolation {
        int given = b & OPCODE;
        checkReserved(b & 0x70, given);
        boolean last = (b & LAST) != 0;
        if (Opcode.isReserved(given)) throw violation(Breach.OPCODE, "frame with opcode " + given);
        if (Opcode.isControl(given)) {
            if (!last) throw violation(Breach.CONTROL_FRAME, "fragmented control frame, opcode " + given);
        } else {
            given = onData(b & (COMPRESSED | OPCODE), last);
        }
        head = (byte) ((b & LAST) | given);
        return State.LENGTH;
    }

    /** Without an extension they are 0; permessage-deflate gives the first one a meaning in the first frame of a message. */
    private void checkReserved(int bits, int opcode) throws ProtocolViolation {
        if (bits == 0) return;
        boolean mayBeCompressed = compresses && (opcode == Opcode.TEXT || opcode == Opcode.BINARY);
        if (bits == COMPRESSED && mayBeCompressed) return;
        throw violation(
                Breach.RESERVED_BITS,
                "frame with reserved bits 0x" + Integer.toHexString(bits) + (compresses ? ", opcode " + opcode : ""));
    }

    /** The first frame of a message says what it is, the others continue it (RFC 6455 §5.4). */
    private int onData(int given, boolean last) throws ProtocolViolation {
        if (given == Opcode.CONTINUATION) {
            if (fragmented == NONE)
                throw violation(Breach.FRAGMENTATION, "continuation frame without a message to continue");
            given = fragmented;
        } else if (fragmented != NONE) {
            throw violation(
                    Breach.FRAGMENTATION, "frame with opcode " + (given & OPCODE) + " inside a fragmented message");
        }
        fragmented = last ? NONE : (byte) given;
        return given;
    }

    private State onLength(int b, Frames receiver) throws ProtocolViolation {
        boolean hasMask = (b & 0x80) != 0;
        if (hasMask != masked) {
            throw violation(Breach.MASK, masked ? "frame of a client without a mask" : "frame of a server with a mask");
        }
        int given = b & 0x7F;
        if (given > 125 && Opcode.isControl(opcode()))
            throw violation(Breach.CONTROL_FRAME, "control frame longer than 125 bytes");
        length = 0;
        if (given == 126) return expect(2, State.LENGTH_16);
        if (given == 127) return expect(8, State.LENGTH_64);
        length = given;
        return onLengthKnown(receiver);
    }

    private State onLongLength(int b, Frames receiver) throws ProtocolViolation {
        length = length << 8 | b;
        if (--missing > 0) return state;
        if (length < 0) throw violation(Breach.LENGTH, "frame length with its highest bit set");
        boolean shorterForm = state == State.LENGTH_16 ? length < 126 : length < 65536;
        if (shorterForm) throw violation(Breach.LENGTH, "frame length " + length + " not in its shortest form");
        return onLengthKnown(receiver);
    }

    private State onLengthKnown(Frames receiver) throws ProtocolViolation {
        receiver.frame(opcode(), isCompressed(), isLastFrame(), length);
        return masked ? expect(4, State.KEY) : State.PAYLOAD;
    }

    private State onKey(int b) {
        key = key << 8 | b;
        return --missing > 0 ? State.KEY : State.PAYLOAD;
    }

    private State expect(int bytes, State next) {
        missing = (byte) bytes;
        return next;
    }

    private static ProtocolViolation violation(Breach breach, String detail) {
        return new ProtocolViolation(breach, detail);
    }
}
