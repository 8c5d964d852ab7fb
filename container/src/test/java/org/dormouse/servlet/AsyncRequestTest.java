package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AsyncRequestTest {
    private final List<String> told = new ArrayList<>();
    private AsyncContext async;

    @Test
    void responseStaysOpenUntilComplete() throws Exception {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            async = request.startAsync();
            async.addListener(new Recording());
            told.add("returned");
        })) {
            var exchange = app.get("/");
            assertThat(exchange.isEnded()).isFalse();

            async.getResponse().getWriter().write("later");
            async.complete();

            assertThat(exchange.body()).isEqualTo("later");
            assertThat(exchange.contentLength()).isEqualTo(5);
            assertThat(exchange.isEnded()).isTrue();
            assertThat(told).containsExactly("returned", "complete");
            assertThat(exchange.timers()).isZero();
        }
    }

    @Test
    void aListenerWithoutAPairOfItsOwnIsToldOfThatOfTheContext() throws Exception {
        var events = new ArrayList<AsyncEvent>();
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            async = request.startAsync();
            async.addListener(new Recording() {
                @Override
                public void onComplete(AsyncEvent event) {
                    events.add(event);
                }
            });
        })) {
            app.get("/");
            var request = async.getRequest();
            var response = async.getResponse();
            async.complete();

            assertThat(events).hasSize(1);
            assertThat(events.getFirst().getSuppliedRequest()).isSameAs(request);
            assertThat(events.getFirst().getSuppliedResponse()).isSameAs(response);
        }
    }

    @Test
    void completeWithinTheServiceMethodHappensWhenItHasReturned() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            async = request.startAsync();
            async.addListener(new Recording());
            async.complete();
            assertThat(request.isAsyncStarted()).isTrue();
            response.getWriter().write("still open");
            told.add("returned");
        })) {
            var exchange = app.get("/");

            assertThat(exchange.body()).isEqualTo("still open");
            assertThat(told).containsExactly("returned", "complete");
        }
    }

    @Test
    void dispatchComesBackToTheSameServletWithItsType() throws Exception {
        try (var app = TestApp.at("/app").servlet("/again/*", (request, response) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                async = request.startAsync();
                async.addListener(new Recording());
                return;
            }
            response.getWriter()
                    .write(request.getDispatcherType() + " " + request.getRequestURI() + " " + request.getParameter("a")
                            + " " + request.isAsyncStarted() + " "
                            + request.getAttribute(AsyncContext.ASYNC_PATH_INFO));
        })) {
            var exchange = app.get("/app/again/x?a=1");
            assertThat(exchange.isEnded()).isFalse();

            async.dispatch();

            assertThat(exchange.body()).isEqualTo("ASYNC /app/again/x 1 false /x");
            assertThat(exchange.isEnded()).isTrue();
            assertThat(told).containsExactly("complete");
        }
    }

    @Test
    void dispatchToAPathRunsItsServletAndTheFiltersForAsync() {
        try (var app = TestApp.at("/")
                .servlet("/begin", (request, response) -> request.startAsync().dispatch("/end?b=2"))
                .servlet(
                        "/end",
                        (request, response) -> response.getWriter()
                                .write(request.getServletPath() + " " + request.getParameter("a")
                                        + request.getParameter("b") + " "
                                        + request.getAttribute(AsyncContext.ASYNC_SERVLET_PATH)))
                .filter("async", "/end", EnumSet.of(DispatcherType.ASYNC), (request, response, chain) -> {
                    response.getWriter().write("filtered ");
                    chain.doFilter(request, response);
                })) {
            assertThat(app.get("/begin?a=1").body()).isEqualTo("filtered /end 12 /begin");
        }
    }

    @Test
    void aSecondCycleTellsTheListenersOfTheFirst() {
        var round = new AtomicInteger();
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            int now = round.incrementAndGet();
            if (now > 2) return;
            async = request.startAsync();
            if (now == 1) async.addListener(new Recording());
            async.dispatch();
        })) {
            var exchange = app.get("/");

            assertThat(round).hasValue(3);
            assertThat(told).containsExactly("startAsync");
            assertThat(exchange.isEnded()).isTrue();
        }
    }

    @Test
    void timeoutIsThirtySecondsUnlessSetAndAnswers500() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            async = request.startAsync();
            async.addListener(new Recording());
        })) {
            var exchange = app.get("/");
            assertThat(async.getTimeout()).isEqualTo(30_000);

            exchange.pass(29_999);
            assertThat(told).isEmpty();
            exchange.pass(1);

            assertThat(told).containsExactly("timeout", "complete");
            assertThat(exchange.status()).isEqualTo(500);
            assertThat(exchange.isEnded()).isTrue();
        }
    }

    @Test
    void timeoutRunsFromTheReturnOfTheServiceMethod() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            async = request.startAsync();
            async.setTimeout(100);
            ((DormouseRequest) request).exchange().schedule(0, () -> {});
            assertThat(exchangeOf(request).timers()).isEqualTo(1);
        })) {
            var exchange = app.get("/");
            assertThat(exchange.timers()).isEqualTo(2);
        }
    }

    private static TestExchange exchangeOf(Object request) {
        return (TestExchange) ((DormouseRequest) request).exchange();
    }

    @Test
    void timeoutListenerMayCompleteOrDispatch() {
        try (var app = TestApp.at("/")
                .servlet("/slow", (request, response) -> {
                    async = request.startAsync();
                    async.setTimeout(10);
                    async.addListener(new Recording() {
                        @Override
                        public void onTimeout(AsyncEvent event) {
                            super.onTimeout(event);
                            event.getAsyncContext().dispatch("/sorry");
                        }
                    });
                })
                .servlet("/sorry", (request, response) -> {
                    response.setStatus(503);
                    response.getWriter().write("sorry");
                })) {
            var exchange = app.get("/slow");
            exchange.pass(10);

            assertThat(exchange.status()).isEqualTo(503);
            assertThat(exchange.body()).isEqualTo("sorry");
            assertThat(told).containsExactly("timeout", "complete");
        }
    }

    @Test
    void noTimeoutAfterZero() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            async = request.startAsync();
            async.setTimeout(0);
        })) {
            var exchange = app.get("/");
            exchange.pass(100_000_000);

            assertThat(exchange.isEnded()).isFalse();
            async.complete();
            assertThat(exchange.isEnded()).isTrue();
        }
    }

    @Test
    void aClientThatLeavesIsAnErrorForTheListeners() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            async = request.startAsync();
            async.addListener(new Recording());
        })) {
            var exchange = app.get("/");
            exchange.leave();

            assertThat(told).containsExactly("error ClientGone", "complete");
            assertThat(exchange.isAborted()).isTrue();
            assertThatThrownBy(async::complete).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aClientThatLeftDuringTheServiceMethodIsFoundWhenItReturns() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            async = request.startAsync();
            async.addListener(new Recording());
            exchangeOf(request).leave();
        })) {
            app.get("/");
            assertThat(told).containsExactly("error ClientGone", "complete");
        }
    }

    @Test
    void exceptionAfterStartAsyncIsToldAndAnswered500() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            request.startAsync().addListener(new Recording());
            throw new ServletException("oops");
        })) {
            var exchange = app.get("/");

            assertThat(exchange.status()).isEqualTo(500);
            assertThat(told).containsExactly("error ServletException", "complete");
            assertThat(exchange.isEnded()).isTrue();
        }
    }

    @Test
    void exceptionAfterCompleteIsStillAnAnswer() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            request.startAsync().complete();
            throw new ServletException("oops");
        })) {
            var exchange = app.get("/");

            assertThat(exchange.status()).isEqualTo(500);
            assertThat(exchange.isEnded()).isTrue();
        }
    }

    @Test
    void exceptionInAnAsyncDispatchIsAnswered500() {
        try (var app = TestApp.at("/")
                .servlet("/", (request, response) -> request.startAsync().dispatch("/bad"))
                .servlet("/bad", (request, response) -> {
                    throw new ServletException("oops");
                })) {
            var exchange = app.get("/");

            assertThat(exchange.status()).isEqualTo(500);
            assertThat(exchange.isEnded()).isTrue();
        }
    }

    @Test
    void sendErrorWhileAsyncIsAnsweredByItsPageAtCompletion() throws Exception {
        try (var app = TestApp.at("/")
                .servlet("/", (request, response) -> async = request.startAsync())
                .servlet("/page", (request, response) -> response.getWriter().write("page for it"))
                .with(d -> d.errorPages().add(ErrorPage.ofStatus(503, "/page")))) {
            var exchange = app.get("/");
            ((HttpServletResponse) async.getResponse()).sendError(503);
            async.complete();

            assertThat(exchange.status()).isEqualTo(503);
            assertThat(exchange.body()).isEqualTo("page for it");
        }
    }

    @Test
    void startAsyncWhereItIsNotSupportedNamesTheServlet() {
        try (var app = TestApp.at("/")
                .with(d -> d.servlet("old")
                        .instance(TestApp.servlet((request, response) -> {
                            assertThat(request.isAsyncSupported()).isFalse();
                            assertThatThrownBy(request::startAsync)
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasMessageContaining("servlet old");
                            told.add("checked");
                        }))
                        .pattern("/"))) {
            app.get("/");
            assertThat(told).containsExactly("checked");
        }
    }

    @Test
    void startAsyncTwiceAndDispatchAfterCompleteAreRefused() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            var context = request.startAsync();
            assertThatThrownBy(request::startAsync).isInstanceOf(IllegalStateException.class);
            context.complete();
            assertThatThrownBy(context::complete).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(context::dispatch).isInstanceOf(IllegalStateException.class);
            told.add("checked");
        })) {
            app.get("/");
            assertThat(told).containsExactly("checked");
        }
    }

    @Test
    void startRunsTasksInTheExecutorWithTheContextClassLoader() {
        var loader = new ClassLoader(getClass().getClassLoader()) {};
        var queued = new ArrayList<Runnable>();
        try (var app = TestApp.at("/").with(d -> d.classLoader(loader)).servlet("/", (request, response) -> {
            async = request.startAsync();
            async.start(() -> {
                assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(loader);
                told.add("task");
                async.complete();
            });
        })) {
            var exchange = app.run(TestExchange.get("/"), queued::add);
            assertThat(told).isEmpty();

            while (!queued.isEmpty()) queued.removeFirst().run();

            assertThat(told).containsExactly("task");
            assertThat(exchange.isEnded()).isTrue();
        }
    }

    @Test
    void wrappedRequestIsDispatchedAsItWasGiven() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            if (request.getDispatcherType() == DispatcherType.ASYNC) {
                response.getWriter().write(request.getHeader("X"));
                return;
            }
            var wrapped = new jakarta.servlet.http.HttpServletRequestWrapper(request) {
                @Override
                public String getHeader(String name) {
                    return "from the wrapper";
                }
            };
            var context = request.startAsync(wrapped, response);
            assertThat(context.hasOriginalRequestAndResponse()).isFalse();
            context.dispatch();
        })) {
            assertThat(app.get("/").body()).isEqualTo("from the wrapper");
        }
    }

    @Test
    void fullExecutorDoesNotKeepARequestFromEnding() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            async = request.startAsync();
            async.addListener(new Recording());
        })) {
            var exchange = app.run(TestExchange.get("/"), task -> {
                throw new java.util.concurrent.RejectedExecutionException("full");
            });
            exchange.pass(30_000);

            assertThat(told).containsExactly("timeout", "complete");
            assertThat(exchange.isEnded()).isTrue();
        }
    }

    @Test
    void clientThatLeavesDuringADispatchIsFoundInTheNextCycle() {
        var round = new AtomicInteger();
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            async = request.startAsync();
            if (round.incrementAndGet() == 1) {
                async.dispatch();
                return;
            }
            exchangeOf(request).leave();
            async.addListener(new Recording());
        })) {
            var exchange = app.get("/");
            assertThat(told).containsExactly("error ClientGone", "complete");
            assertThat(exchange.isEnded()).isTrue();
        }
    }

    @Test
    void aListenerThatThrowsAnErrorKeepsNeitherTheOthersNorTheExchange() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            async = request.startAsync();
            async.addListener(new Recording() {
                @Override
                public void onTimeout(AsyncEvent event) {
                    throw new StackOverflowError("timeout");
                }

                @Override
                public void onComplete(AsyncEvent event) {
                    AsyncRequestTest.<RuntimeException>sneak(new Exception("complete"));
                }
            });
            async.addListener(new Recording());
        })) {
            var exchange = app.get("/");
            exchange.pass(30_000);
            assertThat(told).containsExactly("timeout", "complete");
            assertThat(exchange.status()).isEqualTo(500);
            assertThat(exchange.isEnded()).isTrue();
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void sneak(Throwable failure) throws T {
        throw (T) failure;
    }

    @Test
    void anErrorPageMayGoAsynchronous() throws Exception {
        try (var app = TestApp.at("/")
                .servlet("/", (request, response) -> response.sendError(418))
                .servlet("/error", (request, response) -> async = request.startAsync())
                .with(d -> d.errorPages().add(ErrorPage.ofStatus(418, "/error")))) {
            var exchange = app.get("/");
            assertThat(exchange.isEnded()).isFalse();
            async.getResponse().getWriter().write("later");
            async.complete();
            assertThat(exchange.status()).isEqualTo(418);
            assertThat(exchange.body()).isEqualTo("later");
            assertThat(exchange.calls()).endsWith("finish");
        }
    }

    @Test
    void asyncIsNotSupportedWithinAServletThatDoesNotSupportIt() {
        try (var app = TestApp.at("/")
                .servlet("/in", (request, response) -> {
                    told.add(request.getDispatcherType() + " " + request.isAsyncSupported());
                    assertThatThrownBy(request::startAsync).isInstanceOf(IllegalStateException.class);
                })
                .servlet("/outer", (request, response) -> {
                    assertThat(request.isAsyncSupported()).isFalse();
                    request.getRequestDispatcher("/in").include(request, response);
                    request.getServletContext().getNamedDispatcher("at /in").include(request, response);
                    request.getRequestDispatcher("/in").forward(request, response);
                })
                .with(d -> d.servlet("at /outer").asyncSupported(false))) {
            app.get("/outer");
            assertThat(told).containsExactly("INCLUDE false", "INCLUDE false", "FORWARD false");
        }
    }

    /** Whoever wins, the request ends exactly once and its listeners hear of it once. */
    @Test
    void completeTimeoutAndReturnMayRace() throws Exception {
        Executor threads = Executors.newVirtualThreadPerTaskExecutor();
        for (int round = 0; round < 300; round++) {
            var completions = new AtomicInteger();
            var barrier = new CyclicBarrier(3);
            var over = new CountDownLatch(1);
            try (var app = TestApp.at("/").servlet("/", (request, response) -> {
                var context = request.startAsync();
                context.setTimeout(1);
                context.addListener(new Recording() {
                    @Override
                    public void onTimeout(AsyncEvent event) {}

                    @Override
                    public void onComplete(AsyncEvent event) {
                        completions.incrementAndGet();
                        over.countDown();
                    }
                });
                threads.execute(() -> {
                    meet(barrier);
                    try {
                        context.complete();
                    } catch (IllegalStateException e) {
                        // the timeout was first
                    }
                });
                threads.execute(() -> {
                    meet(barrier);
                    for (int i = 0; i < 50; i++) exchangeOf(request).pass(1);
                });
                meet(barrier);
            })) {
                var exchange = app.run(TestExchange.get("/"), threads);
                exchange.awaitEnd();
                assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
                assertThat(completions).hasValue(1);
                assertThat(exchange.calls().stream().filter("finish"::equals)).hasSize(1);
            }
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private class Recording implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            told.add("complete");
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            told.add("timeout");
        }

        @Override
        public void onError(AsyncEvent event) {
            told.add("error " + event.getThrowable().getClass().getSimpleName());
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            told.add("startAsync");
        }
    }

    @Test
    void dispatchAfterStartAsyncWithARequestLeadsToWhereThatRequestIs() { // Javadoc of AsyncContext.dispatch()
        try (var app = TestApp.at("/app")
                .servlet(
                        "/from",
                        (request, response) ->
                                request.getRequestDispatcher("/to").forward(request, response))
                .servlet("/to", (request, response) -> {
                    if (request.getDispatcherType() == DispatcherType.ASYNC) {
                        response.getWriter().write("back at " + request.getServletPath());
                        return;
                    }
                    request.startAsync(request, response).dispatch();
                })) {
            assertThat(app.get("/app/from").body()).isEqualTo("back at /to");
        }
    }

    @Test
    void aWrapperMaySayThatItIsElsewhere() {
        try (var app = TestApp.at("/app")
                .servlet("/from", (request, response) -> {
                    var elsewhere = new jakarta.servlet.http.HttpServletRequestWrapper(request) {
                        @Override
                        public String getRequestURI() {
                            return "/app/else/x";
                        }
                    };
                    request.startAsync(elsewhere, response).dispatch();
                })
                .servlet("/else/*", (request, response) -> response.getWriter().write("else"))) {
            assertThat(app.get("/app/from").body()).isEqualTo("else");
        }
    }

    @Test
    void requestAndResponseAreNotHandedOutAfterDispatchOrComplete() { // Javadoc of AsyncContext.getRequest
        try (var app = TestApp.at("/app")
                .servlet("/complete", (request, response) -> {
                    async = request.startAsync();
                    assertThat(async.getRequest()).isSameAs(request);
                    async.complete();
                    assertThatThrownBy(() -> async.getRequest()).isInstanceOf(IllegalStateException.class);
                    assertThatThrownBy(() -> async.getResponse()).isInstanceOf(IllegalStateException.class);
                })
                .servlet("/dispatch", (request, response) -> {
                    if (request.getDispatcherType() == DispatcherType.ASYNC) {
                        assertThatThrownBy(() -> async.getRequest()).isInstanceOf(IllegalStateException.class);
                        return;
                    }
                    async = request.startAsync();
                    async.dispatch();
                    assertThatThrownBy(() -> async.getResponse())
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("dispatch()");
                })) {
            assertThat(app.get("/app/complete").status()).isEqualTo(200);
            assertThat(app.get("/app/dispatch").status()).isEqualTo(200);
        }
    }

    @Test
    void theTimeoutIsSetBeforeTheDispatchReturnsAndListenersMayComeLater() { // Javadoc of AsyncContext.setTimeout
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            async = request.startAsync();
            async.setTimeout(1234);
            async.addListener(new Recording());
        })) {
            app.get("/");
            assertThat(async.getTimeout()).isEqualTo(1234);
            assertThatThrownBy(() -> async.setTimeout(1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("returned");
            assertThat(async.getTimeout()).isEqualTo(1234);
            var late = new Recording();
            async.addListener(late);
            async.complete();
            assertThatThrownBy(() -> async.addListener(late)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aCycleThatADispatchBeganMayBeSetUntilThatReturns() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            boolean again = request.getDispatcherType() == DispatcherType.ASYNC;
            async = request.startAsync();
            async.setTimeout(again ? 2 : 1);
            if (!again) async.dispatch();
        })) {
            app.get("/");
            assertThat(async.getTimeout()).isEqualTo(2);
            assertThatThrownBy(() -> async.setTimeout(3)).isInstanceOf(IllegalStateException.class);
            async.complete();
        }
    }
}
