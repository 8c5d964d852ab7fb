package org.dormouse.servlet.security;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.dormouse.servlet.mapping.ServletMappings;
import org.dormouse.servlet.mapping.ServletMatch;
import org.dormouse.servlet.mapping.UrlPattern;
import org.dormouse.servlet.security.AccessRequirement.Access;
import org.jspecify.annotations.Nullable;

/** The constraints of one application, combined (Servlet 6.1 §13.8). Immutable, safe for all threads. */
public final class SecurityConstraints {
    private final ServletMappings<AtPattern> patterns;
    private final List<String> remarks;

    /**
     * @param byMethod of the methods that some constraint names or leaves out
     * @param otherwise of all others
     */
    private record AtPattern(Map<String, AccessRequirement> byMethod, AccessRequirement otherwise) {}

    private SecurityConstraints(ServletMappings<AtPattern> patterns, List<String> remarks) {
        this.patterns = patterns;
        this.remarks = remarks;
    }

    /**
     * Combines constraints.
     *
     * @param declaredRoles what {@code *} stands for
     * @param denyUncovered whether a method that no constraint covers is refused where others are covered
     *     ({@code <deny-uncovered-http-methods>})
     */
    public static SecurityConstraints of(
            List<SecurityConstraint> constraints, Set<String> declaredRoles, boolean denyUncovered) {
        Set<String> patterns = new LinkedHashSet<>();
        for (SecurityConstraint constraint : constraints) {
            for (ResourceCollection collection : constraint.collections()) patterns.addAll(collection.patterns());
        }
        var remarks = new ArrayList<String>();
        var mappings = ServletMappings.<AtPattern>builder();
        for (String pattern : patterns) {
            var combiner = new Combiner(pattern, constraints, declaredRoles, denyUncovered);
            mappings.add(pattern, pattern, combiner.combine());
            combiner.remark(remarks);
        }
        return new SecurityConstraints(mappings.build(), List.copyOf(remarks));
    }

    /**
     * What is demanded of a request that a client sent. Forwards and includes are not asked about.
     *
     * @param path canonical, below the context path
     */
    public AccessRequirement find(String path, String method) {
        ServletMatch<AtPattern> match = patterns.find(path);
        if (match == null) return AccessRequirement.NONE;
        AccessRequirement named = match.target().byMethod.get(method);
        return named != null ? named : match.target().otherwise;
    }

    /** Whether some method needs a caller there. */
    public boolean needsCaller(String path) {
        ServletMatch<AtPattern> match = patterns.find(path);
        if (match == null) return false;
        AtPattern there = match.target();
        return there.otherwise.needsCaller()
                || there.byMethod.values().stream().anyMatch(AccessRequirement::needsCaller);
    }

    /** For the log at deployment: uncovered methods (§13.8.4.2), and what looks like a mistake. One sentence each. */
    public List<String> remarks() {
        return remarks;
    }

    /** The constraints at one pattern. */
    private static final class Combiner {
        private final String pattern;
        private final List<SecurityConstraint> constraints;
        private final Set<String> declaredRoles;
        private final boolean denyUncovered;
        private final Set<String> methods = new TreeSet<>();
        private final List<String> uncovered = new ArrayList<>();

        Combiner(
                String pattern,
                List<SecurityConstraint> constraints,
                Set<String> declaredRoles,
                boolean denyUncovered) {
            this.pattern = pattern;
            this.constraints = constraints;
            this.declaredRoles = declaredRoles;
            this.denyUncovered = denyUncovered;
        }

        AtPattern combine() {
            for (SecurityConstraint constraint : constraints) {
                for (ResourceCollection collection : constraint.collections()) {
                    if (!collection.patterns().contains(pattern)) continue;
                    methods.addAll(collection.methods());
                    methods.addAll(collection.omitted());
                }
            }
            var byMethod = new HashMap<String, AccessRequirement>();
            for (String method : methods) byMethod.put(method, combine(method));
            return new AtPattern(Map.copyOf(byMethod), combine(null));
        }

        /** @param method null for all that no constraint here mentions */
        private AccessRequirement combine(@Nullable String method) {
            boolean covered = false;
            boolean open = false;
            boolean anyConnection = false;
            boolean anyCaller = false;
            Set<String> roles = new LinkedHashSet<>();
            for (SecurityConstraint constraint : constraints) {
                if (!covers(constraint, method)) continue;
                covered = true;
                Set<String> its = constraint.roles();
                if (its != null && its.isEmpty()) return AccessRequirement.PRECLUDED;
                anyConnection |= !constraint.confidential();
                open |= its == null;
                if (its == null) continue;
                anyCaller |= its.contains("**");
                if (its.contains("*")) roles.addAll(declaredRoles);
                for (String role : its) {
                    if (!role.equals("*") && !role.equals("**")) roles.add(role);
                }
            }
            if (!covered) {
                uncovered.add(method == null ? "every other" : method);
                return denyUncovered ? AccessRequirement.PRECLUDED : AccessRequirement.NONE;
            }
            if (open) return new AccessRequirement(Access.EVERYBODY, Set.of(), !anyConnection);
            if (anyCaller) return new AccessRequirement(Access.ANY_CALLER, Set.of(), !anyConnection);
            return new AccessRequirement(Access.ROLES, roles, !anyConnection);
        }

        private boolean covers(SecurityConstraint constraint, @Nullable String method) {
            for (ResourceCollection collection : constraint.collections()) {
                if (!collection.patterns().contains(pattern)) continue;
                boolean covers = method == null ? collection.methods().isEmpty() : collection.covers(method);
                if (covers) return true;
            }
            return false;
        }

        void remark(List<String> remarks) {
            String warning = UrlPattern.of(pattern).warning();
            if (warning != null) remarks.add("security-constraint: " + warning);
            if (!uncovered.isEmpty()) {
                remarks.add("security-constraint at \"" + pattern + "\": uncovered HTTP methods are "
                        + (denyUncovered ? "denied: " : "not constrained: ") + String.join(", ", uncovered));
            }
            for (String method : methods) {
                if (!method.equals(method.toUpperCase(Locale.ROOT))) {
                    remarks.add("security-constraint at \"" + pattern + "\": HTTP methods have case, " + method
                            + " is not " + method.toUpperCase(Locale.ROOT));
                }
            }
        }
    }
}
