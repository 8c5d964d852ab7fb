package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code benchmarks/compare}: Dormouse and its peers in one run, into {@code docs/results}. {@link Options} says what can be asked for;
 * nothing is written after {@code --quick} and {@code --smoke} unless {@code --keep} is given.
 */
public final class Compare {
    private static final int IDLE_CONNECTIONS = 15_000;
    /** The clients' engines live in this process. */
    private static final int IDLE_ENCRYPTED = 4_000;

    private final Path root;
    private final Options options;
    private final Candidates candidates;
    private final Report report = new Report();
    private final Path log;
    private final Effort effort;

    private @Nullable HelloRows hello;
    private boolean hasFailed;

    private Compare(Path root, Options options) throws IOException {
        this.root = root;
        this.options = options;
        this.candidates = new Candidates(root.resolve("benchmarks"), options.only());
        this.log = Files.createTempFile("compare", ".log");
        this.effort = Effort.of(options);
    }

    /** First argument: the root of the checkout. */
    public static void main(String[] arguments) throws Exception {
        Options options;
        try {
            options = Options.of(List.of(arguments).subList(1, arguments.length));
        } catch (IllegalArgumentException e) {
            stop(2, e.getMessage() + "\n" + Options.USAGE);
            return;
        }
        List<String> tools = new ArrayList<>(List.of("taskset"));
        if (options.has("hello") || options.has("https") || options.has("websocket") || options.has("idle-wakeups"))
            tools.add("wrk");
        if (options.needsGenerator() || options.has("websocket")) tools.add("gcc");
        if (options.has("slow")) tools.add("slowhttptest");
        for (String tool : tools) {
            if (!Tool.isThere(tool)) {
                stop(1, tool + " is not on the PATH; on Debian: apt install util-linux wrk gcc libc6-dev slowhttptest");
            }
        }
        new Compare(Path.of(arguments[0]), options).run();
    }

    private static void stop(int status, String message) {
        System.err.println(message);
        System.exit(status);
    }

    private void run() throws IOException, InterruptedException {
        List<Candidate> all = candidates.all(options.isQuick());
        report.heading(Heading.of(root, all));
        Progress.say(
                "%s: about %d minutes; servers log to %s",
                options.fileName(), new Plan(options, effort).minutes(all.size()), log);
        attempt("side by side", () -> sideBySide(all));
        if (options.has("https")) attempt("https", this::https);
        if (options.has("websocket")) attempt("websocket", this::webSocket);
        if (options.has("slow")) attempt("slow", this::slow);
        if (options.has("start")) attempt("start", () -> start(all));
        if (options.has("allocation")) attempt("allocation", this::allocation);
        if (options.has("idle")) attempt("idle", () -> idle(all));
        if (options.has("idle-https")) attempt("idle-https", this::idleHttps);
        if (options.has("memory")) attempt("memory", this::memory);
        if (options.has("idle-wakeups")) attempt("idle-wakeups", this::wakeUps);
        System.out.println(report);
        if (options.keeps()) keep();
        if (hasFailed) System.exit(1);
    }

    private interface Measurement {
        void run() throws IOException, InterruptedException;
    }

    /** What the others found is not lost with the part that fails. */
    private void attempt(String part, Measurement measurement) throws InterruptedException {
        try {
            measurement.run();
        } catch (IOException | RuntimeException e) {
            hasFailed = true;
            e.printStackTrace();
            report.section("Failed: " + part, "", e + "\n");
        }
    }

    private void start(List<Candidate> all) throws IOException, InterruptedException {
        StartUpRows startUp = new StartUpRows();
        startUp.measure(all.stream().filter(Candidate::isJvm).toList(), options.isSmoke() ? 1 : 9, log);
        report.section("Start-up", "", startUp.table());
    }

    private void allocation() throws IOException, InterruptedException {
        Generator generator = Generator.compile(root.resolve("benchmarks"));
        AllocationRows allocation = new AllocationRows(generator, candidates.kinds(), effort);
        allocation.measure(log);
        allocation.report(report);
    }

    private void idle(List<Candidate> all) throws IOException, InterruptedException {
        IdleRows idle = new IdleRows();
        idle.measure(all, options.isSmoke() ? 500 : IDLE_CONNECTIONS, log);
        report.section("Idle connections", "With a heap of 3 GiB.", idle.table());
    }

