package org.dormouse.identity;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Checks passwords against hashes that come from elsewhere, one at a time, so that it takes as long for a name that is not there as for one
 * that is: as long as for the dearest hash that was met so far. Any thread.
 */
final class StoredPasswords {
    private final AtomicReference<PasswordHash.Cost> dearest =
            new AtomicReference<>(new PasswordHash.Cost(PasswordHash.DEFAULT_ITERATIONS, 0, 0));

    /** For a test that need not wait: nothing is dear before it is met. */
    static StoredPasswords cheap() {
        var passwords = new StoredPasswords();
        passwords.dearest.set(PasswordHash.Cost.NONE);
        return passwords;
    }

    /**
     * Whether {@code password} is the one that was hashed.
     *
     * @param stored null if there is no such user
     * @throws IllegalArgumentException if {@code stored} is no hash
     */
    boolean matches(@Nullable String stored, String password) {
        PasswordHash hash = stored == null ? null : PasswordHash.parse(stored);
        PasswordHash.Cost own = hash == null ? PasswordHash.Cost.NONE : hash.cost();
        PasswordHash.Cost most = dearest.accumulateAndGet(own, PasswordHash.Cost::most);
        PasswordHash.spend(password, most.minus(own));
        return hash != null && hash.matches(password);
    }
}
