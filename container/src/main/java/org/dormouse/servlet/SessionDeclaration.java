package org.dormouse.servlet;

import jakarta.servlet.SessionTrackingMode;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.dormouse.http.FieldSyntax;
import org.dormouse.servlet.session.SessionStore;
import org.jspecify.annotations.Nullable;

/** How an application wants its sessions: {@code <session-config>}. Plain and mutable. */
public final class SessionDeclaration {
    /** The cookie's name where none was declared. */
    public static final String DEFAULT_COOKIE_NAME = "JSESSIONID";

    private int timeoutMinutes = 30;
    private int maxSessions = 100_000;
    private SessionStore.@Nullable Opener store;
    private int maxStoredBytes = 1 << 20;
    private @Nullable String cookieName;
    private @Nullable String cookieDomain;
    private @Nullable String cookiePath;
    private boolean httpOnly = true;
    private boolean secure;
    private int maxAgeSeconds = -1;
    private final Map<String, String> cookieAttributes = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private @Nullable Set<SessionTrackingMode> trackingModes;
    private Set<SessionTrackingMode> defaultTrackingModes = EnumSet.of(SessionTrackingMode.COOKIE);

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

    /** Where sessions are kept while the application does not run; null: they end with it. */
    public SessionStore.@Nullable Opener store() {
        return store;
    }

    /**
     * Keeps sessions beyond a stop of the application; null for an end with it.
     *
     * @param maxBytes of each attribute; key {@code session.max-stored-session-bytes}
     */
    public SessionDeclaration store(SessionStore.@Nullable Opener opener, int maxBytes) {
        if (maxBytes < 1) throw new IllegalArgumentException("session.max-stored-session-bytes " + maxBytes + " < 1");
        store = opener;
        maxStoredBytes = maxBytes;
        return this;
    }

    int maxStoredBytes() {
        return maxStoredBytes;
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

    /** Further attributes of the cookie, {@code SameSite} for one. Cannot be changed. */
    public Map<String, String> cookieAttributes() {
        return Collections.unmodifiableMap(cookieAttributes);
    }

    /**
     * Sets an attribute of the cookie by its name, whatever the case; those that have a method of their own too.
     *
     * @param value null: it has none such
     * @throws IllegalArgumentException if the name is no token, or the value of Max-Age no number
     */
    public SessionDeclaration cookieAttribute(String name, @Nullable String value) {
        if (name == null || name.isEmpty() || !name.chars().allMatch(FieldSyntax::isTokenChar)) {
            throw new IllegalArgumentException("cookie attribute name \"" + name + "\" is not a token");
        }
        switch (name.toLowerCase(Locale.ROOT)) {
            case "domain" -> cookieDomain = value;
            case "path" -> cookiePath = value;
            case "max-age" -> maxAgeSeconds = value == null ? -1 : Integer.parseInt(value);
            case "secure" -> secure = Boolean.parseBoolean(value);
            case "httponly" -> httpOnly = Boolean.parseBoolean(value);
            default -> {
                if (value == null) cookieAttributes.remove(name);
                else cookieAttributes.put(name, value);
            }
        }
        return this;
    }

    public Set<SessionTrackingMode> trackingModes() {
        return trackingModes == null ? defaultTrackingModes : trackingModes;
    }

    /** In force where the application has not said anything. */
    public Set<SessionTrackingMode> defaultTrackingModes() {
        return defaultTrackingModes;
    }

    public SessionDeclaration defaultTrackingModes(Set<SessionTrackingMode> modes) {
        defaultTrackingModes = EnumSet.copyOf(modes);
        return this;
    }

    /**
     * Says by what sessions are found again.
     *
     * @throws IllegalArgumentException if there is another mode beside SSL
     */
    public SessionDeclaration trackingModes(Set<SessionTrackingMode> modes) {
        if (modes.contains(SessionTrackingMode.SSL) && modes.size() > 1)
            throw new IllegalArgumentException("sessions tracked by SSL are not tracked by anything else: " + modes);
        trackingModes = modes.isEmpty() ? EnumSet.noneOf(SessionTrackingMode.class) : EnumSet.copyOf(modes);
        return this;
    }
}
