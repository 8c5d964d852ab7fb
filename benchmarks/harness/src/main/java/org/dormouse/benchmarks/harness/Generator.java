package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The load generator of our own, {@code load/load.c}: its head says what it can do. */
final class Generator {
    private static final String CORE = "1";

    /** Before everybody who shares its core, so that what it measures is the server and not its own waiting. */
    private static final String NICE = "-10";

    private final AtomicInteger runs = new AtomicInteger();
    private final Path program;
    private final boolean mayBeNice;

    private Generator(Path program, boolean mayBeNice) {
        this.program = program;
        this.mayBeNice = mayBeNice;
    }

    static Generator compile(Path benchmarks) throws IOException, InterruptedException {
        return compile(benchmarks, "load");
    }

    /** The one for bodies, {@code load/exchange.c}: its head says what it can do. */
    static Generator compileForBodies(Path benchmarks) throws IOException, InterruptedException {
        return compile(benchmarks, "exchange");
    }

    /** The one for WebSocket sessions, {@code load/sockets.c}: its head says what it can do. */
    static Generator compileForSockets(Path benchmarks) throws IOException, InterruptedException {
        return compile(benchmarks, "sockets");
    }

    private static Generator compile(Path benchmarks, String name) throws IOException, InterruptedException {
        Path program = Files.createTempDirectory(name).resolve(name);
        String source = benchmarks.resolve("load/" + name + ".c").toString();
        Tool.run("gcc", "-O2", "-o", program.toString(), source);
        boolean mayBeNice =
                !Tool.run("sh", "-c", "nice -n " + NICE + " true 2>&1 || true").contains("cannot");
        return new Generator(program, mayBeNice);
    }

    /** Loads {@code server} from core 1. */
    Sample run(RunningServer server, String... options) throws IOException, InterruptedException {
        return run(CORE, server, List.of(options));
    }

    /** Loads a server that shares the cores it runs on. */
    Sample runOnCoresOf(RunningServer server, String... options) throws IOException, InterruptedException {
        return run(server.candidate().cores(), server, List.of(options));
    }

    private Sample run(String cores, RunningServer server, List<String> options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", cores));
        if (mayBeNice) command.addAll(List.of("nice", "-n", NICE));
        command.addAll(List.of(program.toString(), Integer.toString(server.port()), "pid=" + server.pid()));
        // Each run comes from an address of its own: 10,000 ports of the last one still are in TIME_WAIT.
        command.add("source=127.0.1." + (1 + runs.getAndIncrement() % 250));
        command.addAll(options);
        String raw = Tool.run(command.toArray(String[]::new));
        Map<String, Double> values = new HashMap<>();
        for (String line : raw.lines().toList()) {
            int equals = line.indexOf('=');
            if (equals < 0) throw new IOException("the generator printed: " + raw);
            values.put(line.substring(0, equals), Double.parseDouble(line.substring(equals + 1)));
        }
        return new Sample(values, raw);
    }
}
