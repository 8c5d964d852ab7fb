package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.dormouse.http.BadRequest;
import org.dormouse.http.ClientGone;
import org.junit.jupiter.api.Test;

class ServletDispatcherTest {
    @Test
    void helloLeavesInOneWriteWithItsLength() {
        try (var app = TestApp.at("/").servlet("/hello", (request, response) -> {
            response.setContentType("text/plain");
            response.getWriter().write("Hello, World!");
        })) {
            var exchange = app.get("/hello");

            assertThat(exchange.status()).isEqualTo(200);
            assertThat(exchange.body()).isEqualTo("Hello, World!");
            assertThat(exchange.contentLength()).isEqualTo(13);
            assertThat(exchange.responseField("Content-Type")).isEqualTo("text/plain;charset=ISO-8859-1");
            assertThat(exchange.calls()).containsExactly("commit", "write 13", "finish");
        }
    }

    @Test
    void pathElementsFollowTheMapping() {
        try (var app = TestApp.at("/shop")
                .servlet(
                        "/items/*",
                        (request, response) -> response.getWriter()
                                .write(String.join(
                                        " ",
                                        request.getRequestURI(),
                                        request.getContextPath(),
                                        request.getServletPath(),
                                        request.getPathInfo(),
                                        request.getQueryString(),
                                        request.getHttpServletMapping().getPattern())))) {
            var exchange = app.get("/shop/items/a%20b;v=1?x=1");

            assertThat(exchange.body()).isEqualTo("/shop/items/a%20b;v=1 /shop /items /a b x=1 /items/*");
        }
    }

    @Test
    void contextPathIsShownAsItWasSent() {
        try (var app = TestApp.at("/shop")
                .servlet(
                        "/*",
                        (request, response) ->
                                response.getWriter().write(request.getContextPath() + " " + request.getPathInfo()))) {
            assertThat(app.get("/%73hop/x").body()).isEqualTo("/%73hop /x");
            assertThat(app.get("/./shop/x").body()).isEqualTo("/./shop /x");
        }
    }

    @Test
    void uriAndContextPathBeginWithOneSlashSoThatNeitherNamesAHost() {
        try (var app = TestApp.at("/shop")
                .servlet(
                        "/*",
                        (request, response) ->
                                response.sendRedirect(request.getContextPath() + " " + request.getRequestURI()))) {
            assertThat(app.get("//shop/x").responseField("Location")).isEqualTo("/shop%20/shop/x");
            assertThat(app.get("//evil.example/../shop/x").responseField("Location"))
                    .isEqualTo("/evil.example/../shop%20/evil.example/../shop/x");
            assertThat(app.get("///evil.example//../%73hop/x").responseField("Location"))
                    .isEqualTo("/evil.example//../%73hop%20/evil.example//../%73hop/x");
        }
    }

    @Test
    void redirectToTheContextRootNamesNoHost() {
        try (var app = TestApp.at("/shop").servlet("/", (request, response) -> {})) {
            for (String path : List.of("//shop", "//evil.example/../shop", "/./shop", "///%73hop", "/shop;x=y")) {
                assertThat(app.get(path).responseField("Location")).as(path).isEqualTo("/shop/");
            }
        }
    }

    @Test
    void contextPathWithoutSlashIsRedirected() {
        try (var app = TestApp.at("/shop").servlet("/", (request, response) -> {})) {
            var exchange = app.get("/shop?a=b");

            assertThat(exchange.status()).isEqualTo(302);
            assertThat(exchange.responseField("Location")).isEqualTo("/shop/?a=b");
            assertThat(exchange.isEnded()).isTrue();
        }
    }

    @Test
    void suspiciousPathIsAnswered400() {
        try (var app = TestApp.at("/")
                .servlet("/*", (request, response) -> response.getWriter().write("no"))) {
            var exchange = app.get("/a/%2e%2e/b");

            assertThat(exchange.status()).isEqualTo(400);
            assertThat(exchange.body()).contains("400 Bad Request").doesNotContain("no");
        }
    }

    @Test
    void unmappedPathIsAnswered404ThroughTheFilters() {
        try (var app = TestApp.at("/").filter("all", "/*", (request, response, chain) -> {
            response.setHeader("X-Filter", "seen");
            chain.doFilter(request, response);
        })) {
            var exchange = app.get("/nothing");

            assertThat(exchange.status()).isEqualTo(404);
            assertThat(exchange.body()).contains("404 Not Found");
            assertThat(exchange.responseField("X-Filter")).isEqualTo("seen");
        }
    }

