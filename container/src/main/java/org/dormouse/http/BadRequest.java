package org.dormouse.http;

import java.io.IOException;

/** The peer broke the protocol, a rule or a limit. Answered with {@link #status()}, then the connection closes. Has no stack trace. */
public final class BadRequest extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    /**
     * @param status from 400 on
     * @param detail for the body of the answer and the log: what was found, and for a limit its key and value
     */
    public BadRequest(int status, String detail) {
        super(detail);
        this.status = status;
    }

    public int status() {
        return status;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
