package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * Breaks the code on purpose, one patch of {@code tests/mutations} after the other, and expects the test that the patch names to fail: a test
 * that never fails proves nothing. Not part of an ordinary build; {@code tests/mutations/run} runs it, all or those whose names contain {@code
 * -Dmutations=TEXT}. A patch that does not apply any more is an error: the code went on, and nobody knows whether its test still bites.
 */
class MutationProof {
    private static final Path PATCHES = Path.of("tests/mutations");
    private static final Path SOURCES = Path.of("src/main/java");
    private static final int PATIENCE_SECONDS = 120;

    /** All tests together, one after the other. */
    private static final int CONTROL_SECONDS = 900;

    @TempDir
    Path folder;

    /** What a patch says above its first file. */
    private record Mutation(Path patch, String rows, String test) {
        static Mutation of(Path patch) throws IOException {
            String rows = "";
            String test = "";
            for (String line : Files.readAllLines(patch)) {
                if (line.startsWith("--- ")) break;
                if (line.startsWith("rows: ")) rows = line.substring(6).strip();
                if (line.startsWith("test: ")) test = line.substring(6).strip();
            }
            assertThat(rows).as("rows: of %s", patch).isNotEmpty();
            assertThat(test).as("test: of %s", patch).contains("#");
            return new Mutation(patch, rows, test);
        }

        String name() {
            return patch.getFileName().toString().replace(".patch", "");
        }
    }

    @Test
    void everyMutationIsNoticedByItsTest() throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(MutationProof::endChildren)); // stopped in the midst of it
        String wanted = System.getProperty("mutations", "");
        var controlled = new TreeSet<String>();
        var wrong = new ArrayList<String>();
        int number = 0;
        List<Path> patches;
        try (Stream<Path> files = Files.list(PATCHES)) {
            patches = files.filter(file -> file.toString().endsWith(".patch"))
                    .sorted()
                    .toList();
        }
        for (Path patch : patches) {
            Mutation mutation = Mutation.of(patch);
            if (!mutation.name().contains(wanted)) continue;
            controlled.add(mutation.test);
            String outcome = tryOut(mutation, Files.createDirectory(folder.resolve("mutation-" + number++)));
            System.out.println(String.format(
                    Locale.ROOT, "%-10s %-9s %-60s %s", outcome, mutation.rows, mutation.name(), mutation.test));
            if (!outcome.equals("red")) wrong.add(mutation.name() + " is " + outcome);
        }
        assertThat(number).as("mutations tried").isPositive();
        Path unbroken = Files.createDirectories(folder.resolve("control/classes"));
        String control = run(controlled, unbroken, CONTROL_SECONDS);
        if (!control.equals("GREEN")) System.out.println(Files.readString(unbroken.resolveSibling("output")));
        assertThat(control).as("the same tests on code that nobody broke").isEqualTo("GREEN");
        assertThat(wrong).isEmpty();
    }

    private String tryOut(Mutation mutation, Path work) throws Exception {
        Path sources = work.resolve("container").resolve(SOURCES);
        var changed = new TreeSet<Path>();
        for (String line : Files.readAllLines(mutation.patch)) {
            if (!line.startsWith("+++ b/container/")) continue;
            Path file = Path.of(line.substring("+++ b/container/".length()).strip());
            Path copy = sources.resolve(SOURCES.relativize(file));
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
            changed.add(copy);
        }
        if (changed.isEmpty() || !apply(mutation.patch, work)) return "STALE";
        Path classes = Files.createDirectory(work.resolve("classes"));
        String errors = compile(changed, classes);
        if (!errors.isEmpty()) {
            System.out.println(errors);
            return "BROKEN";
        }
        return run(Set.of(mutation.test), classes, PATIENCE_SECONDS);
    }

    /** Exactly, but for the numbers of lines. */
    private static boolean apply(Path patch, Path work) throws Exception {
        Process process = new ProcessBuilder(
                        "patch",
                        "-p1",
                        "-F0",
                        "-s",
                        "--no-backup-if-mismatch",
                        "-i",
                        patch.toAbsolutePath().toString())
                .directory(work.toFile())
                .inheritIO()
                .start();
        return process.waitFor() == 0;
    }

    private static String compile(TreeSet<Path> sources, Path classes) {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var output = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            var options =
                    List.of("-d", classes.toString(), "-cp", classPath(), "-proc:none", "-nowarn", "-implicit:none");
            var units = files.getJavaFileObjectsFromPaths(sources);
            boolean done = compiler.getTask(new PrintWriter(output), files, null, options, null, units)
                    .call();
            return done ? "" : "does not compile: " + output;
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private static String run(Set<String> tests, Path classes, int seconds) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (argument.startsWith("--add-") || argument.startsWith("--enable-") || argument.startsWith("-ea"))
                command.add(argument);
        }
        command.addAll(List.of("-ea", "-cp", classes + System.getProperty("path.separator") + classPath()));
        command.add(Main.class.getName());
        command.addAll(tests);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(classes.resolveSibling("output").toFile())
                .start();
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            List<ProcessHandle> children =
                    process.descendants().toList(); // nobody knows them when their parent has ended
            process.destroyForcibly().waitFor();
            children.forEach(ProcessHandle::destroyForcibly);
            return "red"; // it hangs, which the limits of a build notice
        }
        return switch (process.exitValue()) {
            case Main.GREEN -> "GREEN";
            case Main.RED -> "red";
            default -> "NO TEST: " + Files.readString(classes.resolveSibling("output"));
        };
    }

    /** JVMs that a test has started go with it. */
    private static void endChildren() {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }

    /** Runs tests, each as {@code Class#method}, in a JVM of its own. */
    static final class Main {
        static final int GREEN = 0;
        static final int RED = 17;
        static final int NONE = 18;

        public static void main(String[] arguments) {
            var request = LauncherDiscoveryRequestBuilder.request();
            for (String name : arguments) {
                int found = 0;
                Class<?> type = type(name.substring(0, name.indexOf('#')));
                for (var each : type.getDeclaredMethods()) {
                    if (!each.getName().equals(name.substring(name.indexOf('#') + 1))) continue;
                    request.selectors(selectMethod(type, each));
                    found++;
                }
                if (found == 0) System.exit(NONE);
            }
            var summary = new SummaryGeneratingListener();
            LauncherFactory.create().execute(request.build(), summary);
            endChildren();
            summary.getSummary().printFailuresTo(new PrintWriter(System.out, true), 3);
            if (summary.getSummary().getTestsFoundCount() == 0) System.exit(NONE);
            boolean failed = summary.getSummary().getTotalFailureCount() > 0;
            System.exit(failed ? RED : summary.getSummary().getTestsSucceededCount() > 0 ? GREEN : NONE);
        }

        private static Class<?> type(String name) {
            try {
                return Class.forName("org.dormouse." + name);
            } catch (ClassNotFoundException e) {
                System.exit(NONE);
                throw new AssertionError(e);
            }
        }
    }
}