    /** Servers of their own, which listen for HTTPS beside HTTP. */
    private void https() throws IOException, InterruptedException {
        Path keystore = TestKeys.make();
        try (Servers secure = Servers.start(candidates.encrypted(keystore), options.isSmoke() ? 2 : 6, log)) {
            measure(new HttpsRows(secure.all(), keystore, effort, options.isSmoke()));
        }
    }

    private void webSocket() throws IOException, InterruptedException {
        Generator generator = Generator.compileForSockets(root.resolve("benchmarks"));
        try (Servers servers = Servers.start(candidates.withSockets(), 2, log)) {
            measure(new SocketRows(generator, servers.all(), effort, options.isSmoke()));
        }
    }

    private void slow() throws IOException, InterruptedException {
        Path served = ServedFiles.create();
        List<Candidate> containers = candidates.kinds().stream()
                .filter(Candidate::hasEndpoint)
                .map(each -> each.withArguments("all").withJvmFlags("-D" + ServedFiles.PROPERTY + "=" + served))
                .toList();
        Generator generator = Generator.compile(root.resolve("benchmarks"));
        measure(new SlowRows(containers, generator, log, options.isSmoke()));
    }

    private void idleHttps() throws IOException, InterruptedException {
        IdleRows idle = new IdleRows();
        int count = options.isSmoke() ? 100 : IDLE_ENCRYPTED;
        idle.measureEncrypted(candidates.encrypted(TestKeys.make()), count, log);
        report.section(
                "Idle connections over TLS", "With a heap of 3 GiB; the JDK's engine in every server.", idle.table());
    }

    private void memory() throws IOException, InterruptedException {
        MemoryRows memory = new MemoryRows(candidates.kinds(), options.isSmoke());
        memory.measure(log);
        memory.report(report);
    }

    private void wakeUps() throws IOException, InterruptedException {
        WakeUpRows wakeUps = new WakeUpRows(candidates.kinds(), options.isSmoke());
        wakeUps.measure(log);
        wakeUps.report(report);
    }

    /** The parts for which the servers run all at once, and are loaded in turns. */
    private void sideBySide(List<Candidate> all) throws IOException, InterruptedException {
        if (!options.needsServers()) return;
        int warmSlices = options.isSmoke() ? 2 : options.isQuick() ? 6 : 10;
        try (SlowFiles files = SlowFiles.create()) {
            Path served = ServedFiles.create();
            String[] flags = {
                "-D" + SlowFiles.PROPERTY + "=" + files.folder(), "-D" + ServedFiles.PROPERTY + "=" + served
            };
            List<Candidate> prepared = all.stream()
                    .map(each -> each.withArguments("all").withJvmFlags(flags))
                    .toList();
            try (Servers oneCore = options.needsOneCore() ? Servers.start(prepared, warmSlices, log) : Servers.none()) {
                Generator generator = options.needsGenerator() ? Generator.compile(root.resolve("benchmarks")) : null;
                if (options.has("hello")) attempt("hello", () -> hello(generator, oneCore));
                if (generator == null) return;
                onOneCore(generator, oneCore, flags);
                if (options.needsBodies()) withBodies(oneCore, prepared, served);
                if (!options.needsTwoCores()) return;
                prepared = candidates.onTwoCores().stream()
                        .map(each -> each.withArguments("all").withJvmFlags(flags))
                        .toList();
                try (Servers twoCores = Servers.start(prepared, warmSlices, log)) {
                    onTwoCores(generator, oneCore, twoCores);
                }
            }
        }
    }

    private void hello(@Nullable Generator generator, Servers servers) throws IOException, InterruptedException {
        HelloRows rows = new HelloRows(servers.all());
        try {
            rows.fullLoad(
                    options.isSmoke() ? 1 : options.isQuick() ? 3 : 5,
                    options.isSmoke() ? 2 : options.isQuick() ? 3 : 4);
            report.section("Hello servlet, " + Load.CONNECTIONS + " connections, full load", "", rows.fullLoadTable());
            hello = rows;
            if (generator == null) return;
            rows.fixedRates(generator, options.isSmoke() ? 1 : 5, options.isSmoke() ? 2 : 3);
            report.section(
                    "Hello servlet at fixed rates (50 and 80 % of the slowest container)",
                    "Times count from when a request was due.", rows.fixedRateTable());
        } finally {
            report.raw(rows.raw());
        }
    }

