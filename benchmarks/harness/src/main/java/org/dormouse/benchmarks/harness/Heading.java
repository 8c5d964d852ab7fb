package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;

/** What a report begins with: when, of what, on which machine, with which flags. */
final class Heading {
    private Heading() {}

    static String of(Path root, List<Candidate> candidates) throws IOException, InterruptedException {
        String commit = Tool.run("git", "-C", root.toString(), "rev-parse", "--short", "HEAD")
                .strip();
        List<String> versions = candidates.stream()
                .map(each -> each.name() + " " + each.version())
                .toList();
        return "# Side by side, " + LocalDate.now(ZoneId.systemDefault()) + "\n\nCommit " + commit + "; JDK "
                + Runtime.version() + "; " + cpuModel()
                + ", server on core 0, load on core 1 unless said otherwise, loopback; Linux "
                + System.getProperty("os.version") + ".\nJVM flags of every server: `"
                + String.join(" ", Candidate.JVM_FLAGS)
                + "`.\nMedians of interleaved rounds; \"rounds\" gives the least and the most of them. Throughput in brackets: the load"
                + " generator, not the server, was at its end.\n\nVersions: " + String.join(", ", versions) + ".\n";
    }

    private static String cpuModel() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown CPU");
    }
}
