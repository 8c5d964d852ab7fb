package org.dormouse.servlet;

import jakarta.servlet.SessionTrackingMode;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How an application wants its sessions: {@code <session-config>}. Plain and mutable. */
public final class SessionDeclaration {
    /** The cookie's name where none was declared. */
    public static final String DEFAULT_COOKIE_NAME = "JSESSIONID";

    private int timeoutMinutes = 30;
    private int maxSessions = 100_000;
    private @Nullable String cookieName;
    private @Nullable String cookieDomain;
    private @Nullable String cookiePath;
    private boolean httpOnly = true;
    private boolean secure;
    private int maxAgeSeconds = -1;
    private final Map<String, String> cookieAttributes = new LinkedHashMap<>();
    private Set<SessionTrackingMode> trackingModes = EnumSet.of(SessionTrackingMode.COOKIE);

    /** 0 or less: sessions do not expire by themselves. */
    public int timeoutMinutes() {
        return timeoutMinutes;
    }

    public SessionDeclaration timeoutMinutes(int minutes) {
        timeoutMinutes = minutes;
        return this;
    }

    /** How many sessions may live at once (key {@code session.max-sessions}); more are refused. */
    public int maxSessions() {
        return maxSessions;
    }

    public SessionDeclaration maxSessions(int limit) {
        if (limit < 1) throw new IllegalArgumentException("session.max-sessions " + limit + " < 1");
        maxSessions = limit;
        return this;
    }

    public @Nullable String cookieName() {
        return cookieName;
    }

    public SessionDeclaration cookieName(@Nullable String name) {
        cookieName = name;
        return this;
    }

    public @Nullable String cookieDomain() {
        return cookieDomain;
    }

    public SessionDeclaration cookieDomain(@Nullable String domain) {
        cookieDomain = domain;
        return this;
    }

    /** Null: the context path, or {@code /} for the root. */
    public @Nullable String cookiePath() {
        return cookiePath;
    }

    public SessionDeclaration cookiePath(@Nullable String path) {
        cookiePath = path;
        return this;
    }

    public boolean httpOnly() {
        return httpOnly;
    }

    public SessionDeclaration httpOnly(boolean on) {
        httpOnly = on;
        return this;
    }

    /** Always marks the cookie Secure; otherwise it is marked when the request is secure. */
    public boolean secure() {
        return secure;
    }

    public SessionDeclaration secure(boolean on) {
        secure = on;
        return this;
    }

    /** Negative: until the browser closes. */
    public int maxAgeSeconds() {
        return maxAgeSeconds;
    }

    public SessionDeclaration maxAgeSeconds(int seconds) {
        maxAgeSeconds = seconds;
        return this;
    }

    /** Further attributes of the cookie, {@code SameSite} for one. */
    public Map<String, String> cookieAttributes() {
        return cookieAttributes;
    }

    public Set<SessionTrackingMode> trackingModes() {
        return trackingModes;
    }

    public SessionDeclaration trackingModes(Set<SessionTrackingMode> modes) {
        trackingModes = modes.isEmpty() ? EnumSet.noneOf(SessionTrackingMode.class) : EnumSet.copyOf(modes);
        return this;
    }
}
