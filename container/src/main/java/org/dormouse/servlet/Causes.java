package org.dormouse.servlet;

import org.jspecify.annotations.Nullable;

/** Looks through what an application wrapped around a failure. Pure functions. */
final class Causes {
    /** Chains of causes may be circular. */
    private static final int MAX_DEPTH = 32;

    private Causes() {}

    static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_DEPTH; depth++) {
            if (type.isInstance(cause)) return type.cast(cause);
            cause = cause.getCause();
        }
        return null;
    }
}
