package org.dormouse.servlet;

import jakarta.servlet.SessionTrackingMode;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSession;
import org.dormouse.servlet.mapping.CanonicalPath;
import org.jspecify.annotations.Nullable;

/** How one application's sessions are found again, but for their cookie: by URLs and by TLS (Servlet 6.1 §7.1). Immutable. */
final class SessionTracking {
    /** In URLs, where no other name is given to the cookie. */
    private static final String PARAMETER = "jsessionid";

    private final boolean byUrl;
    private final boolean byTls;
    private final String parameter;
    private final Pattern idParameter;
    private final String nameInTls;
    private final String contextPath;
    private final String encodedContextPath;

    SessionTracking(SessionDeclaration declared, String contextPath) {
        Set<SessionTrackingMode> modes = declared.trackingModes();
        byUrl = modes.contains(SessionTrackingMode.URL);
        byTls = modes.contains(SessionTrackingMode.SSL);
        String name = declared.cookieName();
        if (name == null || name.isEmpty() || name.equals(SessionDeclaration.DEFAULT_COOKIE_NAME))
            parameter = PARAMETER;
        else parameter = name;
        idParameter = Pattern.compile(";" + Pattern.quote(parameter) + "(?:=[^/;]*)?(?=[/;]|$)");
        nameInTls = "org.dormouse.session " + contextPath;
        this.contextPath = contextPath;
        encodedContextPath = CanonicalPath.encode(contextPath);
    }

    boolean byUrl() {
        return byUrl;
    }

    boolean byTls() {
        return byTls;
    }

    /** The id in a path as a client sent it; null if there is none. */
    @Nullable
    String idIn(String rawPath) {
        String id = CanonicalPath.parameter(rawPath, parameter);
        return id == null || id.isEmpty() ? null : id;
    }

    /** {@code rawPath} with one slash at its beginning and without the id of a session in any segment, whatever it is called here. */
    String withoutId(String rawPath) {
        String path = ContextPaths.withOneSlash(rawPath);
        return path.indexOf(';') < 0 ? path : idParameter.matcher(path).replaceAll("");
    }

    /** The id of the session that has been made over this TLS session; null if none has. */
    @Nullable
    String idIn(@Nullable SSLSession tls) {
        return tls != null && tls.getValue(nameInTls) instanceof String id ? id : null;
    }

    void keep(@Nullable SSLSession tls, String id) {
        if (tls != null) tls.putValue(nameInTls, id);
    }

    /** {@code url} with the id, if it is one of this application; any other shall not learn it. */
    String encode(String url, String id) {
        if (!isOwn(url)) return url;
        int end = url.length();
        for (char c : new char[] {'?', '#'}) {
            int at = url.indexOf(c);
            if (at >= 0) end = Math.min(end, at);
        }
        return url.substring(0, end) + ';' + parameter + '=' + id + url.substring(end);
    }

    /** Browsers take a backslash for a slash, and pass over spaces before a URL and control characters within it. */
    private boolean isOwn(String url) {
        for (int i = 0; i < url.length(); i++) {
            char c = url.charAt(i);
            if (c == '\\' || c < ' ' || (i == 0 && c == ' ')) return false;
        }
        if (!url.startsWith("/")) return url.indexOf(':') < 0;
        return !url.startsWith("//") && (isBelow(url, contextPath) || isBelow(url, encodedContextPath));
    }

    private static boolean isBelow(String url, String folder) {
        if (!url.startsWith(folder)) return false;
        return url.length() == folder.length() || "/?#;".indexOf(url.charAt(folder.length())) >= 0;
    }
}
