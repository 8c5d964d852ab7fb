package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gives each target of {@link FuzzSeedsTest} to Jazzer, which learns from the branches it takes, one after the other in a JVM of its own. Not part
 * of an ordinary build; {@code tests/fuzz/run} runs it, with {@code -Dfuzz=TARGET} one alone and with {@code -Dfuzz.seconds} for another time than
 * five minutes each. What is found worth keeping stays in {@code target/fuzz}, for the next run; an input that breaks a target is named there
 * and belongs among the seeds.
 */
class Fuzzing {
    private static final Path WORK = Path.of("target/fuzz");
    private static final int SECONDS = Integer.getInteger("fuzz.seconds", 300);

    /** Above what a target and the fuzzer need by far. */
    private static final String HEAP = "-Xmx1g";

    private static Stream<String> names() {
        String wanted = System.getProperty("fuzz", "");
        return FuzzSeedsTest.TARGETS.keySet().stream()
                .filter(name -> wanted.isEmpty() || name.equals(wanted))
                .sorted();
    }

    @ParameterizedTest
    @MethodSource("names")
    void itBearsWhateverTheFuzzerThinksOf(String name) throws Exception {
        Path work = WORK.resolve(name);
        Path kept = Files.createDirectories(work.resolve("kept"));
        Path broken = Files.createDirectories(work.resolve("broken"));
        Path output = work.resolve("output");
        Process process = new ProcessBuilder(command(name, kept, broken))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(SECONDS + 120L, TimeUnit.SECONDS))
                    .as("it ends in time; see %s", output)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        System.out.println(name + ": " + lastWords(output));
        assertThat(process.exitValue()).as("of Jazzer; see %s", output).isZero();
    }

    private static List<String> command(String name, Path kept, Path broken) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (argument.startsWith("--add-") || argument.startsWith("--enable-")) command.add(argument);
        }
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-ea", HEAP, "-XX:+UseSerialGC", "-XX:+EnableDynamicAgentLoading"));
        command.addAll(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "-cp", classPath));
        command.addAll(List.of("com.code_intelligence.jazzer.Jazzer", "--target_class=" + FuzzEntry.class.getName()));
        command.addAll(List.of("--target_args=" + name, "--instrumentation_includes=org.dormouse.**"));
        command.addAll(List.of("--reproducer_path=" + broken, "-artifact_prefix=" + broken + "/"));
        command.addAll(List.of("-max_total_time=" + SECONDS, "-timeout=20", "-rss_limit_mb=4096"));
        command.addAll(List.of(
                "-print_final_stats=1",
                kept.toString(),
                FuzzSeedsTest.SEEDS.resolve(name).toString()));
        return command;
    }

    /** How much was tried, and what was reached. */
    private static String lastWords(Path output) throws IOException {
        List<String> lines = Files.readAllLines(output, java.nio.charset.StandardCharsets.ISO_8859_1);
        return String.join(
                "; ",
                lines.stream()
                        .filter(line -> line.contains("\tDONE ")
                                || line.startsWith("Done ")
                                || line.startsWith("== Java Exception"))
                        .toList());
    }
}
