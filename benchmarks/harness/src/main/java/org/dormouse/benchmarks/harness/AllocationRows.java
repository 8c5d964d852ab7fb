package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a hello request allocates: all objects in the heap, garbage included, before and after a load during which nothing was collected,
 * divided by the requests.
 */
final class AllocationRows {
    private static final String[] HEAP = {"-Xms3g", "-Xmx3g", "-Xmn2g"};
    private static final int RATE = 15_000;
    private static final double SHOWN = 1; // bytes a request; less is the rest of the JVM

    private final Generator generator;
    private final List<Candidate> candidates;
    private final Effort effort;
    private final Table table = new Table("server", "bytes/request", "objects/request", "most of it");
    private final StringBuilder details = new StringBuilder();

    AllocationRows(Generator generator, List<Candidate> candidates, Effort effort) {
        this.generator = generator;
        this.candidates = candidates;
        this.effort = effort;
    }

    void measure(Path log) throws IOException, InterruptedException {
        for (Candidate candidate : candidates) {
            Progress.say("allocation: %s", candidate.name());
            try (RunningServer server = RunningServer.start(candidate.withJvmFlags(HEAP), log)) {
                WarmUp.until(server, 10);
                Tool.run(Tool.ofJdk("jcmd"), Long.toString(server.pid()), "GC.run");
                long collections = server.collections();
                Histogram before = Histogram.ofAllObjects(server);
                Sample sample =
                        generator.run(server, "rate=" + RATE, effort.secondsOption(), "warm=0", "connections=100");
                Histogram after = Histogram.ofAllObjects(server);
                if (server.collections() != collections) {
                    throw new IOException(candidate.name() + " collected meanwhile; its garbage cannot be counted");
                }
                row(candidate, after.since(before, sample.answered() + 100)); // each connection began with a request
            }
        }
    }

    private void row(Candidate candidate, List<Histogram.Line> lines) {
        List<Histogram.Line> shown =
                lines.stream().filter(line -> line.bytes() >= SHOWN).toList();
        double bytes = shown.stream().mapToDouble(Histogram.Line::bytes).sum();
        double objects = shown.stream().mapToDouble(Histogram.Line::count).sum();
        List<String> most = new ArrayList<>();
        for (Histogram.Line line : shown.subList(0, Math.min(3, shown.size()))) {
            most.add(line.type() + " " + Table.decimal(line.bytes(), 0));
        }
        table.row(candidate.name(), Table.decimal(bytes, 0), Table.decimal(objects, 1), String.join(", ", most));
        if (candidate.name().equals(Candidates.LOOP)) {
            Table classes = new Table("class", "objects/request", "bytes/request");
            for (Histogram.Line line : shown) {
                classes.row(line.type(), Table.decimal(line.count(), 2), Table.decimal(line.bytes(), 1));
            }
            details.append('\n')
                    .append(candidate.name())
                    .append(", class by class:\n\n")
                    .append(classes);
        }
    }

    void report(Report report) {
        report.section(
                "What a hello request allocates",
                String.format(
                        Locale.ROOT,
                        "All objects of the heap, garbage included (`jcmd GC.class_histogram -all`), before and after %,d requests/s on 100"
                                + " connections, with a young generation so large (`%s`) that nothing is collected meanwhile; warm, so"
                                + " what the compiler puts on the stack is not among them. Classes with less than a byte a request are"
                                + " left out.",
                        RATE,
                        String.join(" ", HEAP)),
                table + details.toString());
    }
}
