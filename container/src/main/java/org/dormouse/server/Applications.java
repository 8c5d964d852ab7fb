package org.dormouse.server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import org.dormouse.http.BadRequest;
import org.dormouse.servlet.mapping.CanonicalPath;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the application of a request: the longest context path that its path begins with (Servlet 6.1 §12.1). Any thread asks; they are
 * changed by one at a time.
 */
final class Applications {
    private volatile Listing now = new Listing(List.of(), null);

    /**
     * The applications of one moment.
     *
     * @param byLength the longest context path first
     * @param onlyRoot the only one, where that is the one at the root
     */
    private record Listing(
            List<Application> byLength, @Nullable Application onlyRoot) {
        static Listing of(List<Application> applications) {
            var sorted = new ArrayList<>(applications);
            sorted.sort(Comparator.comparingInt(
                            (Application each) -> each.contextPath().length())
                    .reversed());
            boolean isOnlyRoot =
                    sorted.size() == 1 && sorted.getFirst().contextPath().isEmpty();
            return new Listing(List.copyOf(sorted), isOnlyRoot ? sorted.getFirst() : null);
        }
    }

    Applications() {}

    /** @throws IllegalArgumentException as {@link #set} */
    Applications(List<Application> applications) {
        set(applications);
    }

    /**
     * Takes the place of those there are.
     *
     * @throws IllegalArgumentException if two have the same context path
     */
    void set(List<Application> applications) {
        checkDistinct(applications.stream().map(Application::contextPath).toList());
        now = Listing.of(applications);
    }

    /** @throws IllegalArgumentException if one is there twice */
    static void checkDistinct(List<String> contextPaths) {
        var seen = new HashSet<String>();
        for (String path : contextPaths) {
            if (!seen.add(path))
                throw new IllegalArgumentException("two applications at context path \"" + path + "\"");
        }
    }

    /** @throws IllegalArgumentException if its context path is taken */
    void add(Application application) {
        var all = new ArrayList<>(now.byLength);
        all.add(application);
        set(all);
    }

    /** From now on nobody finds it. */
    void remove(String contextPath) {
        now = Listing.of(now.byLength.stream()
                .filter(each -> !each.contextPath().equals(contextPath))
                .toList());
    }

    /**
     * The application of {@code rawPath}, or null.
     *
     * @param rawPath encoded, as the client sent it
     * @throws BadRequest if it is a path that no application may see
     */
    @Nullable
    Application find(String rawPath) throws BadRequest {
        Listing current = now;
        if (current.onlyRoot != null) return current.onlyRoot; // it looks at the path itself
        String path = CanonicalPath.of(rawPath);
        List<Application> byLength = current.byLength;
        for (int i = 0; i < byLength.size(); i++) {
            Application application = byLength.get(i);
            if (isBelow(path, application.contextPath())) return application;
        }
        return null;
    }

    /** Whether the decoded {@code path} is that of an application at {@code contextPath}, or of one below it. */
    static boolean isBelow(String path, String contextPath) {
        int length = contextPath.length();
        return path.startsWith(contextPath) && (path.length() == length || path.charAt(length) == '/');
    }
}
