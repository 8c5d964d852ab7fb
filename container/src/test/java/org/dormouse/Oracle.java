package org.dormouse;

import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Holds fast code against a naive model of the specification, on random cases, and counts which rules of the model they met: a rule that
 * hardly any case met proves nothing. {@code -Ddormouse.oracle.cases=1000000} draws more cases, {@code -Ddormouse.oracle.seed} others.
 *
 * @param <R> the rules and branches of the model
 */
public final class Oracle<R extends Enum<R>> {
    private static final long SEED = Long.getLong("dormouse.oracle.seed", 20261121);
    private static final int CASES = 300_000;
    private static final int LEAST = 1_000;

    private final String subject;
    private final int cases;
    private final Map<R, long[]> met;

    /** @param subject what is held against its model, for the printed table */
    public Oracle(String subject, Class<R> rules) {
        this(subject, rules, Integer.getInteger("dormouse.oracle.cases", CASES));
    }

    /** @param cases how many to draw, where each takes long */
    public Oracle(String subject, Class<R> rules, int cases) {
        this.subject = subject;
        this.cases = cases;
        met = new EnumMap<>(rules);
        for (R rule : EnumSet.allOf(rules)) met.put(rule, new long[1]);
    }

    /** The model says that its case met {@code rules}. */
    public void meets(Collection<R> rules) {
        for (R rule : rules) met.get(rule)[0]++;
    }

    /**
     * Draws all cases.
     *
     * @param disagreement what the fast code and the model say where they differ; null where they agree
     * @param smaller simpler cases than the given one, to look for the simplest that still disagrees
     */
    public <C> void compare(
            Function<RandomGenerator, C> draw,
            Function<C, @Nullable String> disagreement,
            Function<C, List<C>> smaller) {
        for (int i = 0; i < cases; i++) {
            C drawn = draw.apply(new SplittableRandom(SEED + i * 0x9E3779B97F4A7C15L));
            if (disagreement.apply(drawn) == null) continue;
            C smallest = shrink(drawn, disagreement, smaller);
            throw new AssertionError(visible("%s: case %d of seed %d disagrees with the model: %s%nin short: %s%n%s"
                    .formatted(subject, i, SEED, drawn, smallest, disagreement.apply(smallest))));
        }
    }

    private static String visible(String text) {
        var visible = new StringBuilder();
        for (char c : text.toCharArray()) {
            if (c == '\n' || (c >= ' ' && c <= '~')) visible.append(c);
            else visible.append("\\u%04x".formatted((int) c));
        }
        return visible.toString();
    }

    private static <C> C shrink(C first, Function<C, @Nullable String> disagreement, Function<C, List<C>> smaller) {
        C smallest = first;
        for (boolean shrunk = true; shrunk; ) {
            shrunk = false;
            for (C candidate : smaller.apply(smallest)) {
                if (disagreement.apply(candidate) == null) continue;
                smallest = candidate;
                shrunk = true;
                break;
            }
        }
        return smallest;
    }

    /** Prints how often each rule was met, and fails if one was met by fewer than a thousand cases. */
    public void everyRuleWasMet() {
        everyRuleWasMetBut(Math.max(1, (int) ((long) LEAST * Math.min(cases, CASES) / CASES)), Set.of());
    }

    /** The same, with another least number, and rules that need not be met. */
    public void everyRuleWasMetBut(int least, Set<R> others) {
        var table = new StringBuilder("%s, %,d cases of seed %d:%n".formatted(subject, cases, SEED));
        met.forEach((rule, count) -> table.append("%,12d  %s%n".formatted(count[0], words(rule))));
        System.out.print(table);
        Set<R> rare = EnumSet.copyOf(met.keySet());
        rare.removeIf(rule -> met.get(rule)[0] >= least || others.contains(rule));
        if (!rare.isEmpty()) throw new AssertionError("met by fewer than " + least + " cases: " + rare);
    }

    private static String words(Enum<?> rule) {
        return rule.name().replace('_', ' ').toLowerCase(java.util.Locale.ROOT);
    }

    /** For {@code smaller}: {@code list} without each of its elements in turn. */
    public static <E> List<List<E>> without(List<E> list) {
        return java.util.stream.IntStream.range(0, list.size())
                .mapToObj(i -> {
                    List<E> shorter = new java.util.ArrayList<>(list);
                    shorter.remove(i);
                    return shorter;
                })
                .toList();
    }

    /** One of {@code choices}. */
    @SafeVarargs
    public static <E> E pick(RandomGenerator random, E... choices) {
        return choices[random.nextInt(choices.length)];
    }

    /** Each of {@code choices} with a chance of {@code percent}. */
    @SafeVarargs
    public static <E> Set<E> subset(RandomGenerator random, int percent, E... choices) {
        Set<E> subset = new java.util.LinkedHashSet<>();
        for (E choice : choices) if (random.nextInt(100) < percent) subset.add(choice);
        return subset;
    }
}
