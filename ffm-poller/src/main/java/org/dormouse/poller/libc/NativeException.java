package org.dormouse.poller.libc;

import java.io.Serial;

/** The C library is not what this code was written for. */
public final class NativeException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public NativeException(String message) {
        super(message);
    }
}
