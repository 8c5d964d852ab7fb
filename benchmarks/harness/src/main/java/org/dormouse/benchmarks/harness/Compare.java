package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code benchmarks/compare [--quick] [--keep] [--parts hello,start,idle] [--only NAME,...]}: Dormouse and its peers in one run, into
 * {@code docs/results}. Quick has the hello rows only, and no file is written unless {@code --keep} is given.
 */
public final class Compare {
    private static final int IDLE_CONNECTIONS = 15_000;
    private static final String USAGE =
            "usage: benchmarks/compare [--quick] [--keep] [--parts hello,start,idle] [--only NAME,...]";

    private final Path root;
    private final boolean quick;
    private final StringBuilder report = new StringBuilder();
    private final Path log;

    private boolean keep;
    private List<String> parts = List.of("hello", "start", "idle");
    private List<String> only = List.of();

    private Compare(Path root, boolean quick) throws IOException {
        this.root = root;
        this.quick = quick;
        this.keep = !quick;
        if (quick) parts = List.of("hello");
        this.log = Files.createTempFile("compare", ".log");
    }

    /** First argument: the root of the checkout. */
    public static void main(String[] arguments) throws Exception {
        List<String> options = List.of(arguments).subList(1, arguments.length);
        Compare compare = new Compare(Path.of(arguments[0]), options.contains("--quick"));
        for (int i = 0; i < options.size(); i++) {
            boolean hasValue = i + 1 < options.size();
            switch (options.get(i)) {
                case "--quick" -> {}
                case "--keep" -> compare.keep = true;
                case "--parts" -> compare.parts = hasValue ? listOf(options.get(++i)) : stop(2, USAGE);
                case "--only" -> compare.only = hasValue ? listOf(options.get(++i)) : stop(2, USAGE);
                default -> stop(2, USAGE);
            }
        }
        for (String tool : List.of("taskset", "wrk", "h2load")) {
            if (!Tool.isThere(tool)) {
                stop(1, tool + " is not on the PATH; on Debian: apt install util-linux wrk nghttp2-client");
            }
        }
        compare.run();
    }

    private static List<String> listOf(String words) {
        return List.of(words.toLowerCase(Locale.ROOT).split(",", -1));
    }

    private static List<String> stop(int status, String message) {
        System.err.println(message);
        System.exit(status);
        return List.of();
    }

    private void run() throws IOException, InterruptedException {
        List<Candidate> candidates = candidates();
        heading(candidates);
        HelloRows hello = parts.contains("hello") ? hello(candidates) : null;
        if (parts.contains("start")) {
            StartUpRows startUp = new StartUpRows();
            startUp.measure(candidates.stream().filter(Candidate::isJvm).toList(), 9, log);
            section("Start-up", startUp.table());
        }
        if (parts.contains("idle")) {
            IdleRows idle = new IdleRows();
            idle.measure(candidates, IDLE_CONNECTIONS, log);
            section("Idle connections", idle.table());
        }
        System.out.println(report);
        if (keep) keep(hello);
    }

    private void keep(@Nullable HelloRows hello) throws IOException {
        Path results = Files.createDirectories(root.resolve("docs/results"));
        String name = LocalDate.now(ZoneId.systemDefault()) + "-" + (quick ? "quick" : String.join("-", parts));
        String pictures = "";
        if (hello != null) {
            Files.writeString(results.resolve(name + ".svg"), hello.chart());
            Files.writeString(results.resolve(name + ".raw.txt"), hello.raw());
            pictures = "\n![CPU per request](" + name + ".svg)\n\nRaw output of the load generators: [" + name
                    + ".raw.txt](" + name + ".raw.txt)\n";
        }
        Files.writeString(results.resolve(name + ".md"), report + pictures);
        Progress.say("written: %s", results.resolve(name + ".md"));
    }

