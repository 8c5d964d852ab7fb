package org.dormouse.servlet.security;

import jakarta.servlet.HttpConstraintElement;
import jakarta.servlet.HttpMethodConstraintElement;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.annotation.ServletSecurity.EmptyRoleSemantic;
import jakarta.servlet.annotation.ServletSecurity.TransportGuarantee;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@code <security-constraint>} (Servlet 6.1 §13.8).
 *
 * @param collections what it protects, at least one
 * @param roles who is let in: null where there is no auth-constraint, empty where it names no role and so nobody is let in; {@code *} is
 *     every declared role, {@code **} every caller who is logged in
 * @param confidential whether only encrypted connections will do (CONFIDENTIAL, and INTEGRAL, which is taken for the same)
 */
public record SecurityConstraint(
        List<ResourceCollection> collections, @Nullable Set<String> roles, boolean confidential) {
    public SecurityConstraint {
        if (collections.isEmpty()) {
            throw new IllegalArgumentException("security-constraint without web-resource-collection");
        }
        collections = List.copyOf(collections);
        roles = roles == null ? null : Set.copyOf(roles);
    }

    /**
     * What an annotation {@code @ServletSecurity}, or {@code setServletSecurity}, means at {@code patterns} (Servlet 6.1 §13.4.1.2).
     *
     * @param patterns those that no constraint of the descriptor names; none: an empty list
     */
    public static List<SecurityConstraint> of(ServletSecurityElement element, Collection<String> patterns) {
        if (patterns.isEmpty()) return List.of();
        var constraints = new ArrayList<SecurityConstraint>();
        Set<String> at = new LinkedHashSet<>(patterns);
        Collection<HttpMethodConstraintElement> byMethod = element.getHttpMethodConstraints();
        // Defaults beside a method that is constrained say nothing about the other methods; they stay uncovered.
        boolean saysNothing =
                isDefault(element) && (byMethod.isEmpty() || byMethod.stream().anyMatch(m -> !isDefault(m)));
        if (!saysNothing) {
            var all = new ResourceCollection(at, Set.of(), new LinkedHashSet<>(element.getMethodNames()));
            constraints.add(of(all, element));
        }
        for (HttpMethodConstraintElement method : byMethod) {
            constraints.add(of(new ResourceCollection(at, Set.of(method.getMethodName()), Set.of()), method));
        }
        return constraints;
    }

    private static SecurityConstraint of(ResourceCollection collection, HttpConstraintElement element) {
        boolean confidential = element.getTransportGuarantee() == TransportGuarantee.CONFIDENTIAL;
        return new SecurityConstraint(List.of(collection), roles(element), confidential);
    }

    private static @Nullable Set<String> roles(HttpConstraintElement element) {
        Set<String> roles = new LinkedHashSet<>(List.of(element.getRolesAllowed()));
        if (roles.isEmpty()) return element.getEmptyRoleSemantic() == EmptyRoleSemantic.DENY ? roles : null;
        roles.remove("*"); // an ordinary name here, which nobody can have
        return roles;
    }

    private static boolean isDefault(HttpConstraintElement element) {
        return element.getRolesAllowed().length == 0
                && element.getEmptyRoleSemantic() == EmptyRoleSemantic.PERMIT
                && element.getTransportGuarantee() == TransportGuarantee.NONE;
    }
}
