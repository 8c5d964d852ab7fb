package org.dormouse.servlet;

import java.security.Principal;
import org.dormouse.identity.Caller;
import org.dormouse.servlet.session.Sessions;
import org.dormouse.servlet.session.StoredSession;
import org.jspecify.annotations.Nullable;

/** Callers of stored sessions: with the roles that they had, as in a session that stays in memory. */
final class StoredCallers implements Sessions.Callers {
    @Override
    public StoredSession.@Nullable Login login(Principal principal, @Nullable String keptAs) {
        return principal instanceof Caller caller
                ? new StoredSession.Login(caller.name(), caller.roles(), keptAs)
                : null;
    }

    @Override
    public Principal restore(StoredSession.Login login) {
        return new Caller(login.name(), login.roles());
    }
}