    private HelloRows hello(List<Candidate> candidates) throws IOException, InterruptedException {
        List<RunningServer> servers = new ArrayList<>();
        try {
            for (Candidate candidate : candidates) {
                Progress.say("start and warm up: %s %s", candidate.name(), candidate.version());
                RunningServer server = RunningServer.start(candidate, log);
                servers.add(server);
                WarmUp.until(server, quick ? 6 : 10);
            }
            SameAnswer.check(servers);
            HelloRows hello = new HelloRows(servers);
            hello.fullLoad(quick ? 3 : 5, quick ? 3 : 4);
            section("Hello servlet, " + Load.CONNECTIONS + " connections, full load", hello.fullLoadTable());
            if (!quick) {
                hello.fixedRates(5, 3);
                section("Hello servlet at fixed rates (50 and 80 % of the slowest container)", hello.fixedRateTable());
            }
            return hello;
        } finally {
            for (RunningServer server : servers) server.close();
        }
    }

    private List<Candidate> candidates() throws IOException, InterruptedException {
        Path benchmarks = root.resolve("benchmarks");
        String ours = "org.dormouse.benchmarks.dormouse.DormouseServer";
        String tomcat = "org.dormouse.benchmarks.tomcat.TomcatServer";
        String jetty = "org.dormouse.benchmarks.jetty.JettyServer";
        List<Candidate> all = new ArrayList<>();
        if (Tool.isThere("gcc")) all.add(floor(benchmarks));
        all.add(Candidate.ofModule(
                benchmarks, "Dormouse LOOP", "dormouse-server", "dormouse-container", ours, List.of("loop")));
        if (!quick) {
            all.add(Candidate.ofModule(
                    benchmarks, "Dormouse VIRTUAL", "dormouse-server", "dormouse-container", ours, List.of("virtual")));
        }
        all.add(Candidate.ofModule(
                benchmarks,
                "Netty epoll",
                "netty-server",
                "netty-transport-native-epoll",
                "org.dormouse.benchmarks.netty.NettyServer",
                List.of()));
        all.add(Candidate.ofModule(benchmarks, "Tomcat", "tomcat-server", "tomcat-embed-core", tomcat, List.of()));
        all.add(Candidate.ofModule(benchmarks, "Jetty", "jetty-server", "jetty-server", jetty, List.of()));
        all.add(Candidate.ofModule(
                benchmarks,
                "Undertow",
                "undertow-server",
                "undertow-servlet",
                "org.dormouse.benchmarks.undertow.UndertowServer",
                List.of()));
        if (!quick) {
            all.add(Candidate.ofModule(
                    benchmarks,
                    "Tomcat, virtual threads",
                    "tomcat-server",
                    "tomcat-embed-core",
                    tomcat,
                    List.of("virtual")));
            all.add(Candidate.ofModule(
                    benchmarks, "Jetty, virtual threads", "jetty-server", "jetty-server", jetty, List.of("virtual")));
        }
        return all.stream()
                .filter(each ->
                        only.isEmpty() || only.stream().anyMatch(each.name().toLowerCase(Locale.ROOT)::contains))
                .toList();
    }

    private static Candidate floor(Path benchmarks) throws IOException, InterruptedException {
        Path program = Files.createTempDirectory("floor").resolve("floor");
        Tool.run(
                "gcc",
                "-O2",
                "-o",
                program.toString(),
                benchmarks.resolve("floor/floor.c").toString());
        return new Candidate(
                "C epoll loop (the floor)", "gcc -O2", List.of(program.toString()), List.of(), false, false);
    }

    private void heading(List<Candidate> candidates) throws IOException, InterruptedException {
        String commit = Tool.run("git", "-C", root.toString(), "rev-parse", "--short", "HEAD")
                .strip();
        report.append("# Side by side, ")
                .append(LocalDate.now(ZoneId.systemDefault()))
                .append("\n\n");
        report.append("Commit ")
                .append(commit)
                .append("; JDK ")
                .append(Runtime.version())
                .append("; ");
        report.append(cpuModel())
                .append(", server on core 0, load on core 1, loopback; Linux ")
                .append(System.getProperty("os.version"))
                .append(".\n");
        report.append("JVM flags of every server: `")
                .append(String.join(" ", Candidate.JVM_FLAGS))
                .append("`.\n");
        report.append(
                "Medians of interleaved rounds. Throughput in brackets: the load generator, not the server, was at its end.\n\nVersions: ");
        report.append(String.join(
                        ", ",
                        candidates.stream()
                                .map(c -> c.name() + " " + c.version())
                                .toList()))
                .append(".\n");
    }

    private static String cpuModel() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown CPU");
    }

    private void section(String title, String table) {
        report.append("\n## ").append(title).append("\n\n").append(table);
    }
}
