package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The servers under full load and at fixed rates, round by round in turns, so that a slow minute of the machine hits all of them. */
final class HelloRows {
    private static final double FULLY_BUSY = 0.95;

    /** What was measured of one server. */
    private record Rows(RunningServer server, List<Load> full) {
        Rows(RunningServer server) {
            this(server, new ArrayList<>());
        }

        String name() {
            return server.candidate().name();
        }
    }

    private final List<Rows> all;
    private final StringBuilder raw = new StringBuilder();
    private final Samples atRates = new Samples();
    private int slowest;

    HelloRows(List<RunningServer> servers) {
        all = servers.stream().map(Rows::new).toList();
    }

    void fullLoad(int rounds, int seconds) throws IOException, InterruptedException {
        for (int round = 1; round <= rounds; round++) {
            for (Rows rows : all) {
                Progress.say("full load, round %d of %d: %s", round, rounds, rows.name());
                keep(rows, "full", Load.full(rows.server(), seconds));
            }
        }
    }

    /** At 50 and 80 % of what the slowest servlet container can do, the same number of requests for all. */
    void fixedRates(Generator generator, int rounds, int seconds) throws IOException, InterruptedException {
        slowest = (int) all.stream()
                .filter(rows -> rows.server().candidate().hasEndpoint())
                .mapToDouble(rows -> median(rows.full(), Load::requestsPerSecond))
                .min()
                .orElseThrow();
        for (int round = 1; round <= rounds; round++) {
            for (Rows rows : all) {
                Progress.say("fixed rates, round %d of %d: %s", round, rounds, rows.name());
                for (int rate : rates()) {
                    atRates.add(
                            key(rows, rate),
                            generator.run(
                                    rows.server(),
                                    "connections=" + Load.CONNECTIONS,
                                    "rate=" + rate,
                                    "seconds=" + seconds,
                                    "warm=0.5"));
                }
            }
        }
    }

    private int[] rates() {
        return new int[] {slowest / 2, slowest * 4 / 5};
    }

    private static String key(Rows rows, int rate) {
        return rows.name() + ", " + rate + " requests/s";
    }

    private void keep(Rows rows, String what, Load load) {
        rows.full().add(load);
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
            List<String> cells = new ArrayList<>(List.of(rows.name()));
            double errors = 0;
            for (int rate : rates()) {
                String key = key(rows, rate);
                cells.add(atRates.median(key, Sample::p50, 0));
                cells.add(atRates.median(key, Sample::p99, 0));
                cells.add(atRates.spread(key, Sample::p99, 0));
                cells.add(atRates.median(key, Sample::p999, 0));
                cells.add(atRates.median(key, Sample::cpuMicrosPerRequest, 2));
                errors += atRates.total(key, Sample::errors);
            }
            cells.add(Table.decimal(errors, 0));
            table.row(cells.toArray(String[]::new));
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
        return raw + atRates.raw();
    }

    private static double median(List<Load> loads, ToDoubleFunction<Load> figure) {
        return Table.median(loads.stream().mapToDouble(figure).toArray());
    }
}
