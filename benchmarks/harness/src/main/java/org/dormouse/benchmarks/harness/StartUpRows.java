package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From the start of the process to its first answer, in turns. */
final class StartUpRows {
    private final Map<Candidate, double[]> millis = new LinkedHashMap<>();

    void measure(List<Candidate> candidates, int rounds, Path log) throws IOException, InterruptedException {
        for (int round = 0; round < rounds; round++) {
            for (Candidate candidate : candidates) {
                Progress.say("start-up, round %d of %d: %s", round + 1, rounds, candidate.name());
                try (RunningServer server = RunningServer.start(candidate, log)) {
                    millis.computeIfAbsent(candidate, any -> new double[rounds])[round] =
                            server.firstAnswerNanos() / 1e6;
                }
            }
        }
    }

    String table() {
        Table table = new Table("server", "start to first answer, ms (median)", "fastest", "slowest");
        millis.forEach((candidate, values) -> {
            java.util.DoubleSummaryStatistics all =
                    java.util.Arrays.stream(values).summaryStatistics();
            table.row(
                    candidate.name(),
                    Table.decimal(Table.median(values), 0),
                    Table.decimal(all.getMin(), 0),
                    Table.decimal(all.getMax(), 0));
        });
        return table.toString();
    }
}
