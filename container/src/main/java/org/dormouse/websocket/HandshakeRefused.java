package org.dormouse.websocket;

/** A request that cannot become a WebSocket connection: answered with {@link #status}, nothing is upgraded. No stack trace. */
public final class HandshakeRefused extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    /** Refuses with {@code status}; {@code detail} says what was found. */
    public HandshakeRefused(int status, String detail) {
        super(detail);
        this.status = status;
    }

    /** 400, 403, 405, 426, 500, or 503 where there are too many sessions. With 426 the answer has {@code Sec-WebSocket-Version: 13} (RFC 6455 §4.4). */
    public int status() {
        return status;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
