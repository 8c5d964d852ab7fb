package org.dormouse.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command in a JVM of its own, as a user starts it. */
final class DormouseProcess implements AutoCloseable {
    static final List<String> FLAGS =
            List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED");
    private static final Pattern URL = Pattern.compile("https?://\\S+/");
    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final BufferedReader output;
    private final Thread errorReader;
    private final StringBuffer errors = new StringBuffer();

    private DormouseProcess(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.errorReader = Thread.ofVirtual().start(() -> {
            try (var reader = process.errorReader(StandardCharsets.UTF_8)) {
                reader.lines().forEach(line -> errors.append(line).append('\n'));
            } catch (IOException e) {
                errors.append(e);
            }
        });
    }

    static DormouseProcess start(String... arguments) throws IOException {
        return start(FLAGS, arguments);
    }

    static DormouseProcess start(List<String> flags, String... arguments) throws IOException {
        return start(flags, Main.class, arguments);
    }

    static DormouseProcess start(List<String> flags, Class<?> main, String... arguments) throws IOException {
        return new DormouseProcess(new ProcessBuilder(command(flags, main, arguments)).start());
    }

    /** What starts {@code main} with the classes of the test. */
    static List<String> command(List<String> flags, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Waits until it says where it listens. */
    int port() throws IOException {
        return urls().getFirst().getPort();
    }

    /** Waits until it has said where each application is. */
    List<URI> urls() throws IOException {
        List<String> lines = new ArrayList<>();
        List<URI> urls = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher url = URL.matcher(line);
            if (line.contains("Ctrl-C")) return urls;
            while (url.find()) urls.add(URI.create(url.group()));
            lines.add(line);
        }
        throw new AssertionError("it ended without an address; output " + lines + ", errors " + errors);
    }

    DormouseProcess type(String text) throws IOException {
        try (OutputStream input = process.getOutputStream()) {
            input.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return this;
    }

    /** SIGTERM. */
    DormouseProcess terminate() {
        process.destroy();
        return this;
    }

    int exitStatus() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("ended; errors so far: " + errors)
                .isTrue();
        errorReader.join();
        return process.exitValue();
    }

    /** What it wrote to its output since it was asked last; waits for its end. */
    String output() throws IOException {
        return String.join("\n", output.lines().toList());
    }

    /** What it wrote to its error output; complete after {@link #exitStatus}. */
    String errors() {
        return errors.toString();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
