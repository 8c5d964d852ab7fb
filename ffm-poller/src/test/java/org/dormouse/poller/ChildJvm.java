package org.dormouse.poller;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A JVM of its own, for what happens once in the life of one, or depends on its flags. */
public final class ChildJvm {
    private ChildJvm() {}

    /** Runs {@code main} and returns what it printed; fails unless it exits with 0 in time. */
    public static String run(Class<?> main, String... flags) throws Exception {
        var all = new ArrayList<>(List.of(flags));
        all.add("--enable-native-access=ALL-UNNAMED");
        return runWithoutNativeAccess(main, all.toArray(String[]::new));
    }

    /** The same without the flag that allows native access. */
    public static String runWithoutNativeAccess(Class<?> main, String... flags) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = CompletableFuture.supplyAsync(() -> {
            try {
                return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                return "unreadable: " + e;
            }
        });
        if (!process.waitFor(180, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still running; so far it printed: " + output.get(5, TimeUnit.SECONDS));
        }
        String text = output.get(5, TimeUnit.SECONDS);
        if (process.exitValue() != 0) throw new AssertionError("exit " + process.exitValue() + ": " + text);
        return text;
    }
}
