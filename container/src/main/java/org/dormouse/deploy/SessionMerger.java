package org.dormouse.deploy;

import jakarta.servlet.SessionTrackingMode;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import org.dormouse.deploy.Descriptor.Sessions;
import org.dormouse.servlet.SessionDeclaration;
import org.jspecify.annotations.Nullable;

/** Merges what descriptors say of sessions, each element by itself: web.xml may set the timeout and a fragment the cookie. */
final class SessionMerger {
    private final SessionDeclaration to;
    private final Decisions decisions;

    SessionMerger(SessionDeclaration to, Decisions decisions) {
        this.to = to;
        this.decisions = decisions;
    }

    /** @param byApplication whether {@code source} is web.xml */
    void add(Descriptor source, boolean byApplication) throws DeploymentException {
        Sessions sessions = source.sessions;
        if (sessions == null) return;
        var from = new Source(source, byApplication);
        from.say("session-timeout", sessions.timeoutMinutes, to::timeoutMinutes);
        from.say("cookie-config name", sessions.cookieName, to::cookieName);
        from.say("cookie-config domain", sessions.cookieDomain, to::cookieDomain);
        from.say("cookie-config path", sessions.cookiePath, to::cookiePath);
        from.say("cookie-config http-only", sessions.httpOnly, to::httpOnly);
        from.say("cookie-config secure", sessions.secure, to::secure);
        from.say("cookie-config max-age", sessions.maxAgeSeconds, to::maxAgeSeconds);
        for (var attribute : sessions.cookieAttributes.entrySet()) {
            String name = attribute.getKey();
            from.say("cookie-config attribute " + name, attribute.getValue(), value -> to.cookieAttribute(name, value));
        }
        Set<SessionTrackingMode> modes = trackingModes(source, sessions);
        if (modes != null && modes.size() > 1 && modes.contains(SessionTrackingMode.SSL))
            throw new DeploymentException(source.source + ": tracking-mode SSL stands beside another one");
        from.say("tracking-mode", modes, to::trackingModes);
    }

    private static @Nullable Set<SessionTrackingMode> trackingModes(Descriptor source, Sessions sessions)
            throws DeploymentException {
        if (sessions.trackingModes.isEmpty()) return null;
        Set<SessionTrackingMode> modes = EnumSet.noneOf(SessionTrackingMode.class);
        for (String mode : sessions.trackingModes) {
            try {
                modes.add(SessionTrackingMode.valueOf(mode));
            } catch (IllegalArgumentException e) {
                throw new DeploymentException(source.source + ": tracking-mode " + mode + " is unknown", e);
            }
        }
        return modes;
    }

    private final class Source {
        private final Descriptor descriptor;
        private final boolean byApplication;

        Source(Descriptor descriptor, boolean byApplication) {
            this.descriptor = descriptor;
            this.byApplication = byApplication;
        }

        <T> void say(String what, @Nullable T value, Consumer<T> setter) throws DeploymentException {
            if (value != null && decisions.counts(descriptor, byApplication, what, value)) setter.accept(value);
        }
    }
}
