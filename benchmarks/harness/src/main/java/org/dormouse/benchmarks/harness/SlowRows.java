package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What others notice of clients that take their time on purpose: a steady load of hello, alone and beside 1,000 connections of
 * {@code slowhttptest}; and what such connections take of the memory. Each server runs alone, on core 0; load and attack share core 1.
 */
final class SlowRows implements Part {
    /**
     * One kind of attack.
     *
     * @param name of the table
     * @param path that is asked for
     * @param options of slowhttptest
     */
    private record Attack(String name, String path, List<String> options) {}

    private static final List<Attack> ATTACKS = List.of(
            new Attack("Slow heads", "/hello", List.of("-H", "-i", "3", "-x", "24")),
            new Attack("Slow bodies", "/echo", List.of("-B", "-i", "3", "-s", "8192", "-x", "10")),
            new Attack("Slow readers", "/10m.bin", List.of("-X", "-w", "512", "-y", "1024", "-n", "5", "-z", "32")),
            new Attack("Ranges", "/100k.bin", List.of("-R", "-a", "5", "-b", "3000")));

    private static final int MOST_SECONDS = 60; // of an attack, whatever happens to this process
    private static final int CONNECTIONS_A_SECOND = 500;
    private static final int RATE = 2_000;
    private static final String[] LOAD = {"connections=50", "rate=" + RATE, "warm=1"};
    private static final double MEBIBYTE = 1 << 20;

    private final List<Candidate> candidates;
    private final Generator generator;
    private final Path log;
    private final int connections;
    private final int warmSlices;
    private final String seconds;
    private final List<Table> tables = new ArrayList<>();
    private final StringBuilder raw = new StringBuilder();

    SlowRows(List<Candidate> candidates, Generator generator, Path log, boolean isSmoke) {
        this.candidates = candidates;
        this.generator = generator;
        this.log = log;
        this.connections = isSmoke ? 100 : 1_000;
        this.warmSlices = isSmoke ? 1 : 4;
        this.seconds = "seconds=" + (isSmoke ? 2 : 5);
        for (int i = 0; i < ATTACKS.size(); i++) {
            tables.add(new Table(
                    "server",
                    "p99 us alone",
                    "p99 us beside it",
                    "p99.9 us alone",
                    "p99.9 us beside it",
                    "errors",
                    "attackers at the end",
                    "live heap MiB before",
                    "beside it",
                    "after",
                    "resident MiB before",
                    "beside it",
                    "after"));
        }
    }

    @Override
    public void measure() throws IOException, InterruptedException {
        for (Candidate candidate : candidates) {
            try (RunningServer server = RunningServer.start(candidate.withJvmFlags("-XX:+AlwaysPreTouch"), log)) {
                WarmUp.until(server, warmSlices);
                for (int i = 0; i < ATTACKS.size(); i++) measure(server, ATTACKS.get(i), tables.get(i));
            }
        }
    }

    private void measure(RunningServer server, Attack attack, Table table) throws IOException, InterruptedException {
        Progress.say("%s, %,d connections: %s", attack.name(), connections, server.name());
        Sample alone = load(server, attack, "alone");
        Memory before = Memory.of(server);
        Process attackers = start(server, attack);
        Sample beside;
        int left;
        Memory meanwhile;
        try {
            awaitSockets(attackers.pid());
            beside = loadBeside(server, attack);
            left = RunningServer.sockets(attackers.pid());
            meanwhile = Memory.of(server);
        } finally {
            attackers.destroy();
            if (!attackers.waitFor(3, TimeUnit.SECONDS))
                attackers.destroyForcibly().waitFor();
        }
        TimeUnit.SECONDS.sleep(1); // until the server has seen them leave
        Memory after = Memory.of(server);
        table.row(
                server.name(),
                Table.decimal(alone.p99(), 0),
                Table.decimal(beside.p99(), 0),
                Table.decimal(alone.p999(), 0),
                Table.decimal(beside.p999(), 0),
                Table.decimal(alone.errors() + beside.errors() + alone.value("shed") + beside.value("shed"), 0),
                Integer.toString(left),
                Table.decimal(before.live() / MEBIBYTE, 1),
                Table.decimal(meanwhile.live() / MEBIBYTE, 1),
                Table.decimal(after.live() / MEBIBYTE, 1),
                Table.decimal(before.resident() / MEBIBYTE, 0),
                Table.decimal(meanwhile.resident() / MEBIBYTE, 0),
                Table.decimal(after.resident() / MEBIBYTE, 0));
    }

    private record Memory(long live, long resident) {
        static Memory of(RunningServer server) throws IOException, InterruptedException {
            return new Memory(server.liveHeapBytes(), server.residentBytes());
        }
    }

    private Sample load(RunningServer server, Attack attack, String when) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(List.of(LOAD));
        options.add(seconds);
        Sample sample = generator.run(server, options.toArray(String[]::new));
        raw.append("=== ").append(attack.name()).append(", ").append(when).append(", ");
        raw.append(server.name()).append("\n\n").append(sample.raw()).append('\n');
        return sample;
    }

    /** Who answers nobody at all beside an attack has no times: that is the figure. */
    private Sample loadBeside(RunningServer server, Attack attack) throws InterruptedException {
        try {
            return load(server, attack, "beside");
        } catch (IOException e) {
            Progress.say("%s answers nobody: %s", server.name(), e);
            raw.append("=== ").append(attack.name()).append(", beside, ").append(server.name());
            raw.append("\n\n").append(e.getMessage()).append("\n\n");
            return new Sample(Map.of("answered_p99", Double.NaN, "answered_p999", Double.NaN), "");
        }
    }

    private Process start(RunningServer server, Attack attack) throws IOException {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", "1", "slowhttptest"));
        command.addAll(attack.options());
        command.addAll(List.of(
                "-c",
                Integer.toString(connections),
                "-r",
                Integer.toString(CONNECTIONS_A_SECOND),
                "-l",
                Integer.toString(MOST_SECONDS),
                "-p",
                "3",
                "-u",
                server.url(attack.path())));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Until nearly all attackers are there; where the server turns them away, they never are. */
    private void awaitSockets(long attackers) throws IOException, InterruptedException {
        int tenths = 10 * (2 * connections / CONNECTIONS_A_SECOND + 2);
        for (int i = 0; i < tenths && RunningServer.sockets(attackers) < connections * 9 / 10; i++)
            TimeUnit.MILLISECONDS.sleep(100);
    }

    @Override
    public void report(Report report) {
        for (int i = 0; i < ATTACKS.size(); i++) {
            Attack attack = ATTACKS.get(i);
            report.section(
                    "Beside an attack: " + attack.name().toLowerCase(java.util.Locale.ROOT),
                    String.format(
                            java.util.Locale.ROOT,
                            "Hello over 50 connections at %,d requests/s, alone and beside `slowhttptest %s` at `%s` with %,d connections."
                                    + " Times count from when a request was due. Each server at its defaults, its heap touched before.",
                            RATE,
                            String.join(" ", attack.options()),
                            attack.path(),
                            connections),
                    tables.get(i));
        }
        report.raw(raw.toString());
    }
}
