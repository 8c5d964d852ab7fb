package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.OnMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dormouse.annotation.NonBlocking;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servlets that promise not to block run in the event loop itself, and those that break the promise do not any more. */
@Timeout(60)
class InlineTest {
    private static final String INLINE = "Thread[#";
    private static final String CARRIED = "VirtualThread[";

    @ParameterizedTest
    @EnumSource(names = {"LOOP", "VIRTUAL", "POOL"})
    void aServletThatPromisesRunsInTheLoopWhateverItsApplicationDoes(Execution execution) throws IOException {
        try (var server = start(WebApp.at("/shop")
                .nonBlockingServlet("/added", new Where())
                .servlet("/annotated", new Annotated())
                .servlet("/other", new Where())
                .filter("/annotated", (request, response, chain) -> {
                    response.getWriter().print("filter in " + Thread.currentThread() + ", ");
                    chain.doFilter(request, response);
                })
                .initializer((types, context) -> {
                    var registered = context.addServlet("registered", new Where());
                    registered.setInitParameter("org.dormouse.non-blocking", "true");
                    registered.addMapping("/registered/*");
                })
                .execution(execution))) {
            for (String path : new String[] {"/shop/added", "/shop/annotated", "/shop/registered/x", "/shop/annotated"})
                assertThat(Http.get(server, path).body()).contains(INLINE).contains("dormouse-loop-");
            assertThat(Http.get(server, "/shop/annotated").body())
                    .matches("filter in Thread\\[#\\d+,dormouse-loop-.*, Thread\\[#\\d+,dormouse-loop-.*");
            assertThat(Http.get(server, "/shop/other").body()).doesNotContain(",dormouse-loop-");
            assertThat(Http.get(server, "/shop/WEB-INF/annotated").status()).isEqualTo(404);
        }
    }

    @Test
    void aServletMayBeLeftOutOfTheExecutionOfItsServer() throws IOException {
        try (var server = start(
                Dormouse.builder().execution(Execution.INLINE),
                WebApp.at("/").servlet("/all", new Where()).initializer((types, context) -> {
                    var registered = context.addServlet("but this", new Where());
                    registered.setInitParameter("org.dormouse.non-blocking", "false");
                    registered.addMapping("/this");
                }))) {
            assertThat(server.execution()).isEqualTo(Execution.INLINE);
            assertThat(Http.get(server, "/all").body()).startsWith(INLINE).contains("dormouse-loop-");
            assertThat(Http.get(server, "/this").body()).startsWith(CARRIED);
        }
    }

    @Test
    void anInitParameterThatIsNoPromiseKeepsTheApplicationFromStarting() {
        var app = WebApp.at("/").initializer((types, context) -> {
            var registered = context.addServlet("unsure", new Where());
            registered.setInitParameter("org.dormouse.non-blocking", "maybe");
        });
        assertThatThrownBy(() -> start(app))
                .hasStackTraceContaining("org.dormouse.non-blocking of servlet unsure is \"maybe\"");
    }

    @Test
    void initMayBlockAndTheRequestThatWaitedForItRunsInTheLoop() throws IOException {
        var initialised = new CompletableFuture<String>();
        var servlet = new Where() {
            private static final long serialVersionUID = 1;

            @Override
            public void init() {
                initialised.complete(Thread.currentThread().toString());
            }
        };
        try (var server = start(WebApp.at("/").nonBlockingServlet("/where", servlet))) {
            assertThat(Http.get(server, "/where").body()).startsWith(INLINE);
            assertThat(initialised.join()).startsWith(CARRIED);
        }
    }

