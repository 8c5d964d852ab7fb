package org.dormouse.servlet.security;

import java.util.Set;
import org.dormouse.servlet.mapping.UrlPattern;

/**
 * A {@code <web-resource-collection>}: URL patterns, and the methods it covers there (Servlet 6.1 §13.8).
 *
 * @param patterns URL patterns, at least one
 * @param methods the methods it names; empty: all but {@code omitted}
 * @param omitted the methods it leaves out; empty if {@code methods} is not
 */
public record ResourceCollection(Set<String> patterns, Set<String> methods, Set<String> omitted) {
    /** @throws IllegalArgumentException if there is no pattern, a pattern is malformed, or methods are both named and left out */
    public ResourceCollection {
        if (patterns.isEmpty()) throw new IllegalArgumentException("web-resource-collection without url-pattern");
        patterns.forEach(UrlPattern::of);
        if (!methods.isEmpty() && !omitted.isEmpty()) {
            throw new IllegalArgumentException("web-resource-collection of " + patterns + " has both http-method "
                    + methods + " and http-method-omission " + omitted);
        }
        patterns = Set.copyOf(patterns);
        methods = Set.copyOf(methods);
        omitted = Set.copyOf(omitted);
    }

    /** Every method at {@code patterns}. */
    public static ResourceCollection of(String... patterns) {
        return new ResourceCollection(Set.of(patterns), Set.of(), Set.of());
    }

    /** Whether {@code method} occurs in this collection, as §13.8.1 defines it. Methods are compared with case (RFC 9110 §9.1). */
    boolean covers(String method) {
        return methods.isEmpty() ? !omitted.contains(method) : methods.contains(method);
    }
}
