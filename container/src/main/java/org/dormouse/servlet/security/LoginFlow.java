package org.dormouse.servlet.security;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.dormouse.identity.Caller;
import org.dormouse.identity.TooManyLogins;
import org.jspecify.annotations.Nullable;

/**
 * A way to log in that takes more than one request: pages, or another server, stand between the request that needs a caller and the one
 * that brings him. What lies around it (the request that is kept and made again, the session and its id) is not its business. Safe for all
 * threads.
 *
 * <pre>
 *   request that needs a caller -> begin -> pages, another server ... -> request for which isAnswer -> finish -> the first request again
 * </pre>
 */
public interface LoginFlow {
    /** What {@code HttpServletRequest.getAuthType} answers for who logged in so. */
    String type();

    /** Whether a request to {@code path}, canonical and below the context path, brings what {@link #finish} is to check. */
    boolean isAnswer(String path);

    /** Whether {@code path} is a page of this flow: nobody wants to go back there after the login. */
    default boolean isOwnPage(String path) {
        return false;
    }

    /** Whether a request to {@code path} logs its caller out. */
    default boolean isLogout(String path) {
        return false;
    }

    /** Where a client is to go whose caller has been logged out. */
    default String afterLogout(HttpServletRequest request) {
        return request.getContextPath() + "/";
    }

    /**
     * Whether an answer counts only in the session in which the attempt that it names began.
     *
     * @see #attempt
     */
    default boolean needsAttempt() {
        return false;
    }

    /** The attempt that an answer names; null if it names none: then the last one is meant. */
    default @Nullable String attempt(HttpServletRequest answer) {
        return null;
    }

    /**
     * Shows the client where to log in.
     *
     * @param attempt cannot be guessed, and is of this session and this request
     */
    void begin(HttpServletRequest request, HttpServletResponse response, String attempt)
            throws IOException, ServletException;

    /**
     * Checks an answer. May take long.
     *
     * @param attempt the one that it is about; null if none is known
     * @return null if it is not accepted: that has been answered then
     * @throws TooManyLogins if it cannot be checked now
     */
    @Nullable
    Caller finish(HttpServletRequest answer, HttpServletResponse response, @Nullable String attempt)
            throws IOException, ServletException;
}