    private void onOneCore(Generator generator, Servers servers, String... flags)
            throws IOException, InterruptedException {
        if (options.has("connections")) measure(new ConnectionRows(generator, servers.all(), effort));
        if (options.has("idle-mix")) measure(new IdleMixRows(generator, servers.all(), effort));
        if (options.has("blocking")) measure(new BlockingRows(generator, servers.withServlets(), effort));
        if (options.has("overload")) {
            List<Candidate> limited = new ArrayList<>();
            for (List<String> settings : List.of(OverloadRows.LIMIT, options.settings())) {
                if (!settings.isEmpty()) {
                    limited.add(candidates
                            .dormouseWith(settings)
                            .withArguments("all")
                            .withJvmFlags(flags));
                }
            }
            try (Servers more = Servers.start(limited, options.isSmoke() ? 2 : 6, log)) {
                List<RunningServer> both = new ArrayList<>(more.all());
                both.addAll(servers.withServlets());
                measure(new OverloadRows(generator, both, effort));
            }
        }
    }

    private void withBodies(Servers servers, List<Candidate> prepared, Path served)
            throws IOException, InterruptedException {
        Generator generator = Generator.compileForBodies(root.resolve("benchmarks"));
        List<RunningServer> all = servers.withServlets();
        if (options.has("static")) withNginx(generator, all, served);
        if (options.has("gzip")) {
            List<Candidate> coding = prepared.stream()
                    .filter(Candidate::hasEndpoint)
                    .map(each -> each.withArguments("gzip"))
                    .toList();
            attempt("gzip", () -> {
                try (Servers coders = Servers.start(coding, options.isSmoke() ? 2 : 6, log, SameAnswer::checkCoded)) {
                    String text = "At level 6 of zlib, which is the others' default. The JSON is the same, decoded.";
                    measure(new BodyRows("Gzip", text, BodyRows.GZIP, generator, coders.all(), effort));
                }
            });
        }
        if (options.has("echo")) measure(new BodyRows("POST echo", "", BodyRows.ECHO, generator, all, effort));
        if (options.has("pipelined"))
            measure(new BodyRows("Pipelined", "", BodyRows.PIPELINED, generator, servers.all(), effort));
    }

    /** Nginx is no server of servlets: it answers hello otherwise, and files only. */
    private void withNginx(Generator generator, List<RunningServer> servers, Path served)
            throws IOException, InterruptedException {
        List<RunningServer> started = new ArrayList<>();
        try {
            List<Candidate> beside = new ArrayList<>(candidates.filesInC(served));
            beside.addAll(candidates.nginx(served));
            for (Candidate each : beside) started.add(RunningServer.start(each, log));
            List<RunningServer> all = new ArrayList<>(started);
            all.addAll(servers);
            String text = "Each with its own default servlet. Nginx has one process, sendfile, no access log.";
            measure(new BodyRows("Static files", text, BodyRows.STATIC, generator, all, effort));
        } finally {
            for (RunningServer each : started) each.close();
        }
    }

    private void onTwoCores(Generator generator, Servers oneCore, Servers twoCores)
            throws IOException, InterruptedException {
        if (options.has("stall")) {
            List<RunningServer> servers = new ArrayList<>(oneCore.those(StallRows::isWanted));
            servers.addAll(twoCores.those(StallRows::isWanted));
            measure(new StallRows(generator, servers, effort));
        }
        if (options.has("two-cores")) measure(new TwoCoreRows(generator, twoCores.all(), effort));
    }

    private void measure(Part part) throws InterruptedException {
        attempt(part.getClass().getSimpleName(), () -> {
            part.measure();
            part.report(report);
        });
    }

    private void keep() throws IOException {
        Path results = Files.createDirectories(root.resolve("docs/results"));
        String name = LocalDate.now(ZoneId.systemDefault()) + "-" + options.fileName();
        StringBuilder links = new StringBuilder();
        if (hello != null) {
            Files.writeString(results.resolve(name + ".svg"), hello.chart());
            links.append("\n![CPU per request](").append(name).append(".svg)\n");
        }
        if (!report.raw().isEmpty()) {
            Files.writeString(results.resolve(name + ".raw.txt"), report.raw());
            links.append("\nRaw output of the load generators: [").append(name).append(".raw.txt](");
            links.append(name).append(".raw.txt)\n");
        }
        Files.writeString(results.resolve(name + ".md"), report.toString() + links);
        Progress.say("written: %s", results.resolve(name + ".md"));
    }
}
