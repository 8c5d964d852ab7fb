package org.dormouse.servlet.security;

import org.dormouse.http.Fields;
import org.dormouse.http.Peer;
import org.jspecify.annotations.Nullable;

/** Finds out who sent a request by what it brings. Safe for all threads; may take long, on purpose. */
public interface Authenticator {
    /** What {@code HttpServletRequest.getAuthType} answers. */
    String type();

    /** The value for {@code WWW-Authenticate} in an answer 401; null if there is nothing that the client could do about it in a request. */
    @Nullable
    String challenge();

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
    Caller authenticate(Fields request, Peer peer);
}
