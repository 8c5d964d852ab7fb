package org.dormouse.servlet.mapping;

import jakarta.servlet.http.MappingMatch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Servlet 6.1 chapter 12, the path elements of §3.6 and {@code HttpServletMapping}, slow and literal. */
public final class MappingModel {
    /** What can happen to a path below its context. */
    public enum Rule {
        EXACT,
        EXACT_THOUGH_A_PREFIX_MATCHES,
        EXACT_WITH_A_SLASH_AT_ITS_END,
        CONTEXT_ROOT_WITHOUT_A_SLASH,
        CONTEXT_ROOT_WITH_A_SLASH,
        CONTEXT_ROOT_THOUGH_EVERYTHING_MATCHES,
        PREFIX_ITSELF,
        PREFIX_WITH_A_SLASH,
        PREFIX_ONE_STEP_UP,
        PREFIX_SEVERAL_STEPS_UP,
        PREFIX_OF_EVERYTHING,
        THE_LONGEST_OF_SEVERAL_PREFIXES,
        PREFIX_THOUGH_AN_EXTENSION_MATCHES,
        NO_PREFIX_BY_HALF_A_SEGMENT,
        EXTENSION,
        EXTENSION_OF_A_NAME_WITH_SEVERAL_DOTS,
        EXTENSION_OF_A_NAME_THAT_IS_NOTHING_ELSE,
        EXTENSION_THOUGH_THERE_IS_A_DEFAULT,
        NO_EXTENSION_OF_A_FOLDER,
        NO_EXTENSION_IN_ANOTHER_CASE,
        DEFAULT,
        DEFAULT_FOR_THE_ROOT,
        NOTHING,
        REFUSED_TWO_SERVLETS_FOR_ONE_PATTERN
    }

    /** @param pathInfo null where there is no extra path */
    public record Found(
            String pattern,
            MappingMatch kind,
            String servletPath,
            @Nullable String pathInfo,
            String matchValue) {}

    private final Collection<String> patterns;
    private final String path;
    private final Set<Rule> met = EnumSet.noneOf(Rule.class);

    private MappingModel(Collection<String> patterns, String path) {
        this.patterns = patterns;
        this.path = path;
    }

    /**
     * @param path canonical, below the context path
     * @param met where the rules go that had a say
     * @return null where nothing matches
     */
    public static @Nullable Found find(Collection<String> patterns, String path, Collection<Rule> met) {
        var model = new MappingModel(patterns, path);
        Found found = model.find();
        met.addAll(model.met);
        return found;
    }

    private @Nullable Found find() {
        List<String> prefixes = matchingPrefixes();
        String extension = matchingExtension();

        // Rule 1. The empty pattern "exactly maps to the application's context root", with or without its slash.
        boolean root = path.isEmpty() || path.equals("/");
        if (root && patterns.contains("")) {
            met.add(path.isEmpty() ? Rule.CONTEXT_ROOT_WITHOUT_A_SLASH : Rule.CONTEXT_ROOT_WITH_A_SLASH);
            if (!prefixes.isEmpty()) met.add(Rule.CONTEXT_ROOT_THOUGH_EVERYTHING_MATCHES);
            return new Found("", MappingMatch.CONTEXT_ROOT, "", "/", "");
        }
        for (String pattern : patterns) {
            if (!isExact(pattern) || !pattern.equals(path)) continue;
            met.add(path.endsWith("/") ? Rule.EXACT_WITH_A_SLASH_AT_ITS_END : Rule.EXACT);
            if (!prefixes.isEmpty()) met.add(Rule.EXACT_THOUGH_A_PREFIX_MATCHES);
            return new Found(pattern, MappingMatch.EXACT, path, null, path.substring(1));
        }

        // Rule 2, the longest first.
        if (!prefixes.isEmpty()) {
            String pattern = prefixes.getFirst();
            String prefix = pattern.substring(0, pattern.length() - 2);
            String rest = path.substring(prefix.length());
            met.add(stepsUp(prefix, rest));
            if (prefixes.size() > 1) met.add(Rule.THE_LONGEST_OF_SEVERAL_PREFIXES);
            if (extension != null) met.add(Rule.PREFIX_THOUGH_AN_EXTENSION_MATCHES);
            return new Found(
                    pattern,
                    MappingMatch.PATH,
                    prefix,
                    rest.isEmpty() ? null : rest,
                    rest.isEmpty() ? "" : rest.substring(1));
        }
        if (halfASegmentFits()) met.add(Rule.NO_PREFIX_BY_HALF_A_SEGMENT);

        // Rule 3.
        if (extension != null) {
            String name = lastSegment();
            boolean bare = name.equals("." + extension);
            boolean severalDots = name.indexOf('.') != name.lastIndexOf('.');
            if (bare) met.add(Rule.EXTENSION_OF_A_NAME_THAT_IS_NOTHING_ELSE);
            else met.add(severalDots ? Rule.EXTENSION_OF_A_NAME_WITH_SEVERAL_DOTS : Rule.EXTENSION);
            if (patterns.contains("/")) met.add(Rule.EXTENSION_THOUGH_THERE_IS_A_DEFAULT);
            String value = path.substring(1, path.length() - extension.length() - 1);
            return new Found("*." + extension, MappingMatch.EXTENSION, path, null, value);
        }
        if (patterns.stream().anyMatch(p -> p.startsWith("*.") && path.endsWith(p.substring(1) + "/")))
            met.add(Rule.NO_EXTENSION_OF_A_FOLDER);
        if (patterns.stream()
                .anyMatch(p -> p.startsWith("*.") && lastSegment().toLowerCase().endsWith(p.substring(1))))
            met.add(Rule.NO_EXTENSION_IN_ANOTHER_CASE);

        // Rule 4.
        if (patterns.contains("/")) {
            met.add(root ? Rule.DEFAULT_FOR_THE_ROOT : Rule.DEFAULT);
            return new Found("/", MappingMatch.DEFAULT, path, null, "");
        }
        met.add(Rule.NOTHING);
        return null;
    }

    private static boolean isExact(String pattern) {
        return !pattern.isEmpty() && !pattern.equals("/") && !pattern.endsWith("/*") && !pattern.startsWith("*.");
    }

    private List<String> matchingPrefixes() {
        List<String> all = new ArrayList<>();
        for (String pattern : patterns) {
            if (!pattern.startsWith("/") || !pattern.endsWith("/*")) continue;
            String prefix = pattern.substring(0, pattern.length() - 2);
            if (path.equals(prefix) || path.startsWith(prefix + "/")) all.add(pattern);
        }
        all.sort(Comparator.comparing(String::length).reversed());
        return all;
    }

    private static Rule stepsUp(String prefix, String rest) {
        if (prefix.isEmpty()) return Rule.PREFIX_OF_EVERYTHING;
        if (rest.isEmpty()) return Rule.PREFIX_ITSELF;
        if (rest.equals("/")) return Rule.PREFIX_WITH_A_SLASH;
        return rest.indexOf('/', 1) < 0 ? Rule.PREFIX_ONE_STEP_UP : Rule.PREFIX_SEVERAL_STEPS_UP;
    }

    private boolean halfASegmentFits() {
        return patterns.stream()
                .anyMatch(p -> p.endsWith("/*") && p.length() > 2 && path.startsWith(p.substring(0, p.length() - 2)));
    }

    private String lastSegment() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private @Nullable String matchingExtension() {
        String name = lastSegment();
        if (!name.contains(".")) return null;
        String extension = name.substring(name.lastIndexOf('.') + 1);
        return patterns.contains("*." + extension) ? extension : null;
    }
}
