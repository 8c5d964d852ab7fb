package org.dormouse.benchmarks.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Programs that the harness runs to their end. */
final class Tool {
    private Tool() {}

    static String ofJdk(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    /** What {@code command} prints on both of its outputs. */
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) throw new IOException(String.join(" ", command) + " ended with " + status + ": " + output);
        return output;
    }

    static boolean isThere(String name) throws InterruptedException {
        try {
            return !run("sh", "-c", "command -v " + name + " || true").isBlank();
        } catch (IOException noShell) {
            return false;
        }
    }
}
