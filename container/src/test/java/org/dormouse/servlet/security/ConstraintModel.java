package org.dormouse.servlet.security;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.dormouse.identity.Caller;
import org.dormouse.servlet.mapping.MappingModel;
import org.dormouse.servlet.security.AccessRequirement.Decision;
import org.jspecify.annotations.Nullable;

/** Servlet 6.1 §13.8 sentence by sentence, slow and literal. */
public final class ConstraintModel {
    /** What can have a say in the decision about a request. */
    public enum Rule {
        NO_PATTERN_MATCHES,
        CHOSEN_BY_EXACT_PATTERN,
        CHOSEN_BY_CONTEXT_ROOT,
        CHOSEN_BY_PREFIX,
        CHOSEN_BY_EXTENSION,
        CHOSEN_BY_DEFAULT,
        A_LESS_GOOD_PATTERN_WOULD_DECIDE_OTHERWISE,
        METHOD_NOT_CONSTRAINED,
        METHOD_UNCOVERED_AND_DENIED,
        METHOD_IN_A_COLLECTION_WITHOUT_METHODS,
        METHOD_NAMED,
        METHOD_NOT_OMITTED,
        METHOD_IN_ANOTHER_CASE,
        SEVERAL_COLLECTIONS_OF_ONE_CONSTRAINT_AT_ONE_PATTERN,
        SEVERAL_CONSTRAINTS_COMBINED,
        ROLES_UNITED,
        STAR_IS_EVERY_DECLARED_ROLE,
        STAR_WITHOUT_DECLARED_ROLES,
        TWO_STARS_ARE_ANY_CALLER,
        TWO_STARS_BESIDE_ROLES,
        NO_AUTH_CONSTRAINT,
        NO_AUTH_CONSTRAINT_OPENS_BESIDE_ROLES,
        NO_ROLE_PRECLUDES,
        NO_ROLE_PRECLUDES_THOUGH_ANOTHER_OPENS,
        NO_ROLE_PRECLUDES_BEFORE_ENCRYPTION_IS_ASKED_FOR,
        ENCRYPTION_NEEDED,
        ENCRYPTION_NEEDED_BUT_NOT_BY_ALL,
        ENCRYPTED_AS_NEEDED,
        LOGIN_NEEDED,
        CALLER_HAS_A_ROLE,
        CALLER_HAS_NONE_OF_THE_ROLES
    }

    private final List<SecurityConstraint> constraints;
    private final Set<String> declaredRoles;
    private final boolean denyUncovered;

    public ConstraintModel(List<SecurityConstraint> constraints, Set<String> declaredRoles, boolean denyUncovered) {
        this.constraints = constraints;
        this.declaredRoles = declaredRoles;
        this.denyUncovered = denyUncovered;
    }

    /**
     * §13.8.3.
     *
     * @param path canonical, below the context path
     * @param met where the rules go that had a say
     */
    public Decision decide(
            String path, String method, boolean encrypted, @Nullable Caller caller, Collection<Rule> met) {
        Set<String> patterns = new LinkedHashSet<>();
        for (SecurityConstraint constraint : constraints)
            for (ResourceCollection collection : constraint.collections()) patterns.addAll(collection.patterns());
        MappingModel.Found best = MappingModel.find(patterns, path, new ArrayList<>());
        if (best == null) {
            met.add(Rule.NO_PATTERN_MATCHES);
            return Decision.GRANTED;
        }
        met.add(
                switch (best.kind()) {
                    case EXACT -> Rule.CHOSEN_BY_EXACT_PATTERN;
                    case CONTEXT_ROOT -> Rule.CHOSEN_BY_CONTEXT_ROOT;
                    case PATH -> Rule.CHOSEN_BY_PREFIX;
                    case EXTENSION -> Rule.CHOSEN_BY_EXTENSION;
                    case DEFAULT -> Rule.CHOSEN_BY_DEFAULT;
                });
        Decision decision = at(best.pattern(), method, encrypted, caller, met);
        patterns.remove(best.pattern());
        MappingModel.Found second = MappingModel.find(patterns, path, new ArrayList<>());
        if (second != null && at(second.pattern(), method, encrypted, caller, new ArrayList<>()) != decision)
            met.add(Rule.A_LESS_GOOD_PATTERN_WOULD_DECIDE_OTHERWISE);
        return decision;
    }

