package org.dormouse.servlet.security;

/** So many passwords are being checked that one more is not: neither right nor wrong, to be answered 503. */
public final class TooManyLogins extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Seconds for {@code Retry-After}. */
    public static final int RETRY_SECONDS = 1;

    /** Without a stack trace: it is thrown by the thousand while somebody guesses. */
    public TooManyLogins(String message) {
        super(message, null, false, false);
    }
}
