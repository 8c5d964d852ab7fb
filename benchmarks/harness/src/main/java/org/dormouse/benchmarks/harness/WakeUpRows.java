package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How often servers wake that have nothing to do, with a hundred idle connections each. */
final class WakeUpRows {
    private static final int SETTLE_SECONDS = 5;
    private static final int CONNECTIONS = 100;

    private final List<Candidate> candidates;
    private final int seconds;
    private final Table table = new Table(
            "server",
            "wake-ups/s, the server's threads",
            "wake-ups/s, the JVM's own",
            "CPU % of a core, the server's threads",
            "CPU %, the JVM's own",
            "busiest thread (wake-ups/s)");

    WakeUpRows(List<Candidate> candidates, boolean isSmoke) {
        this.candidates = candidates;
        this.seconds = isSmoke ? 2 : 20;
    }

    /** All servers at once: they have nothing to do. */
    void measure(Path log) throws IOException, InterruptedException {
        List<AutoCloseable> open = new ArrayList<>();
        try {
            List<RunningServer> servers = new ArrayList<>();
            for (Candidate candidate : candidates) {
                Progress.say("idle wake-ups: start %s", candidate.name());
                RunningServer server = RunningServer.start(candidate, log);
                open.addFirst(server);
                WarmUp.until(server, 2);
                IdleConnections connections = IdleConnections.plain();
                open.addFirst(connections);
                connections.addHttp(server.port(), CONNECTIONS);
                servers.add(server);
            }
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            Progress.say("idle wake-ups: %d s of silence", seconds);
            List<Map<Integer, RunningThread>> before = new ArrayList<>();
            for (RunningServer server : servers) before.add(RunningThread.allOf(server.pid()));
            TimeUnit.SECONDS.sleep(seconds);
            for (int i = 0; i < servers.size(); i++) {
                row(
                        servers.get(i),
                        before.get(i),
                        RunningThread.allOf(servers.get(i).pid()));
            }
        } finally {
            for (AutoCloseable each : open) close(each);
        }
    }

    private static void close(AutoCloseable each) throws IOException {
        try {
            each.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private void row(RunningServer server, Map<Integer, RunningThread> before, Map<Integer, RunningThread> after) {
        double[] wakeUps = new double[2];
        double[] nanos = new double[2];
        double most = 0;
        String busiest = "";
        for (var entry : after.entrySet()) {
            RunningThread thread = entry.getValue();
            RunningThread was = before.getOrDefault(entry.getKey(), thread.atBirth());
            int whose = thread.isOfJvm() ? 1 : 0;
            double woke = (double) (thread.wakeUps() - was.wakeUps()) / seconds;
            wakeUps[whose] += woke;
            nanos[whose] += thread.cpuNanos() - was.cpuNanos();
            if (whose == 0 && woke > most) {
                most = woke;
                busiest = thread.name() + " (" + Table.decimal(woke, 1) + ")";
            }
        }
        table.row(
                server.name(),
                Table.decimal(wakeUps[0], 1),
                Table.decimal(wakeUps[1], 1),
                Table.decimal(nanos[0] / (seconds * 1e9) * 100, 3),
                Table.decimal(nanos[1] / (seconds * 1e9) * 100, 3),
                busiest);
    }

    void report(Report report) {
        report.section(
                "Idle servers",
                "Voluntary context switches of all threads over " + seconds + " s, after a load and " + SETTLE_SECONDS
                        + " s of silence, with " + CONNECTIONS
                        + " idle connections; processor time of each thread from /proc/PID/task/TID/schedstat. The JVM's own: collector,"
                        + " compilers, its periodic task (which `-XX:+UsePerfData`, the default, keeps at 20/s).",
                table);
    }
}