    private Decision at(
            String pattern, String method, boolean encrypted, @Nullable Caller caller, Collection<Rule> met) {
        List<SecurityConstraint> all = combined(pattern, method, met);
        if (all.isEmpty()) {
            met.add(denyUncovered ? Rule.METHOD_UNCOVERED_AND_DENIED : Rule.METHOD_NOT_CONSTRAINED);
            if (!combined(pattern, method.toUpperCase(java.util.Locale.ROOT), new ArrayList<>())
                    .isEmpty()) met.add(Rule.METHOD_IN_ANOTHER_CASE);
            return denyUncovered ? Decision.FORBIDDEN : Decision.GRANTED;
        }
        if (all.size() > 1) met.add(Rule.SEVERAL_CONSTRAINTS_COMBINED);

        boolean open = all.stream().anyMatch(c -> c.roles() == null);
        boolean unencryptedAccepted = all.stream().anyMatch(c -> !c.confidential());
        if (all.stream().anyMatch(c -> c.roles() != null && c.roles().isEmpty())) {
            met.add(Rule.NO_ROLE_PRECLUDES);
            if (open) met.add(Rule.NO_ROLE_PRECLUDES_THOUGH_ANOTHER_OPENS);
            if (!unencryptedAccepted && !encrypted) met.add(Rule.NO_ROLE_PRECLUDES_BEFORE_ENCRYPTION_IS_ASKED_FOR);
            return Decision.FORBIDDEN;
        }

        if (all.stream().anyMatch(SecurityConstraint::confidential) && unencryptedAccepted && !encrypted)
            met.add(Rule.ENCRYPTION_NEEDED_BUT_NOT_BY_ALL);
        if (!unencryptedAccepted) {
            met.add(encrypted ? Rule.ENCRYPTED_AS_NEEDED : Rule.ENCRYPTION_NEEDED);
            if (!encrypted) return Decision.ENCRYPTION_NEEDED;
        }

        if (open) {
            boolean alone = all.stream().allMatch(c -> c.roles() == null);
            met.add(alone ? Rule.NO_AUTH_CONSTRAINT : Rule.NO_AUTH_CONSTRAINT_OPENS_BESIDE_ROLES);
            return Decision.GRANTED;
        }
        Set<String> permitted = new LinkedHashSet<>();
        boolean anyCaller = false;
        for (SecurityConstraint constraint : all) {
            if (!permitted.isEmpty() && !permitted.containsAll(constraint.roles())) met.add(Rule.ROLES_UNITED);
            for (String role : constraint.roles()) {
                switch (role) {
                    case "**" -> anyCaller = true;
                    case "*" -> {
                        met.add(
                                declaredRoles.isEmpty()
                                        ? Rule.STAR_WITHOUT_DECLARED_ROLES
                                        : Rule.STAR_IS_EVERY_DECLARED_ROLE);
                        permitted.addAll(declaredRoles);
                    }
                    default -> permitted.add(role);
                }
            }
        }
        if (caller == null) {
            met.add(Rule.LOGIN_NEEDED);
            return Decision.LOGIN_NEEDED;
        }
        if (anyCaller) {
            met.add(permitted.isEmpty() ? Rule.TWO_STARS_ARE_ANY_CALLER : Rule.TWO_STARS_BESIDE_ROLES);
            return Decision.GRANTED;
        }
        boolean has = permitted.stream().anyMatch(caller.roles()::contains);
        met.add(has ? Rule.CALLER_HAS_A_ROLE : Rule.CALLER_HAS_NONE_OF_THE_ROLES);
        return has ? Decision.GRANTED : Decision.FORBIDDEN;
    }

    /** §13.8.1: the constraints within which pattern and method occur. */
    private List<SecurityConstraint> combined(String pattern, String method, Collection<Rule> met) {
        List<SecurityConstraint> all = new ArrayList<>();
        for (SecurityConstraint constraint : constraints) {
            boolean occurs = false;
            int here = 0;
            for (ResourceCollection collection : constraint.collections()) {
                if (!collection.patterns().contains(pattern)) continue;
                here++;
                Set<Rule> how = EnumSet.noneOf(Rule.class);
                if (collection.methods().isEmpty() && collection.omitted().isEmpty())
                    how.add(Rule.METHOD_IN_A_COLLECTION_WITHOUT_METHODS);
                if (collection.methods().contains(method)) how.add(Rule.METHOD_NAMED);
                if (!collection.omitted().isEmpty() && !collection.omitted().contains(method))
                    how.add(Rule.METHOD_NOT_OMITTED);
                met.addAll(how);
                occurs |= !how.isEmpty();
            }
            if (here > 1) met.add(Rule.SEVERAL_COLLECTIONS_OF_ONE_CONSTRAINT_AT_ONE_PATTERN);
            if (occurs) all.add(constraint);
        }
        return all;
    }
}
