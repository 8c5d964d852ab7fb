package org.dormouse.servlet;

import jakarta.servlet.SessionCookieConfig;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The session cookie's declaration as the application sees and changes it while the context starts (Servlet 6.1 §7.1.1). */
final class SessionCookieView implements SessionCookieConfig {
    private final DeclaredContext context;
    private final SessionDeclaration declaration;

    SessionCookieView(DeclaredContext context, SessionDeclaration declaration) {
        this.context = context;
        this.declaration = declaration;
    }

    private SessionDeclaration change() {
        context.checkRegistering("configure the session cookie");
        return declaration;
    }

    @Override
    public void setName(@Nullable String name) {
        change().cookieName(name);
    }

    @Override
    public @Nullable String getName() {
        return declaration.cookieName();
    }

    @Override
    public void setDomain(@Nullable String domain) {
        change().cookieDomain(domain);
    }

    @Override
    public @Nullable String getDomain() {
        return declaration.cookieDomain();
    }

    @Override
    public void setPath(@Nullable String path) {
        change().cookiePath(path);
    }

    @Override
    public @Nullable String getPath() {
        return declaration.cookiePath();
    }

    /** Cookies have had no comments since RFC 6265. */
    @Override
    @Deprecated(since = "6.0", forRemoval = true)
    @SuppressWarnings("removal") // the API still demands it
    public void setComment(@Nullable String comment) {
        change();
    }

    @Override
    @Deprecated(since = "6.0", forRemoval = true)
    @SuppressWarnings({"removal", "InlineMeSuggester"}) // the API still demands it
    public @Nullable String getComment() {
        return null;
    }

    @Override
    public void setHttpOnly(boolean httpOnly) {
        change().httpOnly(httpOnly);
    }

    @Override
    public boolean isHttpOnly() {
        return declaration.httpOnly();
    }

    @Override
    public void setSecure(boolean secure) {
        change().secure(secure);
    }

    @Override
    public boolean isSecure() {
        return declaration.secure();
    }

    @Override
    public void setMaxAge(int seconds) {
        change().maxAgeSeconds(seconds);
    }

    @Override
    public int getMaxAge() {
        return declaration.maxAgeSeconds();
    }

    @Override
    public void setAttribute(String name, @Nullable String value) {
        change().cookieAttribute(name, value);
    }

    @Override
    public @Nullable String getAttribute(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "domain" -> getDomain();
            case "path" -> getPath();
            case "max-age" -> Integer.toString(getMaxAge());
            case "secure" -> Boolean.toString(isSecure());
            case "httponly" -> Boolean.toString(isHttpOnly());
            default -> declaration.cookieAttributes().get(name);
        };
    }

    @Override
    public Map<String, String> getAttributes() {
        var attributes = new LinkedHashMap<>(declaration.cookieAttributes());
        if (getDomain() != null) attributes.put("Domain", getDomain());
        if (getPath() != null) attributes.put("Path", getPath());
        if (getMaxAge() >= 0) attributes.put("Max-Age", Integer.toString(getMaxAge()));
        if (isSecure()) attributes.put("Secure", "true");
        if (isHttpOnly()) attributes.put("HttpOnly", "true");
        return attributes;
    }
}
