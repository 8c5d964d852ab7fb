package org.dormouse.benchmarks.harness;

import java.util.Map;

/** How long a comparison takes: said before it begins. */
final class Plan {
    private static final int SECONDS_TO_WARM_UP = 9; // one server, more or less
    private static final int TWO_CORE_SERVERS = 6;
    private static final int STALL_SERVERS = 6;

    private final Options options;
    private final Effort effort;

    Plan(Options options, Effort effort) {
        this.options = options;
        this.effort = effort;
    }

    /** Minutes, rounded up, if {@code servers} are compared on one core. */
    long minutes(int servers) {
        Map<String, Double> seconds = Map.ofEntries(
                Map.entry("hello", options.isQuick() ? servers * 3 * 3.5 : servers * (5 * 4.5 + 5 * 2 * 4.0)),
                Map.entry("connections", effort.rounds() * (runs(servers * 4 + 2) + servers)),
                Map.entry("idle-mix", effort.rounds() * (runs(servers * 2) + servers)),
                Map.entry("blocking", (effort.rounds() + 1) * runs(servers * 2)),
                Map.entry("overload", 20 + (effort.rounds() + 1) * runs((servers + 1) * 4)),
                Map.entry("static", (effort.rounds() + 1.0) * runs((servers + 1) * 3)),
                Map.entry("gzip", servers * (double) SECONDS_TO_WARM_UP + (effort.rounds() + 1.0) * runs(servers)),
                Map.entry("echo", (effort.rounds() + 1.0) * runs(servers * 2)),
                Map.entry("pipelined", (effort.rounds() + 1.0) * runs(servers)),
                Map.entry("stall", effort.rounds() * runs(STALL_SERVERS * 16)),
                Map.entry("two-cores", effort.rounds() * runs(TWO_CORE_SERVERS)),
                Map.entry("start", servers * 9 * 1.0),
                Map.entry("allocation", 5 * 20.0),
                Map.entry("idle", servers * 2 * 13.0),
                Map.entry("https", 30 + 4 * (SECONDS_TO_WARM_UP + 30.0 + effort.rounds() * 2 * effort.seconds())),
                Map.entry(
                        "websocket", 7 * (SECONDS_TO_WARM_UP + 12 * (effort.rounds() + 1) * (effort.seconds() + 2.0))),
                Map.entry("slow", 4 * (SECONDS_TO_WARM_UP + 4 * 24.0)),
                Map.entry("idle-https", 4 * 2 * 15.0),
                Map.entry("memory", 9 * 16.0),
                Map.entry("idle-wakeups", 60.0));
        double all = 0;
        for (String part : options.parts()) all += seconds.getOrDefault(part, 0.0) / (options.isSmoke() ? 3 : 1);
        if (options.needsOneCore()) all += servers * SECONDS_TO_WARM_UP;
        if (options.needsTwoCores()) all += TWO_CORE_SERVERS * SECONDS_TO_WARM_UP;
        return (long) Math.ceil(all / 60);
    }

    private double runs(int count) {
        return count * (effort.seconds() + effort.warmSeconds() + 0.3);
    }
}
