package org.dormouse.websocket;

import java.io.IOException;

/** The peer broke RFC 6455 or a limit. Answered with a Close frame of {@link #closeCode()}, then the connection ends. No stack trace. */
final class ProtocolViolation extends IOException {
    private static final long serialVersionUID = 1;

    private final Breach breach;

    /** @param detail what was found and, for a limit, its key and value: goes into the Close frame as far as it fits */
    ProtocolViolation(Breach breach, String detail) {
        super(detail);
        this.breach = breach;
    }

    Breach breach() {
        return breach;
    }

    int closeCode() {
        return breach.closeCode();
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
