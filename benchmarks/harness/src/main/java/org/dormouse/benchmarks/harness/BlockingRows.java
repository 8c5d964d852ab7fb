package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Servlets that wait 20 ms: a sleep, and a query of an embedded database, 1,000 requests at a time. */
final class BlockingRows implements Part {
    private static final int CONCURRENT = 1_000;
    private static final List<String> PATHS = List.of("/pause", "/query");

    private final Generator generator;
    private final List<RunningServer> servers;
    private final Effort effort;
    private final Samples samples = new Samples();

    BlockingRows(Generator generator, List<RunningServer> servers, Effort effort) {
        this.generator = generator;
        this.servers = servers;
        this.effort = effort;
    }

    @Override
    public void measure() throws IOException, InterruptedException {
        for (int round = 0; round <= effort.rounds(); round++) { // the first one warms up
            for (String path : PATHS) {
                for (RunningServer server : servers) {
                    Progress.say("blocking, %s, round %d of %d: %s", path, round, effort.rounds(), server.name());
                    Sample sample = generator.run(
                            server,
                            "path=" + path,
                            "connections=" + CONCURRENT,
                            effort.secondsOption(),
                            effort.warmOption());
                    if (round > 0) samples.add(key(server, path), sample);
                }
            }
        }
    }

    private static String key(RunningServer server, String path) {
        return server.name() + ", " + path;
    }

    @Override
    public void report(Report report) {
        for (String path : PATHS) {
            Table table =
                    new Table("server", "requests/s", "p50 ms", "p99 ms", "CPU us/request", "core busy", "errors");
            for (RunningServer server : servers) {
                String key = key(server, path);
                table.row(
                        server.name(),
                        samples.median(key, Sample::perSecond, 0),
                        Table.decimal(samples.median(key, Sample::p50) / 1_000, 1),
                        Table.decimal(samples.median(key, Sample::p99) / 1_000, 1),
                        samples.median(key, Sample::cpuMicrosPerRequest, 2),
                        Table.decimal(samples.median(key, Sample::busy) * 100, 0) + " %",
                        Table.decimal(samples.total(key, Sample::errors), 0));
            }
            report.section(
                    path.equals("/pause")
                            ? "A servlet that sleeps 20 ms"
                            : "A servlet whose JDBC query waits 20 ms (embedded H2, a pool of 1,000 connections)",
                    String.format(
                            Locale.ROOT,
                            "%,d requests at a time: no server can do more than 50,000 a second. Platform threads are at each server's"
                                    + " own default number.",
                            CONCURRENT),
                    table);
        }
        report.raw(samples.raw());
    }
}
