package org.dormouse.servlet.security;

import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** Who can log in, with a password or a certificate. Safe for many threads; may take long, on purpose. */
@FunctionalInterface
public interface Users {
    /** Nobody. */
    Users NONE = (name, password) -> null;

    /**
     * The caller of that name if the password is right, else null, after the same time whether there is such a name or not.
     *
     * @throws TooManyLogins if it cannot be checked now
     */
    @Nullable
    Caller login(String name, String password);

    /**
     * The caller with a certificate that is trusted; null if these users do not know them. Nobody who has a password is meant.
     *
     * @param commonName of the subject; null if it has not exactly one
     */
    default @Nullable Caller certified(X500Principal subject, @Nullable String commonName) {
        return null;
    }
}
