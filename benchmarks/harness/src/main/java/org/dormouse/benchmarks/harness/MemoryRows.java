package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a connection costs that is idle, as the slope over five points: live heap by a histogram, resident memory beside a heap that is
 * resident from the start, and the kernel's.
 */
final class MemoryRows {
    private static final int POINTS = 5;
    private static final int STEP = 3_800; // five of them stay below 20,000 descriptors
    private static final int WARM = 1_000;
    private static final String[] HEAP = {"-Xms3g", "-Xmx3g", "-XX:+AlwaysPreTouch"};

    private final List<Candidate> candidates;
    private final int step;
    private final Table table = new Table(
            "server",
            "kind",
            "live heap B/connection",
            "farthest point off the line",
            "resident beside the heap B/connection",
            "kernel's slabs, both ends",
            "TCP queues, both ends");
    private final StringBuilder raw = new StringBuilder();

    MemoryRows(List<Candidate> candidates, boolean isSmoke) {
        this.candidates = candidates;
        this.step = isSmoke ? STEP / 10 : STEP;
    }

    void measure(Path log) throws IOException, InterruptedException {
        for (Candidate candidate : candidates) {
            measure(candidate.withJvmFlags(HEAP), "keep-alive HTTP", IdleConnections::addHttp, log);
            if (candidate.hasEndpoint()) {
                measure(candidate.withJvmFlags(HEAP), "WebSocket", IdleConnections::addWebSockets, log);
            }
        }
    }

    private interface Opening {
        void add(IdleConnections connections, int port, int count) throws IOException;
    }

    private void measure(Candidate candidate, String kind, Opening opening, Path log)
            throws IOException, InterruptedException {
        Progress.say("memory of up to %,d connections (%s): %s", POINTS * step, kind, candidate.name());
        try (RunningServer server = RunningServer.start(candidate, log)) {
            try (IdleConnections warm = IdleConnections.plain()) {
                opening.add(warm, server.port(), WARM); // classes, caches and pools that the first ones make
            }
            Line heap = new Line();
            Line resident = new Line();
            Line slabs = new Line();
            Line queues = new Line();
            try (IdleConnections connections = IdleConnections.plain()) {
                for (int point = 1; point <= POINTS; point++) {
                    opening.add(connections, server.port(), step);
                    int count = connections.count();
                    heap.add(count, server.liveHeapBytes());
                    resident.add(count, server.residentBytes());
                    slabs.add(count, KernelMemory.slabBytes());
                    queues.add(count, KernelMemory.queueBytes());
                }
            }
            table.row(
                    candidate.name(),
                    kind,
                    Table.decimal(heap.slope(), 0),
                    Table.decimal(heap.farthest() * 100, 1) + " %",
                    Table.decimal(resident.slope(), 0),
                    Table.decimal(slabs.slope(), 0),
                    Table.decimal(queues.slope(), 0));
            raw.append("=== memory, ").append(candidate.name()).append(", ").append(kind);
            raw.append("\n\nlive heap ").append(heap).append("\nresident ").append(resident);
            raw.append("\nslabs ")
                    .append(slabs)
                    .append("\nqueues ")
                    .append(queues)
                    .append("\n\n");
        }
    }

    void report(Report report) {
        report.section(
                "Idle connections, slope from "
                        + String.format(java.util.Locale.ROOT, "%,d to %,d", step, POINTS * step),
                "Least squares over five points, one exchange on each connection. Heap of 3 GiB, touched at the start (`"
                        + String.join(" ", HEAP)
                        + "`), so that resident memory grows by what lies beside it only. The kernel's share is that of the machine: both"
                        + " ends of each connection are in it.",
                table);
        report.raw(raw.toString());
    }
}
