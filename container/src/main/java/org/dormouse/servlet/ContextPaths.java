package org.dormouse.servlet;

import org.dormouse.http.BadRequest;
import org.dormouse.servlet.mapping.CanonicalPath;

/** Divides a path at the end of the context path. Pure functions. */
final class ContextPaths {
    private ContextPaths() {}

    /**
     * What of the canonical {@code path} is below {@code contextPath}; empty if it is the context path itself.
     *
     * @throws IllegalArgumentException if it is not below: the server chose the wrong application
     */
    static String below(String contextPath, String path) {
        int length = contextPath.length();
        if (path.startsWith(contextPath) && (path.length() == length || path.charAt(length) == '/')) {
            return path.substring(length);
        }
        throw new IllegalArgumentException("path " + path + " is not below the context path " + contextPath);
    }

    /**
     * {@code rawPath} with one slash at its beginning, however many were sent: applications put what they are shown into links and
     * redirects, where {@code //name} is another host (RFC 3986 §4.2).
     */
    static String withOneSlash(String rawPath) {
        int start = 0;
        while (start + 1 < rawPath.length() && rawPath.charAt(start) == '/' && rawPath.charAt(start + 1) == '/')
            start++;
        return start == 0 ? rawPath : rawPath.substring(start);
    }

    /**
     * The beginning of {@code rawPath}, as it was sent, that means {@code contextPath}: so that the URI begins with it.
     *
     * @param rawPath with one slash at its beginning
     */
    static String asSent(String contextPath, String rawPath) throws BadRequest {
        int length = contextPath.length();
        if (rawPath.startsWith(contextPath) && (rawPath.length() == length || rawPath.charAt(length) == '/')) {
            return contextPath;
        }
        for (int end = rawPath.indexOf('/', 1); end >= 0; end = rawPath.indexOf('/', end + 1)) {
            String beginning = rawPath.substring(0, end);
            if (CanonicalPath.of(beginning).equals(contextPath)) return beginning;
        }
        return contextPath;
    }
}
