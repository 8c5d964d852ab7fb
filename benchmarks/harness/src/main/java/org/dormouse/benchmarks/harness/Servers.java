package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Servers that run and are warm, all at once; each is silent while it is not its turn. */
final class Servers implements AutoCloseable {
    private final List<RunningServer> running = new ArrayList<>();

    private Servers() {}

    static Servers none() {
        return new Servers();
    }

    /** What servers are held to before they are measured. */
    interface Check {
        void hold(Iterable<RunningServer> servers) throws IOException, InterruptedException;
    }

    /** Starts all of {@code candidates}, warms each for at most {@code warmSlices}, and holds them to the same answer. */
    static Servers start(List<Candidate> candidates, int warmSlices, Path log)
            throws IOException, InterruptedException {
        return start(candidates, warmSlices, log, SameAnswer::check);
    }

    static Servers start(List<Candidate> candidates, int warmSlices, Path log, Check check)
            throws IOException, InterruptedException {
        Servers servers = new Servers();
        try {
            for (Candidate candidate : candidates) {
                Progress.say("start and warm up: %s %s", candidate.name(), candidate.version());
                RunningServer server = RunningServer.start(candidate, log);
                servers.running.add(server);
                WarmUp.until(server, warmSlices);
            }
            check.hold(servers.running);
        } catch (IOException | InterruptedException | RuntimeException e) {
            servers.close();
            throw e;
        }
        return servers;
    }

    List<RunningServer> all() {
        return running;
    }

    List<RunningServer> those(Predicate<Candidate> wanted) {
        return running.stream().filter(each -> wanted.test(each.candidate())).toList();
    }

    /** Those that run the servlets of the workload. */
    List<RunningServer> withServlets() {
        return those(Candidate::hasEndpoint);
    }

    @Override
    public void close() {
        for (RunningServer server : running) server.close();
    }
}
