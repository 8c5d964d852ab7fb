package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.dormouse.http.ClientGone;
import org.junit.jupiter.api.Test;

/** What an operator reads: the simple logger of the tests writes to standard error. */
class FailureLogTest {
    private static String logOf(TestApp.Service service) {
        var log = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try (var app = TestApp.at("/").servlet("/", service)) {
            app.get("/page");
        } finally {
            System.setErr(before);
        }
        return log.toString(StandardCharsets.UTF_8);
    }

    @Test
    void failureOfTheApplicationIsLoggedOnceWithItsStackTrace() {
        String log = logOf((request, response) -> {
            throw new ServletException("what went wrong");
        });
        assertThat(log).contains("ERROR").contains("GET /page").contains("at org.dormouse.servlet.FailureLogTest");
        assertThat(log.split("what went wrong", -1)).hasSize(2);
    }

    @Test
    void aClientThatLeftIsNoNews() {
        assertThat(logOf((request, response) -> {
                    throw new IOException(new ClientGone("reset by peer"));
                }))
                .isEmpty();
    }

    @Test
    void sendErrorIsNoNews() {
        assertThat(logOf((request, response) -> response.sendError(503, "busy")))
                .isEmpty();
    }
}
