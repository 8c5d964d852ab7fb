package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The servers under full load and at fixed rates, round by round in turns, so that a slow minute of the machine hits all of them. */
final class HelloRows {
    private static final double FULLY_BUSY = 0.95;

    /** What was measured of one server. */
    private record Rows(RunningServer server, List<Load> full, List<Load> half, List<Load> most) {
        Rows(RunningServer server) {
            this(server, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        String name() {
            return server.candidate().name();
        }
    }

    private final List<Rows> all;
    private final StringBuilder raw = new StringBuilder();
    private int slowest;

    HelloRows(List<RunningServer> servers) {
        all = servers.stream().map(Rows::new).toList();
    }

    void fullLoad(int rounds, int seconds) throws IOException, InterruptedException {
        for (int round = 1; round <= rounds; round++) {
            for (Rows rows : all) {
                Progress.say("full load, round %d of %d: %s", round, rounds, rows.name());
                keep(rows, rows.full(), "full", Load.full(rows.server(), seconds));
            }
        }
    }

    /** At 50 and 80 % of what the slowest servlet container can do, the same number of requests for all. */
    void fixedRates(int rounds, int seconds) throws IOException, InterruptedException {
        slowest = (int) all.stream()
                .filter(rows -> rows.server().candidate().hasEndpoint())
                .mapToDouble(rows -> median(rows.full(), Load::requestsPerSecond))
                .min()
                .orElseThrow();
        for (int round = 1; round <= rounds; round++) {
            for (Rows rows : all) {
                Progress.say("fixed rates, round %d of %d: %s", round, rounds, rows.name());
                keep(rows, rows.half(), "50 %", Load.atRate(rows.server(), slowest / 2, seconds));
                keep(rows, rows.most(), "80 %", Load.atRate(rows.server(), slowest * 4 / 5, seconds));
            }
        }
    }

    private void keep(Rows rows, List<Load> loads, String what, Load load) {
        loads.add(load);
        raw.append("=== ")
                .append(rows.name())
                .append(", ")
                .append(what)
                .append("\n\n")
                .append(load.raw())
                .append('\n');
    }

    String fullLoadTable() throws IOException {
        Table table = new Table(
                "server",
                "CPU us/request",
                "x floor",
                "requests/s",
                "core busy",
                "p50 us",
                "p99 us",
                "errors",
                "threads",
                "resident MiB");
        double floor = median(all.getFirst().full(), Load::cpuMicrosPerRequest);
        for (Rows rows : all) {
            double busy = median(rows.full(), Load::busy);
            String throughput = Table.decimal(median(rows.full(), Load::requestsPerSecond), 0);
            table.row(
                    rows.name(),
                    Table.decimal(median(rows.full(), Load::cpuMicrosPerRequest), 2),
                    Table.decimal(median(rows.full(), Load::cpuMicrosPerRequest) / floor, 2),
                    busy >= FULLY_BUSY ? throughput : "(" + throughput + ")",
                    Table.decimal(busy * 100, 0) + " %",
                    Table.decimal(median(rows.full(), Load::p50Micros), 0),
                    Table.decimal(median(rows.full(), Load::p99Micros), 0),
                    Long.toString(rows.full().stream().mapToLong(Load::errors).sum()),
                    Integer.toString(rows.server().threads()),
                    Table.decimal(rows.server().residentBytes() / 1048576.0, 0));
        }
        return table.toString();
    }

    String fixedRateTable() {
        Table table = new Table(
                "server",
                "p50 us at " + slowest / 2 + "/s",
                "p99 us",
                "rounds",
                "p99.9 us",
                "CPU us/request",
                "p50 us at " + slowest * 4 / 5 + "/s",
                "p99 us",
                "rounds",
                "p99.9 us",
                "CPU us/request",
                "errors");
        for (Rows rows : all) {
            table.row(
                    rows.name(),
                    Table.decimal(median(rows.half(), Load::p50Micros), 0),
                    Table.decimal(median(rows.half(), Load::p99Micros), 0),
                    spread(rows.half(), Load::p99Micros),
                    Table.decimal(median(rows.half(), Load::p999Micros), 0),
                    Table.decimal(median(rows.half(), Load::cpuMicrosPerRequest), 2),
                    Table.decimal(median(rows.most(), Load::p50Micros), 0),
                    Table.decimal(median(rows.most(), Load::p99Micros), 0),
                    spread(rows.most(), Load::p99Micros),
                    Table.decimal(median(rows.most(), Load::p999Micros), 0),
                    Table.decimal(median(rows.most(), Load::cpuMicrosPerRequest), 2),
                    Long.toString(rows.half().stream().mapToLong(Load::errors).sum()
                            + rows.most().stream().mapToLong(Load::errors).sum()));
        }
        return table.toString();
    }

    String chart() {
        BarChart chart = new BarChart("CPU per request, Hello World servlet, one core", "us");
        for (Rows rows : all) {
            chart.bar(rows.name(), median(rows.full(), Load::cpuMicrosPerRequest));
        }
        return chart.toString();
    }

    String raw() {
        return raw.toString();
    }

    private static String spread(List<Load> loads, ToDoubleFunction<Load> figure) {
        var all = loads.stream().mapToDouble(figure).summaryStatistics();
        return Table.decimal(all.getMin(), 0) + " to " + Table.decimal(all.getMax(), 0);
    }

    private static double median(List<Load> loads, ToDoubleFunction<Load> figure) {
        return Table.median(loads.stream().mapToDouble(figure).toArray());
    }
}
