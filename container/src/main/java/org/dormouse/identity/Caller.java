package org.dormouse.identity;

import java.security.Principal;
import java.util.Map;
import java.util.Set;

/**
 * Somebody who is logged in. Immutable.
 *
 * @param name not empty
 * @param roles names of roles; neither {@code *} nor {@code **}
 */
public record Caller(String name, Set<String> roles) implements Principal {
    public Caller {
        roles = Set.copyOf(roles);
    }

    @Override
    public String getName() {
        return name;
    }

    /**
     * What {@code isUserInRole} answers (Servlet 6.1 §13.3).
     *
     * @param role as the code of a servlet says it
     * @param roleLinks the {@code <security-role-ref>}s of that servlet
     * @param declaredRoles the {@code <security-role>}s of the application
     */
    public boolean isInRole(String role, Map<String, String> roleLinks, Set<String> declaredRoles) {
        if (role.equals("*")) return false;
        String linked = roleLinks.getOrDefault(role, role);
        if (linked.equals("**") && !declaredRoles.contains("**")) return true;
        return roles.contains(linked);
    }

    @Override
    public String toString() {
        return name;
    }
}
