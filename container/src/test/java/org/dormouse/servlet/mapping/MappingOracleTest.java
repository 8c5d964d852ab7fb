package org.dormouse.servlet.mapping;

import static org.dormouse.Oracle.pick;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.dormouse.Oracle;
import org.dormouse.servlet.mapping.MappingModel.Found;
import org.dormouse.servlet.mapping.MappingModel.Rule;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MappingOracleTest {
    /** @param twice the index of a pattern that a second servlet asks for; -1 for none */
    private record Case(List<String> patterns, int twice, String path) {}

    private static final String[] NAMES = {"a", "a", "b", "ab", "a-b", "a.x", "b.y", "a.b.x", ".x", "x.", "a.X", "a!"};
    private static final String[] EXTENSIONS = {"*.x", "*.y", "*.b"};

    @Test
    void theServletOfAPathIsTheOneThatTheSpecificationSays() {
        var oracle = new Oracle<>("ServletMappings", Rule.class);
        oracle.compare(MappingOracleTest::draw, drawn -> disagreement(drawn, oracle), MappingOracleTest::smaller);
        oracle.everyRuleWasMet();
    }

    private static Case draw(RandomGenerator random) {
        Set<String> patterns = new LinkedHashSet<>();
        for (int i = random.nextInt(8); i > 0; i--) patterns.add(pattern(random));
        int twice = random.nextInt(50) == 0 ? random.nextInt(patterns.size() + 1) - 1 : -1;
        String path = path(random);
        if (random.nextInt(3) == 0 && !patterns.isEmpty()) path = near(patterns, random);
        return new Case(List.copyOf(patterns), twice, path);
    }

    private static String near(Set<String> patterns, RandomGenerator random) {
        String pattern = pick(random, patterns.toArray(String[]::new));
        if (!pattern.contains("*") && random.nextBoolean()) return pattern;
        if (pattern.startsWith("*")) return path(random).replaceFirst("/$", "") + "/" + pattern.substring(1);
        String prefix = pattern.replaceFirst("/\\*?$", "");
        return prefix + pick(random, "", "/", "/a", "/a.x", "/a/b", "/ab");
    }

    private static String pattern(RandomGenerator random) {
        return switch (random.nextInt(9)) {
            case 0, 1 -> path(random);
            case 2, 3, 4 -> random.nextInt(6) == 0 ? "/*" : path(random).replaceFirst("/$", "") + "/*";
            case 5, 6 -> pick(random, EXTENSIONS);
            case 7 -> "/";
            default -> "";
        };
    }

    private static String path(RandomGenerator random) {
        var path = new StringBuilder();
        for (int i = random.nextInt(8) * 3 / 7; i >= 0; i--) path.append('/').append(pick(random, NAMES));
        if (random.nextInt(4) == 0) path.append('/');
        return random.nextInt(12) == 0 ? pick(random, "", "/") : path.toString();
    }

    private static @Nullable String disagreement(Case drawn, Oracle<Rule> oracle) {
        var builder = ServletMappings.<Integer>builder();
        List<String> patterns = drawn.patterns;
        for (int i = 0; i < patterns.size(); i++) builder.add(patterns.get(i), "servlet " + i, i);
        if (drawn.twice >= 0) {
            oracle.meets(Set.of(Rule.REFUSED_TWO_SERVLETS_FOR_ONE_PATTERN));
            try {
                builder.add(patterns.get(drawn.twice), "another servlet", -1);
                return patterns.get(drawn.twice) + " belongs to two servlets";
            } catch (IllegalArgumentException e) {
                return null;
            }
        }
        var met = new ArrayList<Rule>();
        Found wanted = MappingModel.find(patterns, drawn.path, met);
        oracle.meets(met);
        ServletMatch<Integer> match = builder.build().find(drawn.path);
        if (match == null) return wanted == null ? null : "nothing; the model: " + wanted;
        Found found = new Found(
                match.getPattern(),
                match.getMappingMatch(),
                match.servletPath(),
                match.pathInfo(),
                match.getMatchValue());
        if (!found.equals(wanted)) return found + "; the model: " + wanted;
        int index = patterns.indexOf(found.pattern());
        if (match.target() != index || !match.getServletName().equals("servlet " + index))
            return match.getServletName() + " " + match.target() + "; the model: servlet " + index;
        return UrlPattern.of(found.pattern()).matches(drawn.path) ? null : "taken alone the pattern does not match";
    }

    private static List<Case> smaller(Case drawn) {
        List<Case> all = new ArrayList<>();
        if (drawn.twice < 0) {
            for (List<String> fewer : Oracle.without(drawn.patterns)) all.add(new Case(fewer, -1, drawn.path));
            for (List<String> fewer : Oracle.without(List.of(drawn.path.split("(?=/)"))))
                all.add(new Case(drawn.patterns, -1, String.join("", fewer)));
        }
        return all;
    }
}
