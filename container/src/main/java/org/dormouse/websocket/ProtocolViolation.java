package org.dormouse.websocket;

import java.io.IOException;

/** The peer broke RFC 6455 or a limit. Answered with a Close frame of {@link #closeCode()}, then the connection ends. No stack trace. */
final class ProtocolViolation extends IOException {
    private static final long serialVersionUID = 1;

    private final int closeCode;

    /** @param detail what was found and, for a limit, its key and value: goes into the Close frame as far as it fits */
    ProtocolViolation(int closeCode, String detail) {
        super(detail);
        this.closeCode = closeCode;
    }

    int closeCode() {
        return closeCode;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
