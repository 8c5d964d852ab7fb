package org.dormouse.http;

import java.io.IOException;

/** The peer broke the protocol or a limit. Answered with {@link #status()}, then the connection closes. Has no stack trace. */
public final class BadRequest extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    /**
     * @param status 400, 408, 413, 414, 415, 431, 501 or 505
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
