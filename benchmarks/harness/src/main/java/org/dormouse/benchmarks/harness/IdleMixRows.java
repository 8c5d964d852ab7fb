package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.util.List;

/** Whether connections that say nothing slow down those that do: 2,000 busy ones at a fixed rate, without and with 8,000 idle ones. */
final class IdleMixRows implements Part {
    private static final int BUSY = 2_000;
    private static final int IDLE = 8_000;
    private static final int RATE = 15_000;

    private final Generator generator;
    private final List<RunningServer> servers;
    private final Effort effort;
    private final Samples samples = new Samples();

    IdleMixRows(Generator generator, List<RunningServer> servers, Effort effort) {
        this.generator = generator;
        this.servers = servers;
        this.effort = effort;
    }

    @Override
    public void measure() throws IOException, InterruptedException {
        for (int round = 1; round <= effort.rounds(); round++) {
            for (RunningServer server : servers) {
                Progress.say("80 %% idle, round %d of %d: %s", round, effort.rounds(), server.name());
                for (int idle : new int[] {0, IDLE}) {
                    samples.take(
                            key(server, idle),
                            () -> generator.run(
                                    server,
                                    "connections=" + BUSY,
                                    "rate=" + RATE,
                                    "idle=" + idle,
                                    effort.secondsOption(),
                                    effort.warmOption()));
                }
            }
        }
    }

    private static String key(RunningServer server, int idle) {
        return server.name() + ", " + idle + " idle beside " + BUSY + " busy";
    }

    @Override
    public void report(Report report) {
        Table table = new Table(
                "server",
                "p50 us",
                "with idle ones",
                "p99 us",
                "rounds",
                "with idle ones",
                "rounds",
                "p99.9 us",
                "with idle ones",
                "CPU us/request",
                "with idle ones",
                "errors");
        for (RunningServer server : servers) {
            String without = key(server, 0);
            String with = key(server, IDLE);
            table.row(
                    server.name(),
                    samples.median(without, Sample::p50, 0),
                    samples.median(with, Sample::p50, 0),
                    samples.median(without, Sample::p99, 0),
                    samples.spread(without, Sample::p99, 0),
                    samples.median(with, Sample::p99, 0),
                    samples.spread(with, Sample::p99, 0),
                    samples.median(without, Sample::p999, 0),
                    samples.median(with, Sample::p999, 0),
                    samples.median(without, Sample::cpuMicrosPerRequest, 2),
                    samples.median(with, Sample::cpuMicrosPerRequest, 2),
                    Table.decimal(samples.total(without, Sample::errors) + samples.total(with, Sample::errors), 0));
        }
        report.section(
                "10,000 connections, 80 % of them idle",
                String.format(
                        java.util.Locale.ROOT,
                        "Hello servlet, %,d busy connections at %,d requests/s in all, alone and beside %,d that had one exchange and are"
                                + " silent. Times count from when a request was due.",
                        BUSY,
                        RATE,
                        IDLE),
                table);
        report.raw(samples.raw());
    }
}
