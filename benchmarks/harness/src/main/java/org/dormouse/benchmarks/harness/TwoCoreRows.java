package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.util.List;

/** The hello servlet on two cores, which server and load share. */
final class TwoCoreRows implements Part {
    private final Generator generator;
    private final List<RunningServer> servers;
    private final Effort effort;
    private final Samples samples = new Samples();

    TwoCoreRows(Generator generator, List<RunningServer> servers, Effort effort) {
        this.generator = generator;
        this.servers = servers;
        this.effort = effort;
    }

    @Override
    public void measure() throws IOException, InterruptedException {
        for (int round = 1; round <= effort.rounds(); round++) {
            for (RunningServer server : servers) {
                Progress.say("two cores, round %d of %d: %s", round, effort.rounds(), server.name());
                samples.add(
                        server.name(),
                        generator.runOnCoresOf(
                                server,
                                "connections=" + Load.CONNECTIONS,
                                effort.secondsOption(),
                                effort.warmOption()));
            }
        }
    }

    @Override
    public void report(Report report) {
        Table table = new Table(
                "server",
                "CPU us/request",
                "requests/s",
                "rounds",
                "server's share of two cores",
                "generator's",
                "p99 us",
                "errors");
        for (RunningServer server : servers) {
            String key = server.name();
            table.row(
                    key,
                    samples.median(key, Sample::cpuMicrosPerRequest, 2),
                    samples.median(key, Sample::perSecond, 0),
                    samples.spread(key, Sample::perSecond, 0),
                    share(key, "cpu"),
                    share(key, "own_cpu"),
                    samples.median(key, Sample::p99, 0),
                    Table.decimal(samples.total(key, Sample::errors), 0));
        }
        report.section(
                "Hello servlet, two loops on two cores, " + Load.CONNECTIONS + " connections, full load",
                "Server and generator share both cores, the generator goes first (nice -10 where allowed). Nothing is claimed beyond two"
                        + " cores.",
                table);
        report.raw(samples.raw());
    }

    private String share(String key, String micros) {
        double busy = samples.median(key, sample -> sample.value(micros) / (sample.value("seconds") * 1_000_000));
        return Table.decimal(busy / 2 * 100, 0) + " %";
    }
}
