package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A servlet that moves a long body at the speed of its client lets others of the loop go first before the loop is taken away. */
class TurnTest {
    private static List<String> callsOf(TestExchange exchange, TestApp.Service service) {
        try (var app = TestApp.at("/").servlet("/", service)) {
            app.run(exchange);
        }
        return exchange.calls();
    }

    @Test
    void aLongWriteIsFollowedByATurnOfOthersWhereTheyHaveWaited() {
        TestApp.Service service = (request, response) -> {
            for (int i = 0; i < 3; i++) response.getOutputStream().write(new byte[8192]);
        };

        assertThat(callsOf(TestExchange.get("/").overdue(), service))
                .containsExactly("commit", "write 8192", "turn", "write 8192", "write 8192", "finish");
        assertThat(callsOf(TestExchange.get("/"), service)).doesNotContain("turn");
    }

    @Test
    void aLongReadIsToo() {
        TestApp.Service service = (request, response) ->
                assertThat(request.getInputStream().readNBytes(20_000)).hasSize(10_000);

        assertThat(callsOf(
                        TestExchange.post("/", "text/plain", "x".repeat(10_000)).overdue(), service))
                .contains("turn");
        assertThat(callsOf(TestExchange.post("/", "text/plain", "x".repeat(10_000)), service))
                .doesNotContain("turn");
    }

    @Test
    void aShortAnswerDoesNotLookForOthers() {
        TestApp.Service service =
                (request, response) -> response.getOutputStream().print("hello");

        assertThat(callsOf(TestExchange.get("/").overdue(), service)).containsExactly("commit", "write 5", "finish");
    }
}
