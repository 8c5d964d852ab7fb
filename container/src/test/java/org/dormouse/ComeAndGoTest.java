package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Applications that are added to a running server and taken away from it. */
@Timeout(60)
class ComeAndGoTest {
    @Test
    void anApplicationThatIsAddedWhileTheServerRunsAnswersAndAnotherGoesOn() throws Exception {
        try (var server = local().deploy(app("/old")).start();
                var kept = Http.connect(server)) {
            assertThat(kept.get("/new/it").status()).isEqualTo(404);
            server.deploy(app("/new"));
            assertThat(kept.get("/new/it").body()).isEqualTo("/new");
            assertThat(kept.get("/old/it").body()).isEqualTo("/old");
            assertThat(server.contextPaths()).containsExactly("/old", "/new");
        }
    }

    @Test
    void afterItIsTakenAwayItsPathBelongsToWhoeverIsLeft() throws Exception {
        var events = new CopyOnWriteArrayList<String>();
        try (var server = local().deploy(Mode.app("/").servlet("/*", new Where()))
                .deploy(app("/new").listener(new Recorder(events)))
                .start()) {
            assertThat(Http.get(server, "/new/it").body()).isEqualTo("/new");
            server.undeploy("/new");
            assertThat(events).containsExactly("started", "stopped");
            Http.Answer ofRoot = Http.get(server, "/new/it");
            assertThat(ofRoot.status()).isEqualTo(200);
            assertThat(ofRoot.body()).isEmpty();
            assertThat(server.contextPaths()).containsExactly("");
            server.deploy(app("/new"));
            assertThat(Http.get(server, "/new/it").body()).isEqualTo("/new");
        }
    }

