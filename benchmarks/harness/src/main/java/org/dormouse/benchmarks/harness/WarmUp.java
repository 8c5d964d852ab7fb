package org.dormouse.benchmarks.harness;

import java.io.IOException;

/** Loads a server until its compiler is quiet. */
final class WarmUp {
    private static final int SLICE_SECONDS = 2;
    private static final int QUIET_METHODS = 8;

    private WarmUp() {}

    /** At least two slices of load, at most {@code maxSlices}; stops when a slice compiled hardly a method. */
    static void until(RunningServer server, int maxSlices) throws IOException, InterruptedException {
        long before = compiled(server);
        for (int slice = 1; slice <= maxSlices; slice++) {
            Load.full(server, SLICE_SECONDS);
            long after = compiled(server);
            if (slice >= 2 && after - before <= QUIET_METHODS) return;
            before = after;
        }
    }

    private static long compiled(RunningServer server) throws IOException, InterruptedException {
        return server.candidate().isJvm() ? server.compiledMethods() : 0;
    }
}
