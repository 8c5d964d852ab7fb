package org.dormouse.transport;

import java.io.IOException;

/** The peer reset the connection or its network failed, or the connection was cut. Has no stack trace: it says nothing about our code. */
public final class PeerLeft extends IOException {
    private static final long serialVersionUID = 1;

    PeerLeft(String detail) {
        super(detail);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
