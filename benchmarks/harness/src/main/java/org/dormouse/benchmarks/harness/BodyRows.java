package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of one kind of exchange each, under full load: files of several lengths, a coded answer, a body that comes back, requests sent before
 * the ones before them are answered.
 */
final class BodyRows implements Part {
    /**
     * One row.
     *
     * @param name of the row
     * @param options of {@code load/exchange.c}
     */
    record Row(String name, List<String> options) {
        static Row of(String name, String... options) {
            return new Row(name, List.of(options));
        }
    }

    static final List<Row> STATIC = List.of(
            Row.of("1 KiB", "path=/1k.bin", "connections=100"),
            Row.of("100 KiB", "path=/100k.bin", "connections=50"),
            Row.of("10 MiB", "path=/10m.bin", "connections=10"));
    static final List<Row> GZIP =
            List.of(Row.of("JSON of 10 KiB", "path=/json", "field=Accept-Encoding: gzip", "connections=100"));
    static final List<Row> ECHO = List.of(
            Row.of("1 KiB", "path=/echo", "body=1024", "connections=100"),
            Row.of("1 MiB", "path=/echo", "body=1048576", "connections=10"));
    static final List<Row> PIPELINED =
            List.of(Row.of("hello, 16 at a time", "path=/hello", "depth=16", "connections=100"));

    private static final int MAX_WARM_SLICES = 5;

    private final String title;
    private final String text;
    private final List<Row> rows;
    private final Generator generator;
    private final List<RunningServer> servers;
    private final Effort effort;
    private final Samples samples = new Samples();

    BodyRows(
            String title,
            String text,
            List<Row> rows,
            Generator generator,
            List<RunningServer> servers,
            Effort effort) {
        this.title = title;
        this.text = text;
        this.rows = rows;
        this.generator = generator;
        this.servers = servers;
        this.effort = effort;
    }

    @Override
    public void measure() throws IOException, InterruptedException {
        // Each row has code of its own, which is compiled before anything counts.
        for (RunningServer server : servers) WarmUp.untilCompilerRests(server, MAX_WARM_SLICES, () -> warm(server));
        for (int round = 1; round <= effort.rounds(); round++) {
            for (Row row : rows) {
                for (RunningServer server : servers) {
                    Progress.say(
                            "%s, %s, round %d of %d: %s", title, row.name(), round, effort.rounds(), server.name());
                    samples.take(key(row, server), () -> run(row, server, effort.warmOption(), effort.secondsOption()));
                }
            }
        }
    }

    /** All rows, since code that was compiled for the one alone is compiled again in the next. Returns microseconds of the server. */
    private long warm(RunningServer server) throws IOException, InterruptedException {
        double cpu = 0;
        for (Row row : rows) cpu += run(row, server, "warm=0", "seconds=4").value("cpu");
        return (long) cpu;
    }

    private Sample run(Row row, RunningServer server, String... more) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(row.options());
        options.addAll(List.of(more));
        return generator.run(server, options.toArray(String[]::new));
    }

    private static String key(Row row, RunningServer server) {
        return server.name() + ", " + row.name();
    }

    @Override
    public void report(Report report) {
        for (Row row : rows) {
            Table table = new Table(
                    "server",
                    "CPU us/request",
                    "requests/s",
                    "MiB/s of bodies",
                    "bytes of a body",
                    "p50 us",
                    "p99 us",
                    "errors");
            for (RunningServer server : servers) {
                String key = key(row, server);
                table.row(
                        server.name(),
                        samples.median(key, Sample::cpuMicrosPerRequest, 2),
                        samples.throughput(key, 1),
                        samples.median(key, each -> each.value("bytes") / each.value("seconds") / (1 << 20), 1),
                        samples.median(key, each -> each.value("bytes") / each.answered(), 0),
                        samples.median(key, Sample::p50, 0),
                        samples.median(key, Sample::p99, 0),
                        Table.decimal(samples.total(key, Sample::errors), 0));
            }
            report.section(title + ": " + row.name(), text, table);
        }
        report.raw(samples.raw());
    }
}
