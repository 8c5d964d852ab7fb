package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One server of the comparison.
 *
 * @param name as the tables show it
 * @param version of the server, with its commit for Dormouse
 * @param command starts it; the port is appended, then {@code arguments}
 * @param arguments what follows the port
 * @param cores it is pinned to, as taskset reads them
 * @param isJvm whether heap and compilation can be asked for
 * @param hasEndpoint whether it serves the WebSocket echo, and servlets
 */
record Candidate(
        String name,
        String version,
        List<String> command,
        List<String> arguments,
        String cores,
        boolean isJvm,
        boolean hasEndpoint) {
    private static final String FIRST_CORE = "0";
    private static final String HTTPS = "https=";

    /** The same for every JVM: one collector, one heap, and the two flags that Dormouse needs and the others do not mind. */
    static final List<String> JVM_FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-Xms1g",
            "-Xmx1g",
            "-XX:+UsePerfData",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    /** A server of this reactor: {@code benchmarks/FOLDER}, built, with {@code mainClass} in it. */
    static Candidate ofModule(
            Path benchmarks, String name, String folder, String versionJar, String mainClass, List<String> arguments)
            throws IOException {
        Path target = benchmarks.resolve(folder).resolve("target");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_FLAGS);
        command.add("-cp");
        command.add(target.resolve("classes") + ":" + target.resolve("lib") + "/*");
        command.add(mainClass);
        return new Candidate(
                name,
                versionOf(target.resolve("lib"), versionJar),
                command,
                arguments,
                FIRST_CORE,
                true,
                !folder.startsWith("netty"));
    }

    /** A program that is no JVM, and so has neither servlets nor endpoints. */
    static Candidate floor(String name, String version, List<String> command) {
        return new Candidate(name, version, command, List.of(), FIRST_CORE, false, false);
    }

    /** With the folder that a program which is no JVM serves, behind the port. */
    Candidate withFolder(Path folder) {
        return new Candidate(name, version, command, List.of(folder.toString()), cores, isJvm, hasEndpoint);
    }

    boolean isFloor() {
        return !isJvm;
    }

    int coreCount() {
        return cores.split(",", -1).length;
    }

    Candidate withName(String other) {
        return new Candidate(other, version, command, arguments, cores, isJvm, hasEndpoint);
    }

    Candidate withCores(String others) {
        return new Candidate(name, version, command, arguments, others, isJvm, hasEndpoint);
    }

    /** With more of them; a program that is no JVM knows none. */
    Candidate withArguments(String... more) {
        if (!isJvm) return this;
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of(more));
        return new Candidate(name, version, command, all, cores, true, hasEndpoint);
    }

    /** Listening for HTTPS, too, on a port that is free now; every container's main class knows what that argument means. */
    Candidate withHttps(Path keystore) throws IOException {
        return withArguments(HTTPS + RunningServer.freePort() + ":" + keystore);
    }

    /** Where it listens for HTTPS; 0 if it does not. */
    int httpsPort() {
        for (String argument : arguments) {
            if (argument.startsWith(HTTPS))
                return Integer.parseInt(argument.substring(HTTPS.length(), argument.indexOf(':')));
        }
        return 0;
    }

    /** With flags that take the place of those of {@link #JVM_FLAGS} that say otherwise. */
    Candidate withJvmFlags(String... flags) {
        if (!isJvm) return this;
        List<String> all = new ArrayList<>(command);
        all.addAll(1 + JVM_FLAGS.size(), List.of(flags));
        return new Candidate(name, version, all, arguments, cores, true, hasEndpoint);
    }

    private static String versionOf(Path lib, String jar) throws IOException {
        if (!Files.isDirectory(lib)) {
            throw new IOException(lib + " is not there; build first: ./mvnw -pl benchmarks/harness -am package");
        }
        try (Stream<Path> jars = Files.list(lib)) {
            return jars.map(path -> path.getFileName().toString())
                    .filter(file -> file.startsWith(jar + "-") && Character.isDigit(file.charAt(jar.length() + 1)))
                    .map(file -> file.substring(jar.length() + 1, file.length() - ".jar".length()))
                    .map(version -> version.replace("-linux-x86_64", ""))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no " + jar + " in " + lib));
        }
    }
}
