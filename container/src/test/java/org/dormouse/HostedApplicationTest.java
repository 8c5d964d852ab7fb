package org.dormouse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.dormouse.http.BadRequest;
import org.dormouse.http.ClientGone;
import org.dormouse.http.FedExchange;
import org.dormouse.http.ScriptedHost;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A servlet application behind a foreign server that is in memory: no socket, no loop, no listener. */
class HostedApplicationTest {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScriptedHost host = new ScriptedHost().carriedBy(threads);
    private final CompletableFuture<String> seen = new CompletableFuture<>();
    private final Dormouse server = Dormouse.builder()
            .execution(Execution.HOST)
            .drainTimeout(Duration.ofSeconds(5))
            .deploy(WebApp.at("/app")
                    .servlet("/hello", new HelloServlet())
                    .servlet("/echo", new EchoServlet())
                    .servlet("/long", new LongServlet())
                    .servlet("/later", new LaterServlet())
                    .servlet("/async-read", new AsyncReadServlet()))
            .prepare();

    @AfterEach
    void close() {
        server.close();
        threads.close();
    }

    @Test
    void getIsAnsweredWithItsHeadAndBody() throws Exception {
        server.handle(host.exchange("GET", "/app/hello?name=you", 0));
        host.awaitEvent("end whole");
        assertThat(host.body()).isEqualTo("Hello, you");
        assertThat(host.takeEvents().getFirst()).startsWith("head 200 body 10");
    }

    @Test
    void headHasTheLengthAndNoBody() throws Exception {
        server.handle(host.exchange("HEAD", "/app/hello?name=you", 0));
        host.awaitEvent("end whole");
        assertThat(host.body()).isEmpty();
        assertThat(host.takeEvents().getFirst()).startsWith("head 200 nobody");
    }

    @Test
    void servletThatReadsWaitsForTheBodyAndForRoomInTheResponse() throws Exception {
        host.room(0);
        var exchange = host.exchange("POST", "/app/echo", -1);
        server.handle(exchange);
        exchange.offer("one ".getBytes(UTF_8));
        exchange.offer("two".getBytes(UTF_8));
        exchange.end();
        host.awaitEvent("flush");
        assertThat(host.body()).isEmpty();
        host.room(2);
        exchange.drained();
        host.room(100);
        exchange.drained();
        host.awaitEvent("end whole");
        assertThat(host.body()).isEqualTo("one two");
    }

    @Test
    void bodyLargerThanTheBoundFlowsThroughWithStopsAndResumes() throws Exception {
        var exchange = host.exchange("POST", "/app/echo", 200_000);
        server.handle(exchange);
        var expected = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            String chunk = Character.toString('a' + i % 26).repeat(1000);
            expected.append(chunk);
            if (exchange.offer(chunk.getBytes(UTF_8))) continue;
            host.takeEvent("resume"); // only this: after the last chunk the answer may have ended already
        }
        exchange.end();
        host.awaitEvent("end whole");
        assertThat(host.body()).isEqualTo(expected.toString());
    }

    @Test
    void slowClientHoldsBackTheServletNotMoreThanItsRoom() throws Exception {
        host.room(10_000);
        var exchange = host.exchange("GET", "/app/long", 0);
        server.handle(exchange);
        host.awaitEvent("flush");
        assertThat(host.body()).hasSizeLessThanOrEqualTo(10_000);
        host.room(Long.MAX_VALUE);
        exchange.drained();
        host.awaitEvent("end whole");
        assertThat(host.body()).hasSize(1_000_000);
    }

    @Test
    void asyncAnswerComesFromAnotherThread() throws Exception {
        server.handle(host.exchange("GET", "/app/later", 0));
        host.awaitEvent("end whole");
        assertThat(host.body()).isEqualTo("later");
    }

    @Test
    void asyncTimeoutIsTheHostsTimer() throws Exception {
        server.handle(host.exchange("GET", "/app/later?never", 0));
        assertThat(seen.get(10, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo("started");
        host.awaitTimer();
        host.expireTimers();
        host.awaitEvent("end whole");
        assertThat(host.takeEvents().getFirst()).startsWith("head 500 ");
    }

    @Test
    void readListenerIsCalledAsBytesComeIn() throws Exception {
        var exchange = host.exchange("POST", "/app/async-read", -1);
        server.handle(exchange);
        exchange.offer("ab".getBytes(UTF_8));
        exchange.offer("cd".getBytes(UTF_8));
        exchange.end();
        host.awaitEvent("end whole");
        assertThat(host.body()).isEqualTo("abcd");
    }

    @Test
    void faultOfTheBodyIsAnsweredWithItsStatus() throws Exception {
        var exchange = host.exchange("POST", "/app/echo", -1);
        server.handle(exchange);
        exchange.fail(new BadRequest(413, "body of at least 9 bytes, limit test.max-body 8"));
        host.awaitEvent("end whole");
        assertThat(host.takeEvents().getFirst()).startsWith("head 413 ");
    }

    @Test
    void clientThatLeavesEndsTheWaitOfTheServlet() throws Exception {
        FedExchange exchange = host.exchange("POST", "/app/echo", -1);
        server.handle(exchange);
        exchange.gone(new ClientGone("test"));
        assertThat(seen.get(10, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo("gone");
    }

    @Test
    void pathOfNoApplicationIsNotFound() throws Exception {
        server.handle(host.exchange("GET", "/elsewhere", 0));
        host.awaitEvent("end whole");
        assertThat(host.takeEvents().getFirst()).startsWith("head 404 ");
    }

    @Test
    void serverWithHostsThreadsCannotListen() {
        assertThatThrownBy(server::listen)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("HOST");
    }

    @Test
    void closedServerAnswers503() throws Exception {
        server.close();
        server.handle(host.exchange("GET", "/app/hello", 0));
        host.awaitEvent("end whole");
        assertThat(host.takeEvents().getFirst()).startsWith("head 503 ");
    }

    private static final class HelloServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("Hello, " + request.getParameter("name"));
        }
    }

    private final class EchoServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            try {
                request.getInputStream().transferTo(response.getOutputStream());
            } catch (ClientGone e) {
                seen.complete("gone");
                throw e;
            }
        }
    }

    private static final class LongServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            for (int i = 0; i < 1000; i++) response.getOutputStream().write(new byte[1000]);
        }
    }

    private final class LaterServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            var async = request.startAsync();
            if ("never".equals(request.getQueryString())) {
                seen.complete("started");
                return;
            }
            async.start(() -> {
                try {
                    response.getWriter().print("later");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                async.complete();
            });
        }
    }

    private static final class AsyncReadServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            var async = request.startAsync();
            ServletInputStream input = request.getInputStream();
            input.setReadListener(new ReadListener() {
                @Override
                public void onDataAvailable() throws IOException {
                    var buffer = new byte[64];
                    while (input.isReady() && !input.isFinished()) {
                        int length = input.read(buffer);
                        if (length > 0) response.getOutputStream().write(buffer, 0, length);
                    }
                }

                @Override
                public void onAllDataRead() {
                    async.complete();
                }

                @Override
                public void onError(Throwable error) {
                    async.complete();
                }
            });
        }
    }
}
