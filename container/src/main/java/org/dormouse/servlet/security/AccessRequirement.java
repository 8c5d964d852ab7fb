package org.dormouse.servlet.security;

import java.util.Collections;
import java.util.Set;
import org.dormouse.identity.Caller;
import org.jspecify.annotations.Nullable;

/**
 * What the constraints of an application demand of one path and method, all of them combined (Servlet 6.1 §13.8.1). Immutable.
 *
 * @param access who is let in
 * @param roles one of which the caller must have; empty unless {@code access} is {@link Access#ROLES}, and even then if no role is declared
 * @param confidential whether the connection must be encrypted
 */
public record AccessRequirement(Access access, Set<String> roles, boolean confidential) {
    /** Nothing is demanded. */
    public static final AccessRequirement NONE = new AccessRequirement(Access.EVERYBODY, Set.of(), false);
    /** Nobody is let in. */
    public static final AccessRequirement PRECLUDED = new AccessRequirement(Access.NOBODY, Set.of(), false);

    /** Who is let in. */
    public enum Access {
        EVERYBODY,
        ANY_CALLER,
        ROLES,
        NOBODY
    }

    /** What is to be done with the request. */
    public enum Decision {
        /** Go on. */
        GRANTED,
        /** 401 with a challenge, or whatever else makes the caller log in. */
        LOGIN_NEEDED,
        /** To be redirected to the encrypted port; 403 where there is none. */
        ENCRYPTION_NEEDED,
        /** 403. */
        FORBIDDEN
    }

    public AccessRequirement {
        roles = Set.copyOf(roles);
    }

    /** Whether credentials matter at all. */
    public boolean needsCaller() {
        return access == Access.ANY_CALLER || access == Access.ROLES;
    }

    /**
     * Decides about a request (Servlet 6.1 §13.8.3).
     *
     * @param encrypted whether its connection is
     * @param caller who sent it; null where nobody is logged in
     */
    public Decision decide(boolean encrypted, @Nullable Caller caller) {
        if (access == Access.NOBODY) return Decision.FORBIDDEN;
        if (confidential && !encrypted) return Decision.ENCRYPTION_NEEDED;
        if (!needsCaller()) return Decision.GRANTED;
        if (caller == null) return Decision.LOGIN_NEEDED;
        boolean allowed = access == Access.ANY_CALLER || !Collections.disjoint(caller.roles(), roles);
        return allowed ? Decision.GRANTED : Decision.FORBIDDEN;
    }
}
