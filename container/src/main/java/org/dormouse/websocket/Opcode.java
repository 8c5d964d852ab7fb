package org.dormouse.websocket;

/** What a frame carries (RFC 6455 §5.2). Plain ints: they are compared for each frame. */
final class Opcode {
    static final int CONTINUATION = 0x0;
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;

    private Opcode() {}

    static boolean isControl(int opcode) {
        return opcode >= CLOSE;
    }

    static boolean isReserved(int opcode) {
        return opcode > PONG || (opcode > BINARY && opcode < CLOSE);
    }
}
