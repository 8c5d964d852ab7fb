package org.dormouse.identity;

import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * A source of users: who can log in, with a password or a certificate. Safe for many threads; may take long, on purpose. One that is
 * {@link AutoCloseable} is closed when the application stops, if it was opened for it. What counts failures, remembers successes and limits
 * how much is checked at once stands before it: {@link Logins}.
 */
@FunctionalInterface
public interface Users {
    /** Nobody. */
    Users NONE = (name, password) -> null;

    /**
     * The caller of that name if the password is right, else null, after the same time whether there is such a name or not.
     *
     * @param name in Unicode's form NFC, 1 to 1,024 characters without control characters
     * @param password 1 to 1,024 characters, as the client sent it
     * @throws RuntimeException if it cannot be found out, because a database is away for one: nobody is let in then
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

    /** Whether there is anybody for whom {@link #digest} answers. */
    default boolean hasDigests() {
        return false;
    }

    /**
     * What DIGEST needs to know of a user (RFC 7616 §3.4.2): the hash of {@code name:realm:password} in UTF-8. Who has only a hash that was
     * made for something else cannot tell.
     *
     * @param algorithm of {@link java.security.MessageDigest}: SHA-256 or MD5
     * @return null if there is no such user, or it cannot be told
     */
    default @Nullable Digested digest(String name, String realm, String algorithm) {
        return null;
    }

    /** A caller who may be let in if they prove that they know {@code hash}, in lower-case hexadecimal. */
    record Digested(Caller caller, String hash) {}
}
