package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The hello servlet over TLS, on kept-alive connections and with a full handshake for each request; round by round in turns. */
final class HttpsRows implements Part {
    private static final String KEPT = "kept-alive connections";
    private static final String HANDSHAKES = "a handshake for each request";
    private static final double FULLY_BUSY = 0.95;
    private static final int WARM_SECONDS = 6;

    /** The arithmetic of curves keeps a compiler busy for ten seconds of its own, on the server's core. */
    private static final int MAX_WARM_SLICES = 15;

    private static final int BARE_WARM_HANDSHAKES = 15_000;

    private static final int BARE_HANDSHAKES = 5_000;

    private final List<RunningServer> servers;
    private final Path keystore;
    private final Effort effort;
    private final boolean isSmoke;
    private final Map<String, List<Load>> loads = new LinkedHashMap<>();
    private final StringBuilder raw = new StringBuilder();

    /**
     * @param servers that listen for HTTPS
     * @param keystore theirs
     */
    HttpsRows(List<RunningServer> servers, Path keystore, Effort effort, boolean isSmoke) {
        this.servers = servers;
        this.keystore = keystore;
        this.effort = effort;
        this.isSmoke = isSmoke;
    }

    /** What the engine takes alone, in microseconds, by what is done. */
    private final Map<String, Double> engine = new HashMap<>();

    @Override
    public void measure() throws IOException, InterruptedException {
        for (RunningServer server : servers) {
            Progress.say("https, warm up: %s", server.name());
            keptAlive(server, isSmoke ? 1 : WARM_SECONDS);
            int seconds = isSmoke ? 1 : WARM_SECONDS;
            double compiling = WarmUp.untilCompilerRests(
                    server,
                    isSmoke ? 1 : MAX_WARM_SLICES,
                    () -> handshakes(server, seconds).cpuMicros());
            Progress.say("https, %s: the compiler had %.1f %% of the last slice", server.name(), 100 * compiling);
        }
        BareEngine bare = new BareEngine(TestKeys.showing(keystore), TestKeys.trustingAnybody());
        engine.put(KEPT, bare.hello(isSmoke ? 1_000 : 300_000));
        engine.put(
                HANDSHAKES, isSmoke ? bare.handshake(100, 100) : bare.handshake(BARE_WARM_HANDSHAKES, BARE_HANDSHAKES));
        for (int round = 1; round <= effort.rounds(); round++) {
            for (RunningServer server : servers) {
                Progress.say("https, round %d of %d: %s", round, effort.rounds(), server.name());
                keep(server, KEPT, keptAlive(server, effort.seconds()));
                keep(server, HANDSHAKES, handshakes(server, effort.seconds()));
            }
        }
    }

    private static Load keptAlive(RunningServer server, int seconds) throws IOException, InterruptedException {
        return Load.full(server, seconds, server.secureUrl("/hello"));
    }

    /** wrk keeps no session, so each of its connections has a full handshake. */
    private static Load handshakes(RunningServer server, int seconds) throws IOException, InterruptedException {
        return Load.full(server, seconds, server.secureUrl("/hello"), "Connection: close");
    }

    private void keep(RunningServer server, String what, Load load) {
        String key = server.name() + ", https, " + what;
        loads.computeIfAbsent(key, any -> new ArrayList<>()).add(load);
        raw.append("=== ").append(key).append("\n\n").append(load.raw()).append('\n');
    }

    @Override
    public void report(Report report) {
        for (String what : List.of(KEPT, HANDSHAKES)) {
            Table table = new Table("server", "CPU us/request", "rounds", "requests/s", "p50 us", "p99 us", "errors");
            table.row(
                    "the JDK's engine alone, in memory",
                    Table.decimal(engine.getOrDefault(what, Double.NaN), 2),
                    "",
                    "",
                    "",
                    "",
                    "");
            for (RunningServer server : servers) {
                String key = server.name() + ", https, " + what;
                String perSecond = Table.decimal(median(key, Load::requestsPerSecond), 0);
                table.row(
                        server.name(),
                        Table.decimal(median(key, Load::cpuMicrosPerRequest), 2),
                        spread(key),
                        median(key, Load::busy) >= FULLY_BUSY ? perSecond : "(" + perSecond + ")",
                        Table.decimal(median(key, Load::p50Micros), 0),
                        Table.decimal(median(key, Load::p99Micros), 0),
                        Long.toString(of(key).stream().mapToLong(Load::errors).sum()));
            }
            report.section(
                    "Hello servlet over TLS 1.3, " + Load.CONNECTIONS + " clients, " + what,
                    "The JDK's engine in every server, a P-256 key, what client (wrk with OpenSSL) and server prefer.",
                    table);
        }
        report.raw(raw.toString());
    }

    private List<Load> of(String key) {
        return loads.getOrDefault(key, List.of());
    }

    private double median(String key, ToDoubleFunction<Load> figure) {
        return Table.median(of(key).stream().mapToDouble(figure).toArray());
    }

    private String spread(String key) {
        var all = of(key).stream().mapToDouble(Load::cpuMicrosPerRequest).summaryStatistics();
        return Table.decimal(all.getMin(), 2) + " to " + Table.decimal(all.getMax(), 2);
    }
}
