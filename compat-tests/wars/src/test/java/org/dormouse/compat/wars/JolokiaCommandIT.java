package org.dormouse.compat.wars;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jolokia through the command of the distribution: {@code dormouse run --users FILE jolokia-agent-war.war}. */
@Timeout(60)
class JolokiaCommandIT extends JolokiaChecks {
    private static final Pattern URL = Pattern.compile("http://localhost:(\\d+)/");
    private static Process server;
    private static String base;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        Path command = Path.of(System.getProperty("command")).normalize();
        assertThat(command)
                .as("what the module standalone builds: run ./mvnw verify")
                .isExecutable();
        server = new ProcessBuilder(
                        command.toString(),
                        "run",
                        "--port",
                        "0",
                        "--users",
                        Wars.users(folder).toString(),
                        Wars.jolokia().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out = server.inputReader(StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher url = URL.matcher(line);
            if (url.find()) {
                base = "http://127.0.0.1:" + url.group(1);
                return;
            }
            said.append(line).append('\n');
        }
        throw new AssertionError("the command ended without saying where it is:\n" + said);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        server.destroy();
        assertThat(server.waitFor(20, TimeUnit.SECONDS)).as("ended by SIGTERM").isTrue();
    }

    @Override
    String base() {
        return base;
    }
}