    @Test
    void whoBlocksIsReportedOnceAndNotTrustedAnyMoreAndHoldsNobodyUp() throws Exception {
        var gate = new Gate();
        try (var log = new ErrorLog();
                var server = start(WebApp.at("/shop")
                        .nonBlockingServlet("/gate", gate)
                        .nonBlockingServlet("/where", new Where()));
                var blocked = Http.connect(server).send("GET /shop/gate HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            log.await("promised not to block");
            assertThat(Http.get(server, "/shop/where").body()).startsWith(INLINE);
            gate.open.countDown();
            assertThat(blocked.answer().head()).contains("X-Thread: " + INLINE);
            assertThat(Http.get(server, "/shop/gate").head()).contains("X-Thread: " + CARRIED);
            assertThat(log.lines("promised not to block"))
                    .singleElement()
                    .asString()
                    .contains("WARN", Gate.class.getName(), "application /shop", "execution LOOP")
                    .contains("at org.dormouse.Gate.doGet(Gate.java:")
                    .contains("java.util.concurrent.CountDownLatch.await");
        }
    }

    @Test
    void aBodyThatHasToBeWaitedForEndsTheTrust() throws Exception {
        try (var log = new ErrorLog();
                var server = start(WebApp.at("/").nonBlockingServlet("/read", new Reading()));
                var http = Http.connect(server)) {
            http.send("POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(http.answer().body()).isEqualTo("abc").doesNotContain(CARRIED);
            assertThat(log.lines("promised")).isEmpty();
            http.send("POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\nabc");
            log.await("promised not to block");
            assertThat(Http.get(server, "/read").head()).contains("X-Thread: " + CARRIED);
            http.send("def");
            var answer = http.answer();
            assertThat(answer.body()).isEqualTo("abcdef");
            assertThat(answer.head()).contains("X-Thread: " + INLINE);
            assertThat(log.lines("promised not to block"))
                    .singleElement()
                    .asString()
                    .contains("at org.dormouse.InlineTest$Reading.service");
        }
    }

    @Test
    void aResponseThatHasToWaitForTheClientEndsTheTrust() throws Exception {
        int length = 32 * 1024 * 1024;
        var servlet = new HttpServlet() {
            private static final long serialVersionUID = 1;

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.setHeader("X-Thread", Thread.currentThread().toString());
                if (request.getParameter("long") == null) return;
                response.setContentLength(length);
                response.getOutputStream().write(new byte[length]);
            }
        };
        try (var log = new ErrorLog();
                var server = start(WebApp.at("/").nonBlockingServlet("/write", servlet));
                var http = Http.connect(server)) {
            http.send("GET /write?long=1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
            log.await("promised not to block");
            assertThat(Http.get(server, "/write").head()).contains("X-Thread: " + CARRIED);
            var answer = http.answer();
            assertThat(answer.body()).hasSize(length);
            assertThat(answer.head()).contains("X-Thread: " + INLINE);
        }
    }

    @Test
    void whoComputesForLongIsTrustedStill() throws Exception {
        var stop = new AtomicBoolean();
        var spinning = new CountDownLatch(1);
        var spinner = new HttpServlet() {
            private static final long serialVersionUID = 1;

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                spinning.countDown();
                while (!stop.get()) Thread.onSpinWait();
                response.getWriter().print(Thread.currentThread());
            }
        };
        var gate = new Gate();
        try (var log = new ErrorLog();
                var server = start(WebApp.at("/")
                        .nonBlockingServlet("/spin", spinner)
                        .nonBlockingServlet("/gate", gate)
                        .nonBlockingServlet("/where", new Where()));
                var busy = Http.connect(server).send("GET /spin HTTP/1.1\r\nHost: localhost\r\n\r\n");
                var blocked = Http.connect(server)) {
            spinning.await();
            assertThat(Http.get(server, "/where").body()).startsWith(INLINE);
            // Another is found out meanwhile: so somebody has looked.
            blocked.send("GET /gate HTTP/1.1\r\nHost: localhost\r\n\r\n");
            log.await("promised not to block");
            gate.open.countDown();
            stop.set(true);
            assertThat(busy.answer().body()).startsWith(INLINE);
            assertThat(blocked.answer().status()).isEqualTo(200);
            assertThat(Http.get(server, "/spin").body()).startsWith(INLINE);
            assertThat(log.lines("promised")).singleElement().asString().contains("Gate.doGet");
        }
    }

    @Test
    void callbacksAndDispatchesOfAnInlineServletRunInTheLoopAndStartedTasksElsewhere() throws IOException {
        var servlet = new HttpServlet() {
            private static final long serialVersionUID = 1;

            @Override
            protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
                if (request.getAttribute("started") != null) {
                    response.getWriter()
                            .print(request.getAttribute("started") + " dispatched " + Thread.currentThread());
                    return;
                }
                AsyncContext async = request.startAsync();
                var input = request.getInputStream();
                input.setReadListener(new ReadListener() {
                    @Override
                    public void onDataAvailable() throws IOException {
                        while (input.isReady() && input.read() >= 0) Thread.onSpinWait();
                    }

                    @Override
                    public void onAllDataRead() {
                        String read = "read " + Thread.currentThread();
                        async.start(() -> {
                            request.setAttribute("started", read + " started " + Thread.currentThread());
                            async.dispatch();
                        });
                    }

                    @Override
                    public void onError(Throwable failure) {
                        throw new AssertionError(failure);
                    }
                });
            }
        };
        try (var server = start(WebApp.at("/").nonBlockingServlet("/async", servlet));
                var http = Http.connect(server)) {
            http.send("POST /async HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\nabc")
                    .send("def");
            assertThat(http.answer().body())
                    .matches("read Thread\\[#.* started VirtualThread\\[#.* dispatched Thread\\[#.*");
        }
    }

