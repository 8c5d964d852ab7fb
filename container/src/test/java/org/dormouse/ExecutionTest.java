package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each mode is asserted from inside a servlet; the tests' JVM has the flag that LOOP needs. */
@Timeout(60)
class ExecutionTest {
    @Test
    void loopIsTheDefaultAndRequestsAreVirtualThreadsOnALoop() throws IOException {
        try (var server = start(Dormouse.builder())) {
            assertThat(server.execution()).isEqualTo(Execution.LOOP);
            assertThat(Http.get(server, "/thread").body())
                    .contains("VirtualThread[")
                    .contains("@dormouse-loop-");
        }
    }

    @Test
    void virtualUsesTheSchedulerOfTheJdk() throws IOException {
        try (var server = start(Dormouse.builder().execution(Execution.VIRTUAL))) {
            assertThat(server.execution()).isEqualTo(Execution.VIRTUAL);
            assertThat(Http.get(server, "/thread").body())
                    .contains("VirtualThread[")
                    .contains("@ForkJoinPool-");
        }
    }

    @Test
    void poolUsesPlatformThreads() throws IOException {
        try (var server = start(Dormouse.builder().execution(Execution.POOL))) {
            assertThat(server.execution()).isEqualTo(Execution.POOL);
            assertThat(Http.get(server, "/thread").body()).contains("Thread[#").contains("dormouse-pool-");
        }
    }

    @Test
    void inlineUsesTheThreadsOfTheLoops() throws IOException {
        try (var server = start(Dormouse.builder().execution(Execution.INLINE))) {
            assertThat(server.execution()).isEqualTo(Execution.INLINE);
            assertThat(Http.get(server, "/thread").body()).contains("Thread[#").contains(",dormouse-loop-");
        }
    }

