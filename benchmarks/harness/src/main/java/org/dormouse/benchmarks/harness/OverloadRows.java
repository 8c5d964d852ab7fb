package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.util.List;

/** Ten times the load that a server can sustain: what it still gets done, and how long those wait whom it lets in. */
final class OverloadRows implements Part {
    /** A setting that Dormouse is measured with beside its default: a core computes one request at a time. */
    static final List<String> LIMIT = List.of("server.max-requests-in-flight=16");

    private static final String PATH = "path=/work";

    /** Enough to keep a core busy, not so many that a queue forms. */
    private static final int FEW = 8;

    /** Fewer than a server takes on at once, and more. */
    private static final List<Integer> MANY = List.of(1_000, 5_000);

    private final Generator generator;
    private final List<RunningServer> servers;
    private final Effort effort;
    private final Samples samples = new Samples();

    OverloadRows(Generator generator, List<RunningServer> servers, Effort effort) {
        this.generator = generator;
        this.servers = servers;
        this.effort = effort;
    }

    @Override
    public void measure() throws IOException, InterruptedException {
        for (int round = 0; round <= effort.rounds(); round++) { // the first one warms up
            for (RunningServer server : servers) {
                Progress.say("overload, round %d of %d: %s", round, effort.rounds(), server.name());
                Sample best = run(server, "connections=" + FEW);
                Sample unloaded = run(server, "connections=" + FEW, "rate=" + best.perSecond() / 10);
                if (round > 0) {
                    samples.add(best(server), best);
                    samples.add(unloaded(server), unloaded);
                }
                for (int many : MANY) {
                    Sample tenfold = run(server, "connections=" + many, "rate=" + best.perSecond() * 10, "late=skip");
                    if (round > 0) samples.add(tenfold(server, many), tenfold);
                }
            }
        }
    }

    private Sample run(RunningServer server, String... options) throws IOException, InterruptedException {
        List<String> all = new java.util.ArrayList<>(List.of(PATH, effort.secondsOption(), effort.warmOption()));
        all.addAll(List.of(options));
        return generator.run(server, all.toArray(String[]::new));
    }

    private static String best(RunningServer server) {
        return server.name() + ", full load from few connections";
    }

    private static String unloaded(RunningServer server) {
        return server.name() + ", a tenth of that";
    }

    private static String tenfold(RunningServer server, int connections) {
        return server.name() + ", ten times that over " + connections + " connections";
    }

    /** Of what the server answered at all. */
    private static double shareShed(Sample sample) {
        return sample.value("shed") / (sample.value("shed") + sample.answered());
    }

    /** Requests that were due and found their connection still waiting; they were not sent. */
    private static double shareUnsent(Sample sample) {
        double sent = sample.value("shed") + sample.answered() + sample.errors();
        return sample.value("unsent") / (sample.value("unsent") + sent);
    }

    @Override
    public void report(Report report) {
        Table table = new Table(
                "server",
                "connections",
                "best/s",
                "goodput at 10 x",
                "of best",
                "p99 ms unloaded",
                "p99 ms of admitted",
                "answered 503",
                "p99 ms of 503",
                "never sent",
                "errors");
        for (int many : MANY) for (RunningServer server : servers) row(table, server, many);
        report.section(
                "Ten times the sustainable load",
                "A servlet that computes for about a millisecond. Best is what " + FEW
                        + " connections get that ask without pause; then ten times as many requests are due each second, over"
                        + " that many connections. A request that is due while its connection still waits is never sent: what a server neither"
                        + " answers nor turns away shows there.",
                table);
        report.raw(samples.raw());
    }

    private void row(Table table, RunningServer server, int connections) {
        String tenfold = tenfold(server, connections);
        double best = samples.median(best(server), Sample::perSecond);
        double goodput = samples.median(tenfold, Sample::perSecond);
        table.row(
                server.name(),
                Table.decimal(connections, 0),
                Table.decimal(best, 0),
                Table.decimal(goodput, 0),
                percent(goodput / best),
                millis(samples.median(unloaded(server), Sample::p99)),
                millis(samples.median(tenfold, Sample::p99)),
                percent(samples.median(tenfold, OverloadRows::shareShed)),
                millis(samples.median(tenfold, sample -> sample.value("shed_p99"))),
                percent(samples.median(tenfold, OverloadRows::shareUnsent)),
                Table.decimal(samples.total(tenfold, Sample::errors), 0));
    }

    private static String percent(double share) {
        return Table.decimal(share * 100, 0) + " %";
    }

    private static String millis(double micros) {
        return Table.decimal(micros / 1_000, 1);
    }
}
