package org.dormouse.servlet;

import java.util.Map;
import org.dormouse.servlet.mapping.CanonicalPath;

/** The session cookie of one application, all but the id put together at start. */
final class SessionCookie {
    private final String name;
    private final String prefix;
    private final String attributes;
    private final int maxAgeSeconds;
    private final boolean secure;
    private final boolean enabled;

    SessionCookie(SessionDeclaration declared, String contextPath) {
        String declaredName = declared.cookieName();
        name = declaredName == null || declaredName.isEmpty() ? SessionDeclaration.DEFAULT_COOKIE_NAME : declaredName;
        SetCookie.checkName(name);
        prefix = name + "=";
        String declaredPath = declared.cookiePath();
        String path = declaredPath != null && !declaredPath.isEmpty()
                ? declaredPath
                : contextPath.isEmpty() ? "/" : CanonicalPath.encode(contextPath); // clients compare what they send
        var text = new StringBuilder();
        SetCookie.appendAttribute(text, "Path", path);
        String domain = declared.cookieDomain();
        if (domain != null && !domain.isEmpty()) SetCookie.appendAttribute(text, "Domain", domain);
        if (declared.httpOnly()) SetCookie.appendAttribute(text, "HttpOnly", "");
        for (Map.Entry<String, String> attribute : declared.cookieAttributes().entrySet()) {
            SetCookie.appendAttribute(text, attribute.getKey(), attribute.getValue());
        }
        attributes = text.toString();
        maxAgeSeconds = declared.maxAgeSeconds();
        secure = declared.secure();
        enabled = declared.trackingModes().contains(jakarta.servlet.SessionTrackingMode.COOKIE);
    }

    String name() {
        return name;
    }

    /** {@code name=}, what every Set-Cookie value of it begins with. */
    String prefix() {
        return prefix;
    }

    /** Whether sessions are tracked by cookie at all. */
    boolean isEnabled() {
        return enabled;
    }

    /**
     * The value of Set-Cookie.
     *
     * @param nowMillis milliseconds since 1970
     */
    String value(String id, boolean secureRequest, long nowMillis) {
        String value = prefix + id + attributes + (secure || secureRequest ? "; Secure" : "");
        if (maxAgeSeconds < 0) return value;
        var text = new StringBuilder(value);
        SetCookie.appendMaxAge(text, maxAgeSeconds, nowMillis);
        return text.toString();
    }
}