    @Test
    void anInterruptThatAServletLeavesBehindDoesNotReachTheNext() throws IOException {
        var servlet = new HttpServlet() {
            private static final long serialVersionUID = 1;

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.getWriter().print(Thread.currentThread().isInterrupted());
                Thread.currentThread().interrupt();
            }
        };
        try (var server = start(WebApp.at("/").nonBlockingServlet("/interrupt", servlet));
                var http = Http.connect(server)) {
            for (int i = 0; i < 3; i++)
                assertThat(http.get("/interrupt").body()).isEqualTo("false");
        }
    }

    @Test
    void aRequestThatHadToWaitForItsTurnRunsInItsLoop() throws Exception {
        var gate = new Gate();
        try (var server = start(
                        Dormouse.builder().maxRequestsInFlight(1),
                        WebApp.at("/").servlet("/gate", gate).nonBlockingServlet("/where", new Where()));
                var one = Http.connect(server)) {
            assertThat(Http.get(server, "/where").body()).startsWith(INLINE);
            one.send("GET /gate HTTP/1.1\r\nHost: localhost\r\n\r\n");
            gate.entered.await();
            try (var two = Http.connect(server).send("GET /where HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
                while (server.requestsInFlight() < 2) Thread.onSpinWait();
                gate.open.countDown();
                assertThat(one.answer().status()).isEqualTo(200);
                assertThat(two.answer().body()).startsWith(INLINE).contains("dormouse-loop-");
            }
        }
    }

    @ServerEndpoint("/flood")
    public static final class Flood {
        static final CompletableFuture<String> THREAD = new CompletableFuture<>();

        @OnMessage
        public void message(Session session, String text) throws IOException {
            THREAD.complete(Thread.currentThread().toString());
            for (int i = 0; i < 64; i++) session.getBasicRemote().sendText("x".repeat(1 << 20));
        }
    }

    @Test
    void endpointsOfAnInlineApplicationRunInTheLoopUntilASendHasToWait() throws Exception {
        try (var log = new ErrorLog();
                var server = start(
                        Dormouse.builder().execution(Execution.INLINE),
                        WebApp.at("/").endpoint(Flood.class).servlet("/where", new Where()));
                var http = Http.connect(server)) {
            http.send("GET /flood HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n");
            assertThat(http.answer().status()).isEqualTo(101);
            http.sendBytes(0x81, 0x82, 0, 0, 0, 0, 'g', 'o');
            log.await("promised not to block");
            assertThat(Flood.THREAD.get(10, TimeUnit.SECONDS)).startsWith(INLINE);
            assertThat(log.lines("promised not to block"))
                    .singleElement()
                    .asString()
                    .contains("an endpoint of application /")
                    .contains("InlineTest$Flood.message");
            assertThat(Http.get(server, "/where").body()).startsWith(INLINE);
        }
    }

    private static Dormouse start(WebApp app) {
        return start(Dormouse.builder(), app);
    }

    private static Dormouse start(Dormouse.Builder builder, WebApp app) {
        return builder.host("127.0.0.1").port(0).loops(1).deploy(app).start();
    }

    private static class Where extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print(Thread.currentThread());
        }
    }

    @NonBlocking
    private static final class Annotated extends Where {
        private static final long serialVersionUID = 1;
    }

    private static final class Reading extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            response.setHeader("X-Thread", Thread.currentThread().toString());
            response.getOutputStream().write(request.getInputStream().readAllBytes());
        }
    }
}
