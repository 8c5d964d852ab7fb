package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What an idle connection costs: live heap after a full collection, resident memory and threads, against the same server without. */
final class IdleRows {
    private static final int WARM = 1_000;

    /** 15,000 idle WebSockets of the heaviest peer take more than the heap of the other parts. */
    private static final String[] HEAP = {"-Xms3g", "-Xmx3g"};

    private interface Opening {
        IdleConnections open(RunningServer server, int count) throws IOException;
    }

    private static final Opening HTTP = (server, count) -> {
        IdleConnections connections = IdleConnections.plain();
        connections.addHttp(server.port(), count);
        return connections;
    };

    private static final Opening WEB_SOCKET = (server, count) -> {
        IdleConnections connections = IdleConnections.plain();
        connections.addWebSockets(server.port(), count);
        return connections;
    };

    private static final Opening HTTPS = (server, count) -> {
        IdleConnections connections = IdleConnections.encrypted();
        connections.addHttp(server.candidate().httpsPort(), count);
        return connections;
    };

    private static final Opening ENCRYPTED_WEB_SOCKET = (server, count) -> {
        IdleConnections connections = IdleConnections.encrypted();
        connections.addWebSockets(server.candidate().httpsPort(), count);
        return connections;
    };

    private final Table table = new Table(
            "server",
            "connections",
            "kind",
            "live heap B/connection",
            "resident B/connection",
            "threads before",
            "threads with them");

    void measure(List<Candidate> candidates, int count, Path log) throws IOException, InterruptedException {
        for (Candidate each : candidates) {
            if (!each.isJvm()) continue;
            Candidate candidate = each.withJvmFlags(HEAP);
            measure(candidate, count, "keep-alive HTTP", HTTP, log);
            if (candidate.hasEndpoint()) measure(candidate, count, "WebSocket", WEB_SOCKET, log);
        }
    }

    /** HTTPS and wss; {@code candidates} listen for them. */
    void measureEncrypted(List<Candidate> candidates, int count, Path log) throws IOException, InterruptedException {
        for (Candidate each : candidates) {
            Candidate candidate = each.withJvmFlags(HEAP);
            measure(candidate, count, "keep-alive HTTPS", HTTPS, log);
            measure(candidate, count, "WebSocket over TLS", ENCRYPTED_WEB_SOCKET, log);
        }
    }

    private void measure(Candidate candidate, int count, String kind, Opening opening, Path log)
            throws IOException, InterruptedException {
        Progress.say("%d idle connections (%s): %s", count, kind, candidate.name());
        try (RunningServer server = RunningServer.start(candidate, log)) {
            opening.open(server, WARM).close(); // classes, caches and pools that the first ones make
            long heap = server.liveHeapBytes();
            long resident = server.residentBytes();
            int threads = server.threads();
            try (IdleConnections connections = opening.open(server, count)) {
                table.row(
                        candidate.name(),
                        Integer.toString(connections.count()),
                        kind,
                        Table.decimal((double) (server.liveHeapBytes() - heap) / count, 0),
                        Table.decimal((double) (server.residentBytes() - resident) / count, 0),
                        Integer.toString(threads),
                        Integer.toString(server.threads()));
            }
        }
    }

    String table() {
        return table.toString();
    }
}
