package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The servers of the comparison, built, and which of them were asked for. */
final class Candidates {
    static final String LOOP = "Dormouse LOOP";

    private static final String OURS = "org.dormouse.benchmarks.dormouse.DormouseServer";
    private static final String TOMCAT = "org.dormouse.benchmarks.tomcat.TomcatServer";
    private static final String JETTY = "org.dormouse.benchmarks.jetty.JettyServer";

    private final Path benchmarks;
    private final List<String> only;

    /**
     * Finds them below {@code benchmarks}.
     *
     * @param only parts of their names in lower case; empty: all
     */
    Candidates(Path benchmarks, List<String> only) {
        this.benchmarks = benchmarks;
        this.only = only;
    }

    /** Everybody, the C loop first if there is a compiler for it. */
    List<Candidate> all(boolean quick) throws IOException, InterruptedException {
        List<Candidate> all = new ArrayList<>();
        if (Tool.isThere("gcc")) all.add(floor());
        all.add(dormouse("loop"));
        if (!quick) all.addAll(List.of(dormouse("virtual"), dormouse("inline")));
        all.add(netty());
        all.add(tomcat());
        all.add(jetty());
        all.add(undertow());
        if (!quick) {
            all.add(tomcatVirtual());
            all.add(of("Jetty, virtual threads", "jetty-server", "jetty-server", JETTY, "virtual"));
        }
        return asked(all);
    }

    /** One of a kind: how a servlet is run makes no difference to an idle connection. */
    List<Candidate> kinds() throws IOException {
        return asked(List.of(dormouse("loop"), netty(), tomcat(), jetty(), undertow()));
    }

    /** Containers that listen for HTTPS beside HTTP. */
    List<Candidate> encrypted(Path keystore) throws IOException {
        List<Candidate> all = new ArrayList<>();
        for (Candidate each : kinds()) if (each.hasEndpoint()) all.add(each.withHttps(keystore));
        return all;
    }

    /** On two cores, with two loops where that is said. */
    List<Candidate> onTwoCores() throws IOException {
        List<Candidate> all = new ArrayList<>();
        for (Candidate each : List.of(dormouse("loop"), netty(), tomcat(), jetty(), undertow(), tomcatVirtual())) {
            Candidate candidate = each.withCores("0,1");
            all.add(
                    each.name().equals(LOOP)
                            ? candidate.withArguments("server.loops=2").withName(LOOP + ", 2 loops, 2 cores")
                            : candidate.withName(each.name() + ", 2 cores"));
        }
        return asked(all);
    }

    /** Dormouse with {@code settings}, KEY=VALUE each. */
    Candidate dormouseWith(List<String> settings) throws IOException {
        return dormouse("loop")
                .withArguments(settings.toArray(String[]::new))
                .withName(LOOP + ", " + String.join(", ", settings));
    }

    private List<Candidate> asked(List<Candidate> all) {
        return all.stream()
                .filter(each ->
                        only.isEmpty() || only.stream().anyMatch(each.name().toLowerCase(Locale.ROOT)::contains))
                .toList();
    }

    /** What files are measured against; none where it is not installed. */
    List<Candidate> nginx(Path files) throws IOException, InterruptedException {
        if (!Tool.isThere("nginx")) return List.of();
        String version = Tool.run("nginx", "-v").strip().replaceAll(".*/", "");
        List<String> command = List.of(
                "env", "FILES=" + files, "sh", benchmarks.resolve("nginx/run").toString());
        return asked(List.of(Candidate.floor("nginx", version, command)));
    }

    /** What files cost at least: a loop in C that sends them as Dormouse does. */
    List<Candidate> filesInC(Path files) throws IOException, InterruptedException {
        if (!Tool.isThere("gcc")) return List.of();
        String program = compiled("files").toString();
        Candidate floor = Candidate.floor("C epoll loop, sendfile (the floor)", "gcc -O2", List.of(program));
        return asked(List.of(floor.withFolder(files)));
    }

    /** Whoever has WebSocket, the C loop first if there is a compiler for it. */
    List<Candidate> withSockets() throws IOException, InterruptedException {
        List<Candidate> all = new ArrayList<>();
        if (Tool.isThere("gcc")) {
            String program = compiled("sockets").toString();
            all.add(Candidate.floor("C epoll loop, frames (the floor)", "gcc -O2", List.of(program)));
        }
        for (Candidate each : List.of(dormouse("loop"), dormouse("inline"), netty(), tomcat(), jetty(), undertow()))
            all.add(each.withArguments("sockets"));
        return asked(all);
    }

    private Candidate dormouse(String execution) throws IOException {
        String name = execution.equals("loop") ? LOOP : "Dormouse " + execution.toUpperCase(Locale.ROOT);
        return of(name, "dormouse-server", "dormouse-container", OURS, execution);
    }

    private Candidate netty() throws IOException {
        String main = "org.dormouse.benchmarks.netty.NettyServer";
        return of("Netty epoll", "netty-server", "netty-transport-native-epoll", main);
    }

    private Candidate tomcat() throws IOException {
        return of("Tomcat", "tomcat-server", "tomcat-embed-core", TOMCAT);
    }

    private Candidate tomcatVirtual() throws IOException {
        return of("Tomcat, virtual threads", "tomcat-server", "tomcat-embed-core", TOMCAT, "virtual");
    }

    private Candidate jetty() throws IOException {
        return of("Jetty", "jetty-server", "jetty-server", JETTY);
    }

    private Candidate undertow() throws IOException {
        String main = "org.dormouse.benchmarks.undertow.UndertowServer";
        return of("Undertow", "undertow-server", "undertow-servlet", main);
    }

    private Candidate of(String name, String folder, String versionJar, String mainClass, String... arguments)
            throws IOException {
        return Candidate.ofModule(benchmarks, name, folder, versionJar, mainClass, List.of(arguments));
    }

    private Candidate floor() throws IOException, InterruptedException {
        String program = compiled("floor").toString();
        return Candidate.floor("C epoll loop (the floor)", "gcc -O2", List.of(program));
    }

    private Path compiled(String name) throws IOException, InterruptedException {
        Path program = Files.createTempDirectory("floor").resolve(name);
        String source = benchmarks.resolve("floor/" + name + ".c").toString();
        Tool.run("gcc", "-O2", "-o", program.toString(), source);
        return program;
    }
}