    @Test
    void anApplicationMayHaveAnExecutionOfItsOwn() throws IOException {
        try (var server = Dormouse.builder()
                .host("127.0.0.1")
                .port(0)
                .deploy(WebApp.at("/loop").servlet("/thread", new ThreadServlet()))
                .deploy(WebApp.at("/pool")
                        .servlet("/thread", new ThreadServlet())
                        .execution(Execution.POOL))
                .start()) {
            assertThat(Http.get(server, "/loop/thread").body()).contains("@dormouse-loop-");
            assertThat(Http.get(server, "/pool/thread").body()).contains("dormouse-pool-");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LOOP", "VIRTUAL", "POOL"})
    void asynchronousTasksRunWhereTheRequestDid(Execution execution) throws IOException {
        String where = switch (execution) {
            case LOOP -> "@dormouse-loop-";
            case VIRTUAL -> "@ForkJoinPool-";
            default -> "dormouse-pool-";
        };
        try (var server = start(Dormouse.builder().execution(execution))) {
            assertThat(Http.get(server, "/async").body()).contains(where);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LOOP", "VIRTUAL", "POOL", "INLINE"})
    void manyBlockedRequestsDoNotHoldOthersUp(Execution execution) throws Exception {
        int blocked = 20;
        var gate = new Gate(blocked);
        try (var server = Dormouse.builder()
                .host("127.0.0.1")
                .port(0)
                .loops(1)
                .execution(execution)
                .deploy(WebApp.at("/").servlet("/gate", gate).servlet("/thread", new ThreadServlet()))
                .start()) {
            var waiting = new Http[blocked];
            for (int i = 0; i < blocked; i++) {
                waiting[i] = Http.connect(server).send("GET /gate HTTP/1.1\r\nHost: localhost\r\n\r\n");
            }
            gate.entered.await();
            assertThat(Http.get(server, "/thread").status()).isEqualTo(200);
            gate.open.countDown();
            for (Http http : waiting) {
                assertThat(http.answer().body()).isEqualTo("through");
                http.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LOOP", "VIRTUAL", "POOL"})
    void beyondTheLimitOfRequestsInFlightTheAnswerIs503ThatNamesIt(Execution execution) throws Exception {
        var gate = new Gate(2);
        try (var server = Dormouse.builder()
                .host("127.0.0.1")
                .port(0)
                .loops(1)
                .execution(execution)
                .maxRequestsInFlight(2)
                .set("server.queue-length", "0")
                .deploy(WebApp.at("/").servlet("/gate", gate).servlet("/thread", new ThreadServlet()))
                .start()) {
            try (var one = Http.connect(server).send("GET /gate HTTP/1.1\r\nHost: localhost\r\n\r\n");
                    var two = Http.connect(server).send("GET /gate HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
                gate.entered.await();
                var refused = Http.get(server, "/thread");
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.head()).contains("Retry-After: 1\r\n");
                assertThat(refused.body())
                        .contains("server.max-requests-in-flight")
                        .contains("2");
                gate.open.countDown();
                assertThat(one.answer().body()).isEqualTo("through");
                assertThat(two.answer().body()).isEqualTo("through");
                // The connection is free again before the count is: ask until it is.
                while (Http.get(server, "/thread").status() == 503) Thread.onSpinWait();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LOOP", "VIRTUAL", "POOL"})
    void beyondTheLimitRequestsWaitAndAreServedWhenOthersLeave(Execution execution) throws Exception {
        var gate = new Gate(1);
        try (var server = Dormouse.builder()
                .host("127.0.0.1")
                .port(0)
                .loops(1)
                .execution(execution)
                .maxRequestsInFlight(1)
                .set("server.queue-length", "1")
                .set("server.queue-timeout", "1h")
                .deploy(WebApp.at("/").servlet("/gate", gate).servlet("/thread", new ThreadServlet()))
                .start()) {
            try (var one = Http.connect(server).send("GET /gate HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
                gate.entered.await();
                try (var two = Http.connect(server).send("GET /thread HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
                    while (server.requestsInFlight() < 2) Thread.onSpinWait();
                    var refused = Http.get(server, "/thread");
                    assertThat(refused.status()).isEqualTo(503);
                    assertThat(refused.body()).contains("server.queue-length: 1");
                    gate.open.countDown();
                    assertThat(one.answer().body()).isEqualTo("through");
                    assertThat(two.answer().status()).isEqualTo(200);
                }
            }
        }
    }

    @Test
    void aCloseTurnsAwayWhoWaitsAtOnceAndLetsWhoIsAtWorkFinish() throws Exception {
        var gate = new Gate(1);
        try (var server = Dormouse.builder()
                .host("127.0.0.1")
                .port(0)
                .loops(1)
                .maxRequestsInFlight(1)
                .set("server.queue-timeout", "1h")
                .deploy(WebApp.at("/").servlet("/gate", gate).servlet("/thread", new ThreadServlet()))
                .start()) {
            try (var one = Http.connect(server).send("GET /gate HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
                gate.entered.await();
                try (var two = Http.connect(server).send("GET /thread HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
                    while (server.requestsInFlight() < 2) Thread.onSpinWait();
                    Thread closer = Thread.ofPlatform().start(server::close);
                    var turnedAway = two.answer();
                    assertThat(turnedAway.status()).isEqualTo(503);
                    assertThat(turnedAway.body()).contains("the server is closing");
                    gate.open.countDown();
                    assertThat(one.answer().body()).isEqualTo("through");
                    closer.join();
                }
            }
        }
    }

    @Test
    void aClientThatResetsWhileItWaitsForItsTurnMakesRoomForTheNext() throws Exception {
        var gate = new Gate(1);
        try (var server = Dormouse.builder()
                .host("127.0.0.1")
                .port(0)
                .loops(1)
                .maxRequestsInFlight(1)
                .set("server.queue-length", "1")
                .set("server.queue-timeout", "1h")
                .deploy(WebApp.at("/").servlet("/gate", gate).servlet("/thread", new ThreadServlet()))
                .start()) {
            try (var one = Http.connect(server).send("GET /gate HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
                gate.entered.await();
                try (var two = new Socket("127.0.0.1", server.port())) {
                    two.setSoLinger(true, 0);
                    two.getOutputStream()
                            .write("GET /thread HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                    while (server.requestsInFlight() < 2) Thread.onSpinWait();
                }
                while (server.requestsInFlight() > 1) Thread.onSpinWait();
                try (var three = Http.connect(server).send("GET /thread HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
                    while (server.requestsInFlight() < 2) Thread.onSpinWait();
                    gate.open.countDown();
                    assertThat(one.answer().body()).isEqualTo("through");
                    assertThat(three.answer().status()).isEqualTo(200);
                }
            }
        }
    }

    @Test
    void aFullPoolWithAFullQueueIs503ThatNamesThem() throws Exception {
        var gate = new Gate(1);
        try (var server = Dormouse.builder()
                .host("127.0.0.1")
                .port(0)
                .loops(1)
                .execution(Execution.POOL)
                .set("server.pool-threads", "1")
                .set("server.pool-queue", "0")
                .deploy(WebApp.at("/").servlet("/gate", gate).servlet("/thread", new ThreadServlet()))
                .start()) {
            try (var one = Http.connect(server).send("GET /gate HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
                gate.entered.await();
                var refused = Http.get(server, "/thread");
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.head()).contains("Retry-After: 1\r\n");
                assertThat(refused.body()).contains("server.pool-threads");
                gate.open.countDown();
                assertThat(one.answer().body()).isEqualTo("through");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LOOP", "VIRTUAL", "POOL", "INLINE"})
    void endlessRecursionAndAnEmptyHeapAre500AndTheServerGoesOn(Execution execution) throws IOException {
        try (var server = start(Dormouse.builder().execution(execution))) {
            assertThat(Http.get(server, "/recursion").status()).isEqualTo(500);
            assertThat(Http.get(server, "/heap").status()).isEqualTo(500);
            assertThat(Http.get(server, "/thread").status()).isEqualTo(200);
        }
    }

    private static Dormouse start(Dormouse.Builder builder) {
        return builder.host("127.0.0.1")
                .port(0)
                .deploy(WebApp.at("/")
                        .servlet("/thread", new ThreadServlet())
                        .servlet("/async", new AsyncServlet())
                        .servlet("/recursion", new RecursiveServlet())
                        .servlet("/heap", new GreedyServlet()))
                .start();
    }

    private static final class ThreadServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print(Thread.currentThread());
        }
    }

    private static final class AsyncServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            AsyncContext async = request.startAsync();
            async.start(() -> {
                try {
                    response.getWriter().print(Thread.currentThread());
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
                async.complete();
            });
        }
    }

    private static final class RecursiveServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            doGet(request, response);
            response.getWriter().print("never");
        }
    }

    private static final class GreedyServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print(new long[Integer.MAX_VALUE].length);
        }
    }
}
