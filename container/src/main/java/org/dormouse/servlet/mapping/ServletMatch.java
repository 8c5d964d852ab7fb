package org.dormouse.servlet.mapping;

import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.MappingMatch;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ServletMappings#find} chose for one path: the target with its pattern, and how the path divides (Servlet 6.1 §3.6). Immutable;
 * strings are cut when asked for.
 */
public final class ServletMatch<T> implements HttpServletMapping {
    private final ServletMappings.Entry<T> entry;
    private final String path;

    ServletMatch(ServletMappings.Entry<T> entry, String path) {
        this.entry = entry;
        this.path = path;
    }

    public T target() {
        return entry.target();
    }

    /** The part of the path that the pattern fixed. */
    public String servletPath() {
        return switch (entry.pattern().kind()) {
            case CONTEXT_ROOT -> "";
            case PATH -> entry.prefix();
            case EXACT, EXTENSION, DEFAULT -> path;
        };
    }

    /** What is left of the path after {@link #servletPath}; null where that is all of it. */
    public @Nullable String pathInfo() {
        return switch (entry.pattern().kind()) {
            case CONTEXT_ROOT -> "/";
            case PATH ->
                path.length() == entry.prefix().length()
                        ? null
                        : path.substring(entry.prefix().length());
            case EXACT, EXTENSION, DEFAULT -> null;
        };
    }

    @Override
    public String getMatchValue() {
        return switch (entry.pattern().kind()) {
            case CONTEXT_ROOT, DEFAULT -> "";
            case EXACT -> path.substring(1);
            case PATH -> path.substring(Math.min(path.length(), entry.prefix().length() + 1));
            case EXTENSION -> path.substring(1, path.lastIndexOf('.'));
        };
    }

    @Override
    public String getPattern() {
        return entry.pattern().text();
    }

    @Override
    public String getServletName() {
        return entry.servletName();
    }

    @Override
    public MappingMatch getMappingMatch() {
        return entry.pattern().kind();
    }

    @Override
    public String toString() {
        return path + " -> " + entry.servletName() + " by \"" + entry.pattern().text() + "\"";
    }
}
