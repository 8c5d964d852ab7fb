package org.dormouse.benchmarks.harness;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What {@code benchmarks/compare} was asked for.
 *
 * @param parts to measure, each of {@link #PARTS}
 * @param only parts of the names of the servers wanted, in lower case; empty: all
 * @param settings KEY=VALUE of docs/configuration.md for one more Dormouse in the part {@code overload}
 * @param rounds in which the servers take turns; 0 for as many as the part has of itself. Not of hello, start and idle
 * @param isQuick hello rows under full load, and no variants with virtual threads
 * @param isSmoke one short round of everything, to see that it runs
 * @param keeps whether the report is written below docs/results
 */
record Options(
        Set<String> parts,
        List<String> only,
        List<String> settings,
        int rounds,
        boolean isQuick,
        boolean isSmoke,
        boolean keeps) {
    /** In the order in which they are measured. */
    static final List<String> PARTS = List.of(
            "hello",
            "connections",
            "idle-mix",
            "blocking",
            "overload",
            "static",
            "gzip",
            "echo",
            "pipelined",
            "stall",
            "two-cores",
            "https",
            "websocket",
            "slow",
            "start",
            "allocation",
            "idle",
            "idle-https",
            "memory",
            "idle-wakeups");

    static final String USAGE =
            "usage: benchmarks/compare [--quick | --all | --parts PART,...] [--only NAME,...] [--keep] [--smoke]"
                    + " [--rounds N] [--set KEY=VALUE ...]\nparts: " + String.join(", ", PARTS)
                    + "; without options: hello, start, idle";

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException with what was not understood
     */
    static Options of(List<String> words) {
        Set<String> parts = Set.of("hello", "start", "idle");
        List<String> only = List.of();
        List<String> settings = new ArrayList<>();
        int rounds = 0;
        boolean isQuick = false;
        boolean isSmoke = false;
        boolean keeps = false;
        for (int i = 0; i < words.size(); i++) {
            switch (words.get(i)) {
                case "--quick" -> {
                    isQuick = true;
                    parts = Set.of("hello");
                }
                case "--all" -> parts = new LinkedHashSet<>(PARTS);
                case "--keep" -> keeps = true;
                case "--smoke" -> isSmoke = true;
                case "--parts" -> parts = partsOf(valueAfter(words, i++));
                case "--only" -> only = listOf(valueAfter(words, i++));
                case "--rounds" -> rounds = roundsOf(valueAfter(words, i++));
                case "--set" -> settings.add(valueAfter(words, i++));
                default -> throw new IllegalArgumentException(words.get(i) + " is no option");
            }
        }
        return new Options(parts, only, settings, rounds, isQuick, isSmoke, keeps || (!isQuick && !isSmoke));
    }

    private static int roundsOf(String value) {
        if (!value.matches("[1-9][0-9]?")) throw new IllegalArgumentException("--rounds " + value + " is not in 1..99");
        return Integer.parseInt(value);
    }

    private static String valueAfter(List<String> words, int index) {
        if (index + 1 == words.size()) throw new IllegalArgumentException(words.get(index) + " needs a value");
        return words.get(index + 1);
    }

    private static Set<String> partsOf(String value) {
        Set<String> parts = new LinkedHashSet<>(listOf(value));
        for (String part : parts) {
            if (!PARTS.contains(part)) throw new IllegalArgumentException(part + " is no part");
        }
        return parts;
    }

    private static List<String> listOf(String words) {
        return List.of(words.toLowerCase(Locale.ROOT).split(",", -1));
    }

    boolean has(String part) {
        return parts.contains(part);
    }

    /** Whether a part was asked for that is measured on servers which run side by side. */
    boolean needsServers() {
        return needsOneCore() || needsTwoCores();
    }

    /** Of those, on one core. */
    boolean needsOneCore() {
        return PARTS.subList(0, PARTS.indexOf("two-cores")).stream().anyMatch(this::has);
    }

    boolean needsTwoCores() {
        return has("stall") || has("two-cores");
    }

    boolean needsGenerator() {
        return (!isQuick && has("hello"))
                || List.of(
                                "connections",
                                "idle-mix",
                                "blocking",
                                "overload",
                                "stall",
                                "two-cores",
                                "slow",
                                "allocation")
                        .stream()
                        .anyMatch(this::has)
                || needsBodies();
    }

    /** Whether a part was asked for whose load is of bodies, or of several requests at a time. */
    boolean needsBodies() {
        return List.of("static", "gzip", "echo", "pipelined").stream().anyMatch(this::has);
    }

    /** How the kept files are called, after the date. */
    String fileName() {
        if (isQuick) return "quick";
        return parts.size() == PARTS.size()
                ? "all"
                : String.join("-", PARTS.stream().filter(this::has).toList());
    }
}
