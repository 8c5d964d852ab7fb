package org.dormouse.servlet.mapping;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the servlet of a path (Servlet 6.1 §12.1). Immutable, safe for all threads. The cost of a look-up grows with the length of the
 * path and the logarithm of the number of patterns; an exact match allocates nothing.
 *
 * @param <T> what a pattern leads to; the constraints of an application are found by the same rules
 */
public final class ServletMappings<T> {
    /** The patterns of exact matches and, under {@code "/"} and {@code ""}, of the context root. */
    private final Map<String, ServletMatch<T>> exact;
    /** Sorted by {@link #compare}, so that what lies below a prefix follows it directly. */
    private final List<Prefix<T>> prefixes;

    private final Map<String, Entry<T>> extensions;
    private final @Nullable Entry<T> fallback;

    record Entry<T>(UrlPattern pattern, String prefix, String servletName, T target) {}

    /** @param parent the longest other prefix that this one is below; null where there is none */
    private record Prefix<T>(Entry<T> entry, @Nullable Prefix<T> parent) {}

    private ServletMappings(
            Map<String, ServletMatch<T>> exact,
            List<Prefix<T>> prefixes,
            Map<String, Entry<T>> extensions,
            @Nullable Entry<T> fallback) {
        this.exact = exact;
        this.prefixes = prefixes;
        this.extensions = extensions;
        this.fallback = fallback;
    }

    public static <T> Builder<T> builder() {
        return new Builder<>();
    }

    /**
     * Finds what {@code path} is mapped to.
     *
     * @param path canonical, below the context path: empty or beginning with {@code /}
     * @return null where nothing matches and there is no default
     */
    public @Nullable ServletMatch<T> find(String path) {
        ServletMatch<T> found = exact.get(path);
        if (found != null) return found;
        Entry<T> entry = findLongestPrefix(path);
        if (entry == null) entry = findExtension(path);
        if (entry == null) entry = fallback;
        return entry == null ? null : new ServletMatch<>(entry, path);
    }

    /** The last prefix that does not sort after the path is the longest match, or below it: climb from there. */
    private @Nullable Entry<T> findLongestPrefix(String path) {
        int low = 0;
        int high = prefixes.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (compare(prefixes.get(middle).entry.prefix, path) <= 0) low = middle + 1;
            else high = middle;
        }
        Prefix<T> prefix = low == 0 ? null : prefixes.get(low - 1);
        while (prefix != null && !isBelow(path, prefix)) prefix = prefix.parent;
        return prefix == null ? null : prefix.entry;
    }

    private @Nullable Entry<T> findExtension(String path) {
        if (extensions.isEmpty()) return null;
        int start = UrlPattern.startOfExtension(path);
        return start < 0 ? null : extensions.get(path.substring(start));
    }

    private static boolean isBelow(String path, Prefix<?> prefix) {
        return UrlPattern.isBelow(path, prefix.entry.prefix, prefix.entry.prefix.length());
    }

    /** Like {@link String#compareTo}, but a slash sorts before every other character: a folder stands directly before what is in it. */
    private static int compare(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) return x == '/' ? -1 : y == '/' ? 1 : x - y;
        }
        return a.length() - b.length();
    }

    /** Collects patterns. One thread. */
    public static final class Builder<T> {
        private final Map<String, Entry<T>> entries = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Maps {@code pattern} to {@code target}.
         *
         * @throws IllegalArgumentException if the pattern is malformed, or mapped to another servlet already (Servlet 6.1 §12.2)
         */
        public Builder<T> add(String pattern, String servletName, T target) {
            UrlPattern parsed = UrlPattern.of(pattern);
            String prefix = switch (parsed.kind()) {
                case PATH -> parsed.prefix();
                case CONTEXT_ROOT, EXACT, EXTENSION, DEFAULT -> "";
            };
            Entry<T> previous = entries.putIfAbsent(pattern, new Entry<>(parsed, prefix, servletName, target));
            if (previous != null && !previous.servletName.equals(servletName)) {
                throw new IllegalArgumentException("URL pattern \"" + pattern + "\" is mapped to both "
                        + previous.servletName + " and " + servletName);
            }
            return this;
        }

        public ServletMappings<T> build() {
            var exact = new HashMap<String, ServletMatch<T>>();
            var prefixEntries = new ArrayList<Entry<T>>();
            var extensions = new HashMap<String, Entry<T>>();
            Entry<T> fallback = null;
            for (Entry<T> entry : entries.values()) {
                String text = entry.pattern.text();
                switch (entry.pattern.kind()) {
                    case EXACT -> exact.put(text, new ServletMatch<>(entry, text));
                    case CONTEXT_ROOT -> {
                        exact.put("/", new ServletMatch<>(entry, "/"));
                        exact.put("", new ServletMatch<>(entry, "/"));
                    }
                    case PATH -> prefixEntries.add(entry);
                    case EXTENSION -> extensions.put(entry.pattern.extension(), entry);
                    case DEFAULT -> fallback = entry;
                }
            }
            return new ServletMappings<>(exact, linked(prefixEntries), extensions, fallback);
        }

        private static <T> List<Prefix<T>> linked(List<Entry<T>> entries) {
            entries.sort((a, b) -> compare(a.prefix, b.prefix));
            var linked = new ArrayList<Prefix<T>>(entries.size());
            for (Entry<T> entry : entries) {
                Prefix<T> parent = linked.isEmpty() ? null : linked.getLast();
                while (parent != null && !isBelow(entry.prefix, parent)) parent = parent.parent;
                linked.add(new Prefix<>(entry, parent));
            }
            return List.copyOf(linked);
        }
    }
}
