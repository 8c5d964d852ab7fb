package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LifecycleTest {
    @Test
    void whatIsDeployedAnswersUntilTheServerIsClosed() throws Exception {
        int port;
        try (var server = local().deploy(Mode.app("/").servlet("/hello", new Greeting("hello")))
                .start()) {
            port = server.port();
            assertThat(Http.get(server, "/hello").body()).isEqualTo("hello");
            assertThat(Http.get(server, "/absent").status()).isEqualTo(404);
        }
        assertThatThrownBy(() -> new Socket("127.0.0.1", port)).isInstanceOf(ConnectException.class);
    }

    @Test
    void applicationsAreChosenByContextPath() throws Exception {
        try (var server = local().deploy(Mode.app("/shop").servlet("/*", new Greeting("shop")))
                .deploy(Mode.app("/shop/admin").servlet("/*", new Greeting("admin")))
                .start()) {
            assertThat(Http.get(server, "/shop/x").body()).isEqualTo("shop");
            assertThat(Http.get(server, "/shop/admin/x").body()).isEqualTo("admin");
            assertThat(Http.get(server, "/other").status()).isEqualTo(404);
        }
    }

    @Test
    void aPortInUseIsRefusedWithItsAddress() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatThrownBy(() -> local().port(taken.getLocalPort()).start())
                    .isInstanceOf(UncheckedIOException.class)
                    .hasCauseInstanceOf(BindException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void theSamePortCannotBeHadTwiceAlthoughItsOwnLoopsShareIt() {
        try (var first = local().loops(2).start()) {
            assertThatThrownBy(() -> local().loops(2).port(first.port()).start())
                    .hasCauseInstanceOf(BindException.class)
                    .hasMessageContaining("127.0.0.1:" + first.port());
        }
    }

    @Test
    void anUnknownHostIsRefusedWithItsName() {
        assertThatThrownBy(() ->
                        Mode.builder().host("no-such-host.invalid").port(0).start())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("no-such-host.invalid");
    }

    @Test
    void whatWasStartedIsStoppedInReverseWhenALaterOneFails() {
        List<String> events = new ArrayList<>();
        var good = Mode.app("/good").listener(new Recorder("good", events));
        var bad = Mode.app("/bad").listener(new ServletContextListener() {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                throw new IllegalArgumentException("no database");
            }
        });
        assertThatThrownBy(() -> local().deploy(good).deploy(bad).start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("/bad")
                .hasStackTraceContaining("no database");
        assertThat(events).containsExactly("good started", "good stopped");
    }

    @Test
    void twoApplicationsAtOneContextPathAreRefusedBeforeAnyIsStarted() {
        List<String> events = new ArrayList<>();
        assertThatThrownBy(() -> local().deploy(Mode.app("/a").listener(new Recorder("a", events)))
                        .deploy(Mode.app("/a"))
                        .start())
                .hasMessageContaining("/a");
        assertThat(events).isEmpty();
    }

    @Test
    void prepareStartsApplicationsAndListenBinds() throws IOException {
        List<String> events = new ArrayList<>();
        try (var server = local().deploy(
                        Mode.app("/").listener(new Recorder("it", events)).servlet("/hello", new Greeting("hello")))
                .prepare()) {
            assertThat(events).containsExactly("it started");
            assertThat(server.port()).isEqualTo(-1);
            server.listen();
            assertThat(Http.get(server, "/hello").body()).isEqualTo("hello");
        }
        assertThat(events).containsExactly("it started", "it stopped");
    }

    @Test
    void itListensAgainAfterItStopped() throws IOException {
        try (var server = local().deploy(Mode.app("/").servlet("/hello", new Greeting("hello")))
                .start()) {
            server.stopListening();
            assertThat(server.port()).isEqualTo(-1);
            server.listen();
            assertThat(Http.get(server, "/hello").body()).isEqualTo("hello");
        }
    }

    @Test
    void aRequestUnderWayIsAnsweredByACloseAndItsConnectionEnds() throws Exception {
        var gate = new Gate();
        var server = local().deploy(Mode.app("/").servlet("/", gate)).start();
        try (var client = Http.connect(server)) {
            client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            gate.entered.await();
            Thread closing = Thread.ofPlatform().start(server::close);
            awaitRefused(server);
            gate.open.countDown();
            assertThat(client.answer().body()).isEqualTo("through");
            client.expectClosed();
            closing.join();
        } finally {
            server.close();
        }
    }

    @Test
    void aRequestThatNeverEndsIsCutAfterTheDrainTimeout() throws Exception {
        var gate = new Gate();
        var server = local().drainTimeout(Duration.ofMillis(50))
                .deploy(Mode.app("/").servlet("/", gate))
                .start();
        try (var client = Http.connect(server)) {
            client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            gate.entered.await();
            server.close();
            assertThatThrownBy(client::answer).isInstanceOf(IOException.class);
        } finally {
            gate.open.countDown();
        }
    }

    @Test
    void idleConnectionsAreClosedAtOnce() throws Exception {
        var server = local().deploy(Mode.app("/").servlet("/", new Greeting("hello")))
                .start();
        try (var idle = Http.connect(server)) {
            assertThat(idle.get("/").body()).isEqualTo("hello");
            server.close();
            idle.expectClosed();
        }
    }

    @Test
    void closingTwiceIsFine() {
        var server = local().start();
        server.close();
        server.close();
        assertThat(server.port()).isEqualTo(-1);
        assertThatThrownBy(server::listen).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatWebAppDeclaresReachesTheContext() throws Exception {
        var contexts = Collections.synchronizedList(new ArrayList<ServletContext>());
        try (var server = local().deploy(Mode.app("/shop")
                        .displayName("Shop")
                        .contextParam("currency", "EUR")
                        .attribute("stock", 7)
                        .mimeType("acorn", "application/x-acorn")
                        .sessionTimeout(Duration.ofMinutes(5))
                        .initializer((classes, context) -> {
                            contexts.add(context);
                            context.addServlet("late", new Greeting("late")).addMapping("/late");
                        }))
                .start()) {
            ServletContext context = contexts.getFirst();
            assertThat(context.getServletContextName()).isEqualTo("Shop");
            assertThat(context.getInitParameter("currency")).isEqualTo("EUR");
            assertThat(context.getAttribute("stock")).isEqualTo(7);
            assertThat(context.getMimeType("x.acorn")).isEqualTo("application/x-acorn");
            assertThat(context.getSessionTimeout()).isEqualTo(5);
            assertThat(Http.get(server, "/shop/late").body()).isEqualTo("late");
        }
    }

    private static Dormouse.Builder local() {
        return Mode.builder().host("127.0.0.1").port(0);
    }

    /** Stop of listening is the first thing that a close does. */
    private static void awaitRefused(Dormouse server) {
        while (server.port() >= 0) Thread.onSpinWait();
    }

    private static final class Greeting extends HttpServlet {
        private static final long serialVersionUID = 1;
        private final String text;

        Greeting(String text) {
            this.text = text;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print(text);
        }
    }

    private record Recorder(String name, List<String> events) implements ServletContextListener {
        @Override
        public void contextInitialized(ServletContextEvent event) {
            events.add(name + " started");
        }

        @Override
        public void contextDestroyed(ServletContextEvent event) {
            events.add(name + " stopped");
        }
    }
}
