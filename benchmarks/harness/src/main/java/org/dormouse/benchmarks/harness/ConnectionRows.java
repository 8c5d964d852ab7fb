package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The hello servlet under full load from few connections and from many. */
final class ConnectionRows implements Part {
    private static final int[] COUNTS = {10, 100, 1_000, 10_000};

    /** What one process may have open is 20,000 here. */
    private static final int MOST = 19_000;

    private final Generator generator;
    private final List<RunningServer> servers;
    private final Effort effort;
    private final Samples samples = new Samples();

    ConnectionRows(Generator generator, List<RunningServer> servers, Effort effort) {
        this.generator = generator;
        this.servers = servers;
        this.effort = effort;
    }

    @Override
    public void measure() throws IOException, InterruptedException {
        for (int round = 1; round <= effort.rounds(); round++) {
            for (int count : COUNTS) {
                for (RunningServer server : servers) measure(server, count, round);
            }
            for (RunningServer server : servers) if (goesToTheEnd(server)) measure(server, MOST, round);
        }
    }

    private static boolean goesToTheEnd(RunningServer server) {
        return server.candidate().isFloor() || server.candidate().name().equals(Candidates.LOOP);
    }

    private void measure(RunningServer server, int count, int round) throws IOException, InterruptedException {
        Progress.say("%,d connections, round %d of %d: %s", count, round, effort.rounds(), server.name());
        samples.take(
                key(server, count),
                () -> generator.run(server, "connections=" + count, effort.secondsOption(), effort.warmOption()));
    }

    private static String key(RunningServer server, int count) {
        return server.name() + ", " + count + " connections";
    }

    @Override
    public void report(Report report) {
        report.section(
                "Hello servlet, 10 to 10,000 connections, full load: CPU us per request",
                "Growth is from 100 to 10,000 connections. The last column takes the growth of the C loop, in microseconds, off the"
                        + " figure at 10,000 first: what remains is the server's own.",
                cpuTable());
        report.section(
                "Hello servlet, 10 to 10,000 connections, full load: requests/s",
                "In brackets where the server used less than 95 % of its core.",
                throughputTable());
        report.section("Hello servlet, 19,000 connections, full load", "", mostTable());
        report.raw(samples.raw());
    }

    private double cpu(RunningServer server, int count) {
        return samples.median(key(server, count), Sample::cpuMicrosPerRequest);
    }

    private Table cpuTable() {
        Table table = new Table("server", "10", "100", "1,000", "10,000", "growth", "without the C loop's");
        double growthOfFloor = servers.stream()
                .filter(each -> each.candidate().isFloor())
                .mapToDouble(floor -> cpu(floor, 10_000) - cpu(floor, 100))
                .findFirst()
                .orElse(Double.NaN);
        for (RunningServer server : servers) {
            List<String> cells = new ArrayList<>(List.of(server.name()));
            for (int count : COUNTS) cells.add(Table.decimal(cpu(server, count), 2));
            cells.add(Table.decimal(cpu(server, 10_000) / cpu(server, 100), 2));
            cells.add(Table.decimal((cpu(server, 10_000) - growthOfFloor) / cpu(server, 100), 2));
            table.row(cells.toArray(String[]::new));
        }
        return table;
    }

    private Table throughputTable() {
        Table table = new Table("server", "10", "100", "1,000", "10,000", "p99 us at 10,000", "errors");
        for (RunningServer server : servers) {
            List<String> cells = new ArrayList<>(List.of(server.name()));
            double errors = 0;
            for (int count : COUNTS) {
                cells.add(samples.throughput(key(server, count), 1));
                errors += samples.total(key(server, count), Sample::errors);
            }
            cells.add(samples.median(key(server, 10_000), Sample::p99, 0));
            cells.add(Table.decimal(errors, 0));
            table.row(cells.toArray(String[]::new));
        }
        return table;
    }

    private Table mostTable() {
        Table table = new Table("server", "CPU us/request", "x that at 100", "requests/s", "p99 us", "errors");
        for (RunningServer server : servers) {
            if (!goesToTheEnd(server)) continue;
            String key = key(server, MOST);
            table.row(
                    server.name(),
                    samples.median(key, Sample::cpuMicrosPerRequest, 2),
                    Table.decimal(cpu(server, MOST) / cpu(server, 100), 2),
                    samples.throughput(key, 1),
                    samples.median(key, Sample::p99, 0),
                    Table.decimal(samples.total(key, Sample::errors), 0));
        }
        return table;
    }
}
