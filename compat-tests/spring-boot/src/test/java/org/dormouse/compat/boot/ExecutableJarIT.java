package org.dormouse.compat.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The shop as it is delivered: {@code java -jar shop.jar}, with its libraries inside. */
@Timeout(120)
class ExecutableJarIT {
    private static final Pattern STARTED = Pattern.compile("Dormouse started on port (\\d+) \\(http\\)");
    private static Process shop;
    private static int port;
    private static final StringBuilder SAID = new StringBuilder();

    @BeforeAll
    static void start() throws IOException {
        shop = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        System.getProperty("executable"),
                        "--server.port=0",
                        "--server.address=127.0.0.1")
                .redirectErrorStream(true)
                .start();
        BufferedReader out = shop.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            SAID.append(line).append('\n');
            Matcher started = STARTED.matcher(line);
            if (started.find()) {
                port = Integer.parseInt(started.group(1));
                // Read on, or the application stops at a full pipe.
                Thread.startVirtualThread(() -> out.lines().forEach(rest -> {}));
                return;
            }
        }
        throw new AssertionError("the shop ended without starting:\n" + SAID);
    }

    @AfterAll
    static void stopsOnSigterm() throws InterruptedException {
        shop.destroy();
        assertThat(shop.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(shop.exitValue()).isEqualTo(143);
    }

    @Test
    void itStartsWithoutAWarningOfTheJvm() {
        assertThat(SAID.toString()).doesNotContain("WARNING:");
    }

    @Test
    void aControllerAnswers() {
        given().get("/books").then().statusCode(200).body(equalTo("[]"));
    }

    @Test
    void aPageInsideTheJarIsServed() {
        given().get("/").then().statusCode(200).body(containsString("Books, and nothing else"));
    }

    @Test
    void itIsHealthy() {
        given().get("/actuator/health").then().statusCode(200).body("status", equalTo("UP"));
    }

    private static RequestSpecification given() {
        return RestAssured.given().baseUri("http://127.0.0.1:" + port);
    }
}
