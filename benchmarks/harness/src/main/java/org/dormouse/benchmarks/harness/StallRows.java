package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What requests that keep their thread for 50 ms do to the others: 200 connections at 5,000 requests/s beside them. */
final class StallRows implements Part {
    /** How the thread is kept, and how the tables say it. */
    private static final Map<String, String> KINDS = new java.util.TreeMap<>(Map.of(
            "spin", "a servlet that computes for 50 ms",
            "native", "a servlet that waits 50 ms in a C function",
            "monitor", "a servlet that sleeps 50 ms and holds a monitor that the others of its kind want",
            "file", "a servlet that reads from a FIFO a byte that comes every 50 ms",
            "class", "a servlet that waits 50 ms for the initialiser of a new class"));

    private static final int OTHERS = 200;
    private static final int RATE = 5_000;

    /** One per loop, where that is known, then so many. */
    private static final int ONE_EACH = 0;

    private static final int[] CULPRITS = {ONE_EACH, 16, 64};

    private final Generator generator;
    private final List<RunningServer> servers;
    private final Effort effort;
    private final Samples samples = new Samples();

    StallRows(Generator generator, List<RunningServer> servers, Effort effort) {
        this.generator = generator;
        this.servers = servers;
        this.effort = effort;
    }

    @Override
    public void measure() throws IOException, InterruptedException {
        for (int round = 1; round <= effort.rounds(); round++) {
            for (RunningServer server : servers) run(undisturbed(server), server, round);
            for (String kind : KINDS.keySet()) {
                for (int culprits : CULPRITS) {
                    for (RunningServer server : servers) {
                        int count = culprits == ONE_EACH ? server.candidate().coreCount() : culprits;
                        run(
                                key(server, kind, culprits),
                                server,
                                round,
                                "culprits=" + count,
                                "culprit=/stall?kind=" + kind + "&slot=%d",
                                culprits == ONE_EACH ? "apart=/where" : "apart=");
                    }
                }
            }
        }
    }

    private void run(String key, RunningServer server, int round, String... culprits)
            throws IOException, InterruptedException {
        Progress.say("stall, round %d of %d: %s", round, effort.rounds(), key);
        List<String> options = new java.util.ArrayList<>(
                List.of("connections=" + OTHERS, "rate=" + RATE, effort.secondsOption(), effort.warmOption()));
        options.addAll(List.of(culprits));
        String[] all = options.toArray(String[]::new);
        samples.take(
                key,
                () -> server.candidate().coreCount() == 1
                        ? generator.run(server, all)
                        : generator.runOnCoresOf(server, all));
    }

    /** Dormouse, and the container that others are held against, with and without virtual threads. */
    static boolean isWanted(Candidate candidate) {
        return candidate.name().startsWith(Candidates.LOOP) || candidate.name().startsWith("Tomcat");
    }

    private static String undisturbed(RunningServer server) {
        return server.name() + ", nobody stalls";
    }

    private static String key(RunningServer server, String kind, int culprits) {
        return server.name() + ", " + kind + ", " + (culprits == ONE_EACH ? "one per core" : culprits + " at once");
    }

    @Override
    public void report(Report report) {
        Table calm = table();
        for (RunningServer server : servers) row(calm, server.name(), "none", undisturbed(server));
        report.section(
                "Stalled requests: none, for comparison",
                "Here and below: " + OTHERS + " connections ask for hello at "
                        + String.format(java.util.Locale.ROOT, "%,d", RATE)
                        + " requests/s in all; times are theirs and count from when a request was due. Stalls/s: how many of the others"
                        + " ended. A server on two cores shares them with the generator, which goes first (nice -10 where allowed).",
                calm);
        KINDS.forEach((kind, words) -> {
            Table table = table();
            for (int culprits : CULPRITS) {
                for (RunningServer server : servers) {
                    String count = culprits == ONE_EACH ? "1 per core" : Integer.toString(culprits);
                    row(table, server.name(), count, key(server, kind, culprits));
                }
            }
            report.section("Stalled requests: " + words, "", table);
        });
        report.raw(samples.raw());
    }

    private static Table table() {
        return new Table("server", "stalling", "p50 us", "p99 us", "rounds", "p99.9 us", "stalls/s", "errors");
    }

    private void row(Table table, String name, String culprits, String key) {
        table.row(
                name,
                culprits,
                samples.median(key, Sample::p50, 0),
                samples.median(key, Sample::p99, 0),
                samples.spread(key, Sample::p99, 0),
                samples.median(key, Sample::p999, 0),
                samples.median(key, sample -> sample.value("culprits") / sample.value("seconds"), 0),
                Table.decimal(samples.total(key, Sample::errors), 0));
    }
}
