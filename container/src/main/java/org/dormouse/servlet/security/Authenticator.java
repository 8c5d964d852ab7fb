package org.dormouse.servlet.security;

import java.util.List;
import org.dormouse.identity.Caller;
import org.dormouse.identity.TooManyLogins;
import org.jspecify.annotations.Nullable;

/** Finds out who sent a request by what it brings. Safe for all threads; may take long, on purpose. */
public interface Authenticator {
    /** What {@code HttpServletRequest.getAuthType} answers. */
    String type();

    /**
     * The values for {@code WWW-Authenticate} in an answer 401, the one that is preferred first; none if there is nothing that the client could
     * do about it in a request.
     */
    List<String> challenges(LoginRequest request);

    /** Whether it goes by the client's certificate, which may have to be asked for first. */
    default boolean needsCertificate() {
        return false;
    }

    /**
     * Who sent a request; null if that cannot be told, or is nobody who is known.
     *
     * @throws TooManyLogins if it cannot be found out now
     */
    @Nullable
    Caller authenticate(LoginRequest request);
}
