package org.dormouse.http;

import java.io.IOException;

/** The client went away, or its network did. Nobody's fault: logged at DEBUG, without a stack trace. */
public final class ClientGone extends IOException {
    private static final long serialVersionUID = 1;

    public ClientGone(String detail) {
        super(detail);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
