package org.dormouse.deploy;

import java.util.LinkedHashSet;
import java.util.Set;
import org.dormouse.servlet.Resources;
import org.jspecify.annotations.Nullable;

/**
 * Keeps back what a folder that was not made as an application may hold besides its pages: files and folders whose name begins with a dot,
 * as {@code .git} and {@code .env}. {@code /.well-known} is for clients (RFC 8615) and stays. Safe for many threads.
 */
record VisibleResources(Resources all) implements Resources {
    private static final String WELL_KNOWN = "/.well-known";

    @Override
    public @Nullable Resource find(String path) {
        return isHidden(path) ? null : all.find(path);
    }

    @Override
    public Set<String> list(String path) {
        if (isHidden(path)) return Set.of();
        Set<String> visible = new LinkedHashSet<>(all.list(path));
        visible.removeIf(VisibleResources::isHidden);
        return visible;
    }

    private static boolean isHidden(String path) {
        boolean isWellKnown = path.startsWith(WELL_KNOWN)
                && (path.length() == WELL_KNOWN.length() || path.charAt(WELL_KNOWN.length()) == '/');
        return path.indexOf("/.", isWellKnown ? WELL_KNOWN.length() : 0) >= 0;
    }
}
