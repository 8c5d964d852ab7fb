package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.dormouse.ErrorLog;
import org.dormouse.http.ClientGone;
import org.junit.jupiter.api.Test;

/** What an operator reads. */
class FailureLogTest {
    private static String logOf(TestApp.Service service) {
        return logOf(service, exchange -> {});
    }

    private static String logOf(TestApp.Service service, Consumer<TestExchange> play) {
        return logOf(TestApp.at("/").servlet("/", service), TestExchange.open("POST", "/page"), play);
    }

    private static String logOf(TestApp application, TestExchange exchange, Consumer<TestExchange> play) {
        var log = new ErrorLog();
        try (log;
                application) {
            play.accept(application.run(exchange));
        }
        return log.text();
    }

    @Test
    void failureOfTheApplicationIsLoggedOnceWithItsStackTrace() {
        String log = logOf((request, response) -> {
            throw new ServletException("what went wrong");
        });
        assertThat(log).contains("ERROR").contains("POST /page").contains("at org.dormouse.servlet.FailureLogTest");
        assertThat(log.split("what went wrong", -1)).hasSize(2);
    }

    @Test
    void theIdOfASessionInThePathStaysOutOfTheLog() {
        var app = TestApp.at("/").servlet("/", (request, response) -> {
            throw new ServletException("x");
        });
        String log = logOf(app, TestExchange.get("/a;jsessionid=secret/b;c?d=hidden"), exchange -> {});
        assertThat(log).contains("GET /a/b:").doesNotContain("secret", "hidden");
    }

    @Test
    void aClientThatLeftIsNoNews() {
        assertThat(logOf((request, response) -> {
                    throw new IOException(new ClientGone("reset by peer"));
                }))
                .isEmpty();
    }

    @Test
    void failureThatAnAsyncListenerAnswersIsLoggedOnce() {
        String log = logOf((request, response) -> {
            request.startAsync().addListener(new Completing());
            throw new ServletException("what went wrong");
        });
        assertThat(log).contains("ERROR").contains("at org.dormouse.servlet.FailureLogTest");
        assertThat(log.split("what went wrong", -1)).hasSize(2);
    }

    @Test
    void failureOfAReadListenerIsLoggedOnceAlthoughItsOnErrorFailsTooAndTheExchangeEnds() {
        var ended = new ArrayList<Boolean>();
        String log = logOf(
                (request, response) -> {
                    request.startAsync();
                    request.getInputStream().setReadListener(new Failing());
                },
                exchange -> {
                    exchange.arrive("x");
                    ended.add(exchange.isEnded());
                    ended.add(exchange.status() == 500);
                });
        assertThat(ended).containsExactly(true, true);
        assertThat(log).contains("ERROR").contains("Suppressed: java.lang.AssertionError: and again");
        assertThat(log.split("no room for data", -1)).hasSize(2);
    }

    @Test
    void failureOfAWriteListenerWhoseOnErrorRethrowsItIsLoggedOnce() {
        var ended = new ArrayList<Boolean>();
        String log = logOf(
                (request, response) -> {
                    request.startAsync();
                    response.getOutputStream().setWriteListener(new Failing());
                },
                exchange -> ended.add(exchange.isEnded()));
        assertThat(ended).containsExactly(true);
        assertThat(log.split("nothing to write", -1)).hasSize(2);
    }

    @Test
    void aClientThatLeavesAnAsyncRequestIsNoNewsWhateverItsListenersThrow() {
        assertThat(logOf(
                        (request, response) -> {
                            request.startAsync().addListener(new Completing() {
                                @Override
                                public void onError(AsyncEvent event) {
                                    throw new IllegalStateException(event.getThrowable());
                                }
                            });
                            request.getInputStream().setReadListener(new Failing());
                        },
                        TestExchange::leave))
                .isEmpty();
    }

    @Test
    void sessionsBeyondTheLimitAreOneLineAMinute() {
        var app = TestApp.at("/")
                .with(d -> d.sessions().maxSessions(1))
                .servlet("/", (request, response) -> request.getSession());
        String log = logOf(app, TestExchange.get("/"), exchange -> {
            for (int i = 0; i < 3; i++) app.get("/");
            app.nowMillis += 60_000;
            app.get("/");
        });
        assertThat(log.lines()).hasSize(2).allMatch(line -> line.contains("limit 1 (session.max-sessions)"));
    }

    @Test
    void aCharsetThatDoesNotExistIsTheClientsMistake() {
        var statuses = new ArrayList<Integer>();
        for (String charset : List.of("utf-9", "\"!\"")) {
            String type = "application/x-www-form-urlencoded; charset=" + charset;
            var form = TestApp.at("/").servlet("/", (request, response) -> request.getParameter("a"));
            var reader = TestApp.at("/").servlet("/", (request, response) -> request.getReader());
            for (TestApp app : List.of(form, reader)) {
                String log = logOf(app, TestExchange.post("/", type, "a=b"), e -> statuses.add(e.status()));
                assertThat(log).isEmpty();
            }
        }
        assertThat(statuses).containsExactly(415, 415, 415, 415);
    }

    @Test
    void malformedParametersAreTheClientsMistakeOnTheErrorPageToo() {
        var app = TestApp.at("/")
                .servlet("/", (request, response) -> request.getParameter("a"))
                .servlet("/page", (request, response) -> request.getParameter("a"))
                .with(d -> d.errorPages().add(ErrorPage.ofStatus(400, "/page")));
        var statuses = new ArrayList<Integer>();
        String log = logOf(app, TestExchange.get("/?a=%zz"), exchange -> statuses.add(exchange.status()));
        assertThat(log).isEmpty();
        assertThat(statuses).containsExactly(400);
    }

    @Test
    void aRoleToRunAsIsSaidToHaveNoEffect() {
        var app = TestApp.at("/")
                .servlet("/", (request, response) -> {})
                .with(d -> d.servlet("at /").runAs("clerk"));
        assertThat(logOf(app, TestExchange.get("/"), exchange -> {}).lines())
                .singleElement()
                .asString()
                .contains("INFO", "run-as has no effect", "at / as clerk");
    }

    private static class Completing implements AsyncListener {
        @Override
        public void onError(AsyncEvent event) throws IOException {
            event.getAsyncContext().complete();
        }

        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }

    private static final class Failing implements ReadListener, WriteListener {
        @Override
        public void onDataAvailable() {
            throw new IllegalStateException("no room for data");
        }

        @Override
        public void onAllDataRead() {}

        @Override
        public void onWritePossible() throws IOException {
            throw new IOException("nothing to write");
        }

        @Override
        public void onError(Throwable failure) {
            if (failure instanceof IOException) throw new IllegalStateException(failure);
            throw new AssertionError("and again");
        }
    }

    @Test
    void sendErrorIsNoNews() {
        assertThat(logOf((request, response) -> response.sendError(503, "busy")))
                .isEmpty();
    }
}
