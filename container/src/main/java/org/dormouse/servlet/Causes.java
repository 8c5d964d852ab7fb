package org.dormouse.servlet;

import org.dormouse.http.BadRequest;
import org.dormouse.http.ClientGone;
import org.dormouse.servlet.session.TooManySessions;
import org.jspecify.annotations.Nullable;

/** Looks through what an application wrapped around a failure. Pure functions. */
final class Causes {
    /** Chains of causes may be circular. */
    private static final int MAX_DEPTH = 32;

    private Causes() {}

    /**
     * Whether {@code failure} is worth a stack trace: not if the client left or broke the protocol, nor if a limit was reached, whatever was
     * wrapped around that.
     */
    static boolean isOfApplication(Throwable failure) {
        return find(failure, ClientGone.class) == null
                && find(failure, BadRequest.class) == null
                && find(failure, TooManySessions.class) == null;
    }

    /** Whether {@code cause} is {@code failure}, or what it was wrapped around. */
    @SuppressWarnings("ReferenceEquality") // the same failure, not one that looks like it
    static boolean includes(Throwable failure, Throwable cause) {
        Throwable each = failure;
        for (int depth = 0; each != null && depth < MAX_DEPTH; depth++) {
            if (each == cause) return true;
            each = each.getCause();
        }
        return false;
    }

    static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_DEPTH; depth++) {
            if (type.isInstance(cause)) return type.cast(cause);
            cause = cause.getCause();
        }
        return null;
    }
}
