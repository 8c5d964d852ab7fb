package org.dormouse.server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.dormouse.http.BadRequest;
import org.dormouse.servlet.mapping.CanonicalPath;
import org.jspecify.annotations.Nullable;

/** Chooses the application of a request: the longest context path that its path begins with (Servlet 6.1 §12.1). Immutable. */
final class Applications {
    /** The longest context path first. */
    private final List<Application> byLength;

    private final @Nullable Application onlyRoot;

    /**
     * Takes the running applications.
     *
     * @throws IllegalArgumentException if two have the same context path
     */
    Applications(List<Application> applications) {
        var sorted = new ArrayList<>(applications);
        sorted.sort(
                Comparator.comparingInt((Application each) -> each.contextPath().length())
                        .reversed());
        for (int i = 1; i < sorted.size(); i++) {
            String path = sorted.get(i).contextPath();
            if (sorted.subList(0, i).stream()
                    .anyMatch(each -> each.contextPath().equals(path))) {
                throw new IllegalArgumentException("two applications at context path \"" + path + "\"");
            }
        }
        this.byLength = List.copyOf(sorted);
        this.onlyRoot = sorted.size() == 1 && sorted.getFirst().contextPath().isEmpty() ? sorted.getFirst() : null;
    }

    /**
     * The application of {@code rawPath}, or null.
     *
     * @param rawPath encoded, as the client sent it
     * @throws BadRequest if it is a path that no application may see
     */
    @Nullable
    Application find(String rawPath) throws BadRequest {
        if (onlyRoot != null) return onlyRoot; // it looks at the path itself
        String path = CanonicalPath.of(rawPath);
        for (int i = 0; i < byLength.size(); i++) {
            Application application = byLength.get(i);
            if (isBelow(path, application.contextPath())) return application;
        }
        return null;
    }

    private static boolean isBelow(String path, String contextPath) {
        int length = contextPath.length();
        return path.startsWith(contextPath) && (path.length() == length || path.charAt(length) == '/');
    }
}
