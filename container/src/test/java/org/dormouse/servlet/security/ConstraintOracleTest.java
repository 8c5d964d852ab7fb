package org.dormouse.servlet.security;

import static org.dormouse.Oracle.pick;
import static org.dormouse.Oracle.subset;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.dormouse.Oracle;
import org.dormouse.identity.Caller;
import org.dormouse.servlet.security.AccessRequirement.Decision;
import org.dormouse.servlet.security.ConstraintModel.Rule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConstraintOracleTest {
    private static final Set<String> ROLES = Set.of("R1", "R2", "R3");
    private static final String[] PATTERNS = {"", "/", "/*", "/a", "/a/*", "/a/b/*", "/a/b", "*.do", "*.jsp", "/a/x.do"
    };
    private static final String[] PATHS = {
        "", "/", "/a", "/a/", "/a/b", "/a/b/c", "/ab", "/x.do", "/a/x.do", "/a/b/x.do", "/z/y.jsp"
    };

    private record Case(
            List<SecurityConstraint> constraints,
            Set<String> declared,
            boolean denyUncovered,
            String path,
            String method,
            boolean encrypted,
            @Nullable Caller caller) {}

    @Test
    void aRequestIsDecidedAboutAsTheSpecificationSaysSentenceBySentence() {
        var oracle = new Oracle<>("SecurityConstraints", Rule.class);
        oracle.compare(ConstraintOracleTest::draw, drawn -> disagreement(drawn, oracle), ConstraintOracleTest::smaller);
        oracle.everyRuleWasMet();
    }

    private static Case draw(RandomGenerator random) {
        List<SecurityConstraint> constraints = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) constraints.add(constraint(random));
        Caller caller = random.nextInt(3) == 0 ? null : new Caller("x", subset(random, 30, "R1", "R2", "R4"));
        return new Case(
                constraints,
                random.nextInt(4) == 0 ? Set.of() : ROLES,
                random.nextInt(4) == 0,
                pick(random, PATHS),
                pick(random, "GET", "POST", "PUT", "HEAD", "get", "BREW"),
                random.nextBoolean(),
                caller);
    }

    private static SecurityConstraint constraint(RandomGenerator random) {
        List<ResourceCollection> collections = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            Set<String> patterns = subset(random, 20, PATTERNS);
            if (patterns.isEmpty()) patterns.add(pick(random, PATTERNS));
            Set<String> methods = subset(random, 40, "GET", "POST", "PUT", "get");
            boolean named = random.nextBoolean();
            boolean all = random.nextInt(3) == 0;
            collections.add(new ResourceCollection(
                    patterns, all || !named ? Set.of() : methods, all || named ? Set.of() : methods));
        }
        Set<String> roles = random.nextInt(4) == 0 ? null : subset(random, 30, "R1", "R2", "R3", "*", "**");
        return new SecurityConstraint(collections, roles, random.nextInt(3) == 0);
    }

    private static @Nullable String disagreement(Case drawn, Oracle<Rule> oracle) {
        Set<Rule> met = EnumSet.noneOf(Rule.class);
        Decision wanted = new ConstraintModel(drawn.constraints, drawn.declared, drawn.denyUncovered)
                .decide(drawn.path, drawn.method, drawn.encrypted, drawn.caller, met);
        oracle.meets(met);
        Decision decision = SecurityConstraints.of(drawn.constraints, drawn.declared, drawn.denyUncovered)
                .find(drawn.path, drawn.method)
                .decide(drawn.encrypted, drawn.caller);
        return decision == wanted ? null : decision + "; the model: " + wanted + " by " + met;
    }

    private static List<Case> smaller(Case drawn) {
        List<List<SecurityConstraint>> fewer = new ArrayList<>(Oracle.without(drawn.constraints));
        for (int i = 0; i < drawn.constraints.size(); i++) {
            SecurityConstraint constraint = drawn.constraints.get(i);
            if (constraint.collections().size() == 1) continue;
            for (List<ResourceCollection> collections : Oracle.without(constraint.collections())) {
                List<SecurityConstraint> changed = new ArrayList<>(drawn.constraints);
                changed.set(i, new SecurityConstraint(collections, constraint.roles(), constraint.confidential()));
                fewer.add(changed);
            }
        }
        return fewer.stream()
                .map(constraints -> new Case(
                        constraints,
                        drawn.declared,
                        drawn.denyUncovered,
                        drawn.path,
                        drawn.method,
                        drawn.encrypted,
                        drawn.caller))
                .toList();
    }
}
