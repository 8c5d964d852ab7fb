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
 * @param isJvm whether heap and compilation can be asked for
 * @param hasEndpoint whether it serves the WebSocket echo
 */
record Candidate(
        String name, String version, List<String> command, List<String> arguments, boolean isJvm, boolean hasEndpoint) {
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
                true,
                !folder.startsWith("netty"));
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