    @Test
    void methodThatAServletDoesNotHaveIsAnswered405() {
        var servlet = new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.getWriter().write("got");
            }
        };
        try (var app =
                TestApp.at("/").with(d -> d.servlet("s").instance(servlet).pattern("/s"))) {
            assertThat(app.run(TestExchange.post("/s", "text/plain", "x")).status())
                    .isEqualTo(405);
            assertThat(app.get("/s").body()).isEqualTo("got");
        }
    }

    @Test
    void headHasTheFieldsOfGetAndNoBody() {
        var servlet = new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.getWriter().write("twelve bytes");
            }
        };
        try (var app =
                TestApp.at("/").with(d -> d.servlet("s").instance(servlet).pattern("/s"))) {
            var exchange = app.run(TestExchange.of("HEAD", "/s"));

            assertThat(exchange.contentLength()).isEqualTo(12);
            assertThat(exchange.body()).isEmpty();
        }
    }

    @Test
    void filtersRunInTheOrderOfTheirMappingsPatternsFirst() {
        try (var app = TestApp.at("/")
                .servlet("/a/*", (request, response) -> response.getWriter().write(" servlet"))
                .with(d -> {
                    d.filter("byName").instance(TestApp.filter(named(" byName")));
                    d.filterMappings()
                            .add(FilterMapping.ofServlet("byName", "at /a/*", EnumSet.of(DispatcherType.REQUEST)));
                })
                .filter("second", "/a/b/*", named(" second"))
                .filter("first", "/*", named(" first"))
                .filter("html", "*.html", named(" html"))) {
            assertThat(app.get("/a/b/c").body()).isEqualTo(" second first byName servlet");
            assertThat(app.get("/a/x").body()).isEqualTo(" first byName servlet");
            assertThat(app.get("/a/b/x.html").body()).isEqualTo(" second first html byName servlet");
            assertThat(app.get("/a/x.html").body()).isEqualTo(" first html byName servlet");
        }
    }

    private static TestApp.Around named(String name) {
        return (request, response, chain) -> {
            response.getWriter().write(name);
            chain.doFilter(request, response);
        };
    }

    @Test
    void filterMappedTwiceRunsOnce() {
        try (var app = TestApp.at("/")
                .servlet("/a/*", (request, response) -> response.getWriter().write("servlet"))
                .filter("f", "/*", named("f "))
                .with(d -> d.filterMappings().add(FilterMapping.ofPattern("f", "/a/*")))) {
            assertThat(app.get("/a/b").body()).isEqualTo("f servlet");
        }
    }

    @Test
    void applicationExceptionIsAnswered500WithoutStackTrace() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            response.setHeader("ETag", "\"1\"");
            response.getWriter().write("half an answer");
            throw new ServletException("the secret reason");
        })) {
            var exchange = app.get("/");

            assertThat(exchange.status()).isEqualTo(500);
            assertThat(exchange.body())
                    .contains("500 Internal Server Error")
                    .doesNotContain("secret")
                    .doesNotContain("half")
                    .doesNotContain("Exception");
            assertThat(exchange.responseField("ETag")).isNull();
        }
    }

    @Test
    void exceptionAfterTheResponseWasClosedTakesNothingFromIt() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            response.getWriter().write("whole");
            response.getWriter().close();
            throw new IllegalStateException("too late");
        })) {
            var exchange = app.get("/");

            assertThat(exchange.status()).isEqualTo(200);
            assertThat(exchange.body()).isEqualTo("whole");
            assertThat(exchange.isAborted()).isFalse();
            assertThat(exchange.isEnded()).isTrue();
        }
    }

    @Test
    void exceptionAfterTheHeadHasLeftCutsTheConnection() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            response.getWriter().write("begun");
            response.flushBuffer();
            throw new IllegalStateException("too late");
        })) {
            var exchange = app.get("/");

            assertThat(exchange.status()).isEqualTo(200);
            assertThat(exchange.isAborted()).isTrue();
            assertThat(exchange.calls()).endsWith("abort", "finish");
        }
    }

    @Test
    void stackOverflowOfAServletIsAnswered500() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> recurse(1))) {
            assertThat(app.get("/").status()).isEqualTo(500);
        }
    }

    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    @Test
    void badRequestFoundWhileReadingIsAnsweredWithItsStatus() {
        try (var app = TestApp.at("/")
                .servlet("/", (request, response) -> request.getInputStream().readAllBytes())) {
            var exchange = TestExchange.open("POST", "/");
            exchange.breakBody(new BadRequest(413, "body of 11 bytes, limit 10 (http.max-body)"));
            app.run(exchange);

            assertThat(exchange.status()).isEqualTo(413);
            assertThat(exchange.body()).contains("http.max-body");
        }
    }

    @Test
    void clientThatLeftGetsNoAnswerWhateverWrapsTheException() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            throw new ServletException(new IOException(new ClientGone("reset")));
        })) {
            var exchange = app.get("/");

            assertThat(exchange.isAborted()).isTrue();
            assertThat(exchange.status()).isZero();
        }
    }

    @Test
    void failureOfTheExchangeIsNotOneOfTheApplication() {
        var caught = new ArrayList<Exception>();
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            try {
                request.getInputStream().readAllBytes();
            } catch (IOException e) {
                caught.add(e);
                throw e;
            }
        })) {
            var exchange = TestExchange.open("POST", "/");
            exchange.breakBody(new IOException("no byte for 30 s"));
            app.run(exchange);

            assertThat(exchange.isAborted()).isTrue();
            assertThat(caught.getFirst()).isInstanceOf(ClientGone.class).hasMessage("no byte for 30 s");
        }
    }

    @Test
    void hundredFiltersByPathRunInTheirOrder() {
        var ran = new ArrayList<Integer>();
        var app = TestApp.at("/").servlet("/*", (request, response) -> ran.add(-1));
        for (int i = 0; i < 100; i++) {
            int number = i;
            app.filter("f" + i, "/a" + i % 3 + "/*", (request, response, chain) -> {
                ran.add(number);
                chain.doFilter(request, response);
            });
        }
        try (app) {
            app.get("/a1/x");
            app.get("/a1/x");
            assertThat(ran).hasSize(2 * 34).startsWith(1, 4, 7).endsWith(97, -1);
        }
    }

    @Test
    void unavailableServletIsAnswered503UntilItsTimeIsOver() {
        var calls = new ArrayList<String>();
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            calls.add("called");
            if (calls.size() == 1) throw new UnavailableException("resting", 60);
            response.getWriter().write("back");
        })) {
            var first = app.get("/");
            assertThat(first.status()).isEqualTo(503);
            assertThat(first.responseField("Retry-After")).isEqualTo("60");

            app.nowMillis += 20_000;
            var second = app.get("/");
            assertThat(second.status()).isEqualTo(503);
            assertThat(second.responseField("Retry-After")).isEqualTo("40");
            assertThat(calls).hasSize(1);

            app.nowMillis += 40_000;
            assertThat(app.get("/").body()).isEqualTo("back");
        }
    }

    @Test
    void permanentlyUnavailableServletIsDestroyedAndAnswered404() {
        var calls = new ArrayList<String>();
        var servlet = new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws ServletException {
                throw new UnavailableException("for ever");
            }

            @Override
            public void destroy() {
                calls.add("destroyed");
            }
        };
        try (var app =
                TestApp.at("/").with(d -> d.servlet("s").instance(servlet).pattern("/s"))) {
            assertThat(app.get("/s").status()).isEqualTo(404);
            assertThat(app.get("/s").status()).isEqualTo(404);
            assertThat(calls).containsExactly("destroyed");
        }
    }

    @Test
    void errorPageIsChosenByStatusWithAllAttributesAndGet() {
        try (var app = TestApp.at("/app")
                .servlet("/fail", (request, response) -> response.sendError(409, "taken"))
                .servlet(
                        "/conflict",
                        (request, response) -> response.getWriter()
                                .write(request.getDispatcherType() + " " + request.getMethod() + " "
                                        + request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) + " "
                                        + request.getAttribute(RequestDispatcher.ERROR_MESSAGE) + " "
                                        + request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) + " "
                                        + request.getAttribute(RequestDispatcher.ERROR_QUERY_STRING) + " "
                                        + request.getAttribute(RequestDispatcher.ERROR_METHOD) + " "
                                        + request.getAttribute(RequestDispatcher.ERROR_SERVLET_NAME) + " "
                                        + request.getRequestURI()))
                .with(d -> d.errorPages().add(ErrorPage.ofStatus(409, "/conflict")))) {
            var exchange = app.run(TestExchange.post("/app/fail?q=1", "text/plain", "x"));

            assertThat(exchange.status()).isEqualTo(409);
            assertThat(exchange.body()).isEqualTo("ERROR GET 409 taken /app/fail q=1 POST at /fail /app/conflict");
        }
    }

    @Test
    void errorPageIsChosenByTheClosestTypeThenByTheRootCause() {
        try (var app = TestApp.at("/")
                .servlet("/direct", (request, response) -> {
                    throw new java.io.FileNotFoundException("x");
                })
                .servlet("/wrapped", (request, response) -> {
                    throw new ServletException(new IllegalArgumentException("inside"));
                })
                .servlet("/other", (request, response) -> {
                    throw new UnsupportedOperationException("other");
                })
                .servlet("/io", (request, response) -> response.getWriter().write("io page"))
                .servlet(
                        "/iae",
                        (request, response) -> response.getWriter()
                                .write("iae page " + request.getAttribute(RequestDispatcher.ERROR_EXCEPTION_TYPE)))
                .servlet("/rest", (request, response) -> response.getWriter().write("rest page"))
                .with(d -> {
                    d.errorPages().add(ErrorPage.ofException("java.io.IOException", "/io"));
                    d.errorPages().add(ErrorPage.ofException("java.lang.IllegalArgumentException", "/iae"));
                    d.errorPages().add(ErrorPage.ofEverythingElse("/rest"));
                })) {
            assertThat(app.get("/direct").body()).isEqualTo("io page");
            assertThat(app.get("/wrapped").body()).isEqualTo("iae page class java.lang.IllegalArgumentException");
            assertThat(app.get("/other").body()).isEqualTo("rest page");
            assertThat(app.get("/nowhere").status()).isEqualTo(404);
        }
    }

    @Test
    void errorPageThatFailsItselfGivesWayToThePlainOne() {
        try (var app = TestApp.at("/")
                .servlet("/bad", (request, response) -> {
                    throw new IllegalStateException("page");
                })
                .with(d -> d.errorPages().add(ErrorPage.ofStatus(404, "/bad")))) {
            var exchange = app.get("/missing");

            assertThat(exchange.status()).isEqualTo(404);
            assertThat(exchange.body()).contains("404 Not Found");
        }
    }

    @Test
    void messageOfSendErrorIsEscapedInThePlainPage() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> response.sendError(400, "<script>"))) {
            assertThat(app.get("/").body()).contains("&lt;script&gt;").doesNotContain("<script>");
        }
    }

    @Test
    void requestListenersAreToldAroundTheFilters() {
        var told = new ArrayList<String>();
        try (var app = TestApp.at("/")
                .listener(new Recording(told, "one"))
                .listener(new Recording(told, "two"))
                .filter("f", "/*", (request, response, chain) -> {
                    told.add("filter");
                    chain.doFilter(request, response);
                })) {
            app.get("/x");
            assertThat(told).containsExactly("one in", "two in", "filter", "two out", "one out");
        }
    }

    @Test
    void requestListenersSurroundTheAnswerToAnErrorToo() {
        var told = new ArrayList<String>();
        try (var app = TestApp.at("/")
                .listener(new Recording(told, "one"))
                .servlet("/throws", (request, response) -> {
                    throw new IllegalStateException("x");
                })
                .servlet("/sends", (request, response) -> response.sendError(500))
                .servlet("/late", (request, response) -> request.startAsync())
                .servlet("/page", (request, response) -> told.add("page"))
                .with(d -> d.errorPages().add(ErrorPage.ofStatus(500, "/page")))) {
            for (String path : List.of("/throws", "/sends")) {
                app.get(path);
                assertThat(told).containsExactly("one in", "page", "one out");
                told.clear();
            }
            app.get("/late").pass(30_000);
            assertThat(told).containsExactly("one in", "one out", "one in", "page", "one out");
        }
    }

    @Test
    void whatARequestListenerThrowsIsAnswered() {
        var failing = new ServletRequestListener() {
            @Override
            public void requestInitialized(ServletRequestEvent event) {
                throw new IllegalStateException("in");
            }
        };
        try (var app = TestApp.at("/").listener(failing)) {
            var exchange = app.get("/");
            assertThat(exchange.status()).isEqualTo(500);
            assertThat(exchange.isEnded()).isTrue();
        }
    }

    @Test
    void aRequestListenerThatThrowsAnErrorKeepsTheOthersFromNothing() {
        var told = new ArrayList<String>();
        var failing = new ServletRequestListener() {
            @Override
            public void requestDestroyed(ServletRequestEvent event) {
                throw new AssertionError("out");
            }
        };
        try (var app = TestApp.at("/")
                .listener(new Recording(told, "one"))
                .listener(failing)
                .servlet("/", (request, response) -> response.getWriter().write("fine"))) {
            assertThat(app.get("/").body()).isEqualTo("fine");
            assertThat(told).containsExactly("one in", "one out");
        }
    }

    private record Recording(List<String> told, String name) implements ServletRequestListener {
        @Override
        public void requestInitialized(ServletRequestEvent event) {
            told.add(name + " in");
        }

        @Override
        public void requestDestroyed(ServletRequestEvent event) {
            told.add(name + " out");
        }
    }

    @Test
    void requestAndResponseKeptTooLongSaySo() {
        var kept = new Object[2];
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            kept[0] = request;
            kept[1] = response;
        })) {
            app.get("/");

            assertThatThrownBy(() -> ((HttpServletRequest) kept[0]).getHeader("X"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("startAsync()");
            assertThatThrownBy(() -> ((HttpServletRequest) kept[0]).getInputStream())
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> ((HttpServletResponse) kept[1]).getWriter())
                    .isInstanceOf(IllegalStateException.class);
            assertThat(((HttpServletResponse) kept[1]).isCommitted()).isTrue();
        }
    }

    @Test
    void contextClassLoaderIsThatOfTheApplicationAndIsGivenBack() {
        var loader = new ClassLoader(getClass().getClassLoader()) {};
        var seen = new ClassLoader[1];
        try (var app = TestApp.at("/")
                .with(d -> d.classLoader(loader))
                .servlet(
                        "/",
                        (request, response) -> seen[0] = Thread.currentThread().getContextClassLoader())) {
            ClassLoader before = Thread.currentThread().getContextClassLoader();
            app.get("/");

            assertThat(seen[0]).isSameAs(loader);
            assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
        }
    }

    @Test
    void welcomeFileAnswersForItsFolderThroughItsFilters() {
        try (var app = TestApp.at("/")
                .servlet(
                        "/index.html",
                        (request, response) ->
                                response.getWriter().write(request.getServletPath() + " of " + request.getRequestURI()))
                .with(d -> d.welcomeFiles().add("index.html"))
                .filter("html", "*.html", named("filtered "))) {
            assertThat(app.get("/").body()).isEqualTo("filtered /index.html of /");
        }
    }

    @Test
    void wrapperReachesTheServletAndTheContainerFindsItsOwn() {
        try (var app = TestApp.at("/")
                .filter(
                        "wrap",
                        "/*",
                        (request, response, chain) -> chain.doFilter(
                                new HttpServletRequestWrapper(request) {
                                    @Override
                                    public String getHeader(String name) {
                                        return "wrapped " + name;
                                    }
                                },
                                response))
                .servlet(
                        "/",
                        (request, response) -> response.getWriter()
                                .write(request.getHeader("X") + " "
                                        + DormouseRequest.of((ServletRequest) request)
                                                .getHeader("X")))) {
            assertThat(app.get("/").body()).isEqualTo("wrapped X null");
        }
    }

    @Test
    void filterInstalledLateRunsBehindThoseOfTheApplication() throws ServletException {
        try (var app = TestApp.at("/")
                .servlet("/", (request, response) -> response.getWriter().write("servlet"))
                .filter("own", "/*", named("own "))) {
            assertThat(app.get("/").body()).isEqualTo("own servlet");

            app.context.installFilter("late", TestApp.filter(named("late ")), "/*");

            assertThat(app.get("/").body()).isEqualTo("own late servlet");
        }
    }
}