    @Test
    void requestsUnderWayEndBeforeTheirApplicationIsStopped() throws Exception {
        var events = new CopyOnWriteArrayList<String>();
        var gate = new Gate();
        try (var server = local().deploy(
                                Mode.app("/app").listener(new Recorder(events)).servlet("/gate", gate))
                        .start();
                var client = Http.connect(server)) {
            client.send("GET /app/gate HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(gate.entered.await(20, TimeUnit.SECONDS)).isTrue();
            var undeployed = CompletableFuture.runAsync(() -> server.undeploy("/app"));
            while (!server.contextPaths().isEmpty()) Thread.onSpinWait();
            assertThat(Http.get(server, "/app/gate").status()).isEqualTo(404);
            assertThat(undeployed).isNotDone();
            assertThat(events).containsExactly("started");
            gate.open.countDown();
            assertThat(client.answer().body()).isEqualTo("through");
            undeployed.get(20, TimeUnit.SECONDS);
            assertThat(events).containsExactly("started", "stopped");
        }
    }

    @Test
    void aRequestOfAnotherApplicationThatWasDispatchedIntoItIsWaitedForAndLaterOnesDoNotGetIn() throws Exception {
        var events = new CopyOnWriteArrayList<String>();
        var gate = new Gate();
        try (var server = local().set("servlet.cross-context", "true")
                        .deploy(Mode.app("/from").servlet("/*", new ToOther()))
                        .deploy(Mode.app("/app").listener(new Recorder(events)).servlet("/gate", gate))
                        .start();
                var client = Http.connect(server)) {
            client.send("GET /from/it HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(gate.entered.await(20, TimeUnit.SECONDS)).isTrue();
            var undeployed = CompletableFuture.runAsync(() -> server.undeploy("/app"));
            while (server.contextPaths().size() > 1) Thread.onSpinWait();
            assertThat(undeployed).isNotDone();
            assertThat(events).containsExactly("started");
            gate.open.countDown();
            assertThat(client.answer().body()).isEqualTo("through");
            undeployed.get(20, TimeUnit.SECONDS);
            assertThat(events).containsExactly("started", "stopped");
            assertThat(Http.get(server, "/from/it").status()).isEqualTo(500);
            server.deploy(Mode.app("/app").servlet("/gate", gate));
            assertThat(Http.get(server, "/from/it?anew").body()).isEqualTo("through");
        }
    }

    /** Forwards to the other application, by a dispatcher that it keeps. */
    private static final class ToOther extends HttpServlet {
        private static final long serialVersionUID = 1;

        private transient volatile RequestDispatcher kept;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            if (kept == null || request.getQueryString() != null)
                kept = getServletContext().getContext("/app").getRequestDispatcher("/gate");
            kept.forward(request, response);
        }
    }

    @Test
    void oneThatDoesNotEndIsNotWaitedForLongerThanTheDrainTimeout() throws Exception {
        var events = new CopyOnWriteArrayList<String>();
        var gate = new Gate();
        try (var server = local().drainTimeout(Duration.ofMillis(50))
                        .deploy(Mode.app("/app").listener(new Recorder(events)).servlet("/gate", gate))
                        .start();
                var client = Http.connect(server)) {
            client.send("GET /app/gate HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(gate.entered.await(20, TimeUnit.SECONDS)).isTrue();
            server.undeploy("/app");
            assertThat(events).containsExactly("started", "stopped");
            gate.open.countDown();
        }
    }

    @Test
    void aTakenPathIsRefusedBeforeTheApplicationStarts() {
        var events = new CopyOnWriteArrayList<String>();
        try (var server = local().deploy(app("/a")).start()) {
            assertThatThrownBy(() -> server.deploy(app("/a").listener(new Recorder(events))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("\"/a\"");
            assertThat(events).isEmpty();
            assertThat(server.contextPaths()).containsExactly("/a");
        }
    }

    @Test
    void oneThatFailsToStartIsStoppedAndTheOthersGoOn() throws Exception {
        var events = new CopyOnWriteArrayList<String>();
        var bad = app("/bad").listener(new Recorder(events)).listener(new ServletContextListener() {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                throw new IllegalArgumentException("no database");
            }
        });
        try (var server = local().deploy(app("/a")).start()) {
            assertThatThrownBy(() -> server.deploy(bad))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("/bad")
                    .hasStackTraceContaining("no database");
            assertThat(events).containsExactly("started", "stopped");
            assertThat(Http.get(server, "/bad/it").status()).isEqualTo(404);
            assertThat(Http.get(server, "/a/it").body()).isEqualTo("/a");
        }
    }

    @Test
    void whatIsNotThereCannotBeTakenAway() {
        try (var server = local().deploy(app("/a")).start()) {
            assertThatThrownBy(() -> server.undeploy("/b"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("\"/b\"");
        }
    }

    @Test
    void aClosedServerTakesNone() {
        var server = local().start();
        server.close();
        assertThatThrownBy(() -> server.deploy(app("/a")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aServerThatEndsStopsThoseThatWereAddedToo() {
        var events = new CopyOnWriteArrayList<String>();
        try (var server = local().start()) {
            server.deploy(app("/new").listener(new Recorder(events)));
        }
        assertThat(events).containsExactly("started", "stopped");
    }

    @Test
    void anExecutionThatTheLoopsDidNotBeginWithIsRefused() {
        try (var server = Dormouse.builder()
                .host("127.0.0.1")
                .port(0)
                .execution(Execution.VIRTUAL)
                .start()) {
            assertThatThrownBy(() -> server.deploy(WebApp.at("/a").execution(Execution.LOOP)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("LOOP");
            server.deploy(WebApp.at("/b").execution(Execution.POOL));
            assertThat(server.contextPaths()).containsExactly("/b");
        }
    }

    @Test
    void aServerWithoutAnyApplicationAnswersThatThereIsNone() throws Exception {
        try (var server = local().start()) {
            assertThat(Http.get(server, "/").status()).isEqualTo(404);
        }
    }

    private static Dormouse.Builder local() {
        return Mode.builder().host("127.0.0.1").port(0);
    }

    private static WebApp app(String contextPath) {
        return Mode.app(contextPath).servlet("/it", new Where());
    }

    private static final class Where extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print(request.getContextPath());
        }
    }

    private record Recorder(List<String> events) implements ServletContextListener {
        @Override
        public void contextInitialized(ServletContextEvent event) {
            events.add("started");
        }

        @Override
        public void contextDestroyed(ServletContextEvent event) {
            events.add("stopped");
        }
    }

    @Test
    void applicationsOfOneServerSeeEachOtherOnlyWhereThatIsAllowed() throws Exception {
        HttpServlet asking = new HttpServlet() {
            private static final long serialVersionUID = 1;

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                var other = getServletContext().getContext("/other/x");
                response.getWriter().print(other == null ? "none" : other.getContextPath());
            }
        };
        try (var server =
                local().deploy(Mode.app("/asking").servlet("/it", asking)).start()) {
            server.deploy(app("/other"));
            assertThat(Http.get(server, "/asking/it").body()).isEqualTo("none");
        }
        try (var server = local().set("servlet.cross-context", "true")
                .deploy(Mode.app("/asking").servlet("/it", asking))
                .start()) {
            assertThat(Http.get(server, "/asking/it").body()).isEqualTo("none");
            server.deploy(app("/other"));
            assertThat(Http.get(server, "/asking/it").body()).isEqualTo("/other");
            server.undeploy("/other");
            assertThat(Http.get(server, "/asking/it").body()).isEqualTo("none");
        }
    }
}
