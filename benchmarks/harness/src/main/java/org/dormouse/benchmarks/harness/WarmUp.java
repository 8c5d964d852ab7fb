package org.dormouse.benchmarks.harness;

import java.io.IOException;

/** Loads a server until its compiler is quiet. */
final class WarmUp {
    private static final int SLICE_SECONDS = 2;
    private static final int QUIET_METHODS = 8;

    /** Of what the server takes: less is compiled in a whole slice than could be seen in a figure. */
    private static final double QUIET_SHARE = 0.02;

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

    /** Loads a server for a while, and says what processor time it took, in microseconds. */
    interface Slice {
        long cpuMicros() throws IOException, InterruptedException;
    }

    /**
     * For code that is few methods which take long to compile: loads in slices until the compiler's threads have hardly anything to do, at most
     * {@code maxSlices}.
     *
     * @return the share of the last slice that was spent on compiling, 0 to 1
     */
    static double untilCompilerRests(RunningServer server, int maxSlices, Slice slice)
            throws IOException, InterruptedException {
        double share = 1;
        for (int i = 0; i < maxSlices && share > QUIET_SHARE; i++) {
            long before = server.compilerMicros();
            long cpu = slice.cpuMicros();
            share = (double) (server.compilerMicros() - before) / Math.max(1, cpu);
        }
        return share;
    }

    private static long compiled(RunningServer server) throws IOException, InterruptedException {
        return server.candidate().isJvm() ? server.compiledMethods() : 0;
    }
}
