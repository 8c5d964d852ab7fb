package org.dormouse.identity;

/** A login is not checked now: neither right nor wrong. Has no stack trace, since it is thrown by the thousand while somebody guesses. */
public final class TooManyLogins extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final long retrySeconds;

    private TooManyLogins(String message, int status, long retrySeconds) {
        super(message, null, false, false);
        this.status = status;
        this.retrySeconds = retrySeconds;
    }

    /** So many are being checked that one more is not; to be answered 503. */
    public TooManyLogins(String message) {
        this(message, 503, 1);
    }

    /** Too many have failed; to be answered 429. */
    static TooManyLogins locked(String message, long seconds) {
        return new TooManyLogins(message, 429, Math.max(1, seconds));
    }

    /** The status of the answer. */
    public int status() {
        return status;
    }

    /** Seconds for {@code Retry-After}. */
    public long retrySeconds() {
        return retrySeconds;
    }
}
