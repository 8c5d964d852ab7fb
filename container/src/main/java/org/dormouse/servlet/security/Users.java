package org.dormouse.servlet.security;

import org.jspecify.annotations.Nullable;

/** Who can log in with a password. Safe for many threads; may take long, on purpose. */
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
}
