package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpSessionIdListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.dormouse.identity.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that are dispatched into another application of the server, {@code /b}, from the one that was asked, {@code /a}. */
class CrossContextTest {
    private static final ServletSettings ALLOWED = new ServletSettings(false, true);

    private final ClassLoader loaderOfB = new ClassLoader(getClass().getClassLoader()) {};
    private final TestApp b = TestApp.at("/b").with(d -> d.classLoader(loaderOfB));
    private final TestApp a = TestApp.at("/a").with(d -> d.servletSettings(ALLOWED));

    @BeforeEach
    void areNeighbours() {
        a.context.neighbours(path -> path.startsWith("/b") ? b.context : path.startsWith("/a") ? a.context : null);
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    private static RequestDispatcher inB(ServletContext context, String path) {
        return context.getContext("/b").getRequestDispatcher(path);
    }

    @Test
    void otherApplicationsAreOnlyHandedOutWhereThatIsAllowed() {
        assertThat(a.context.getContext("/b/x")).isSameAs(b.context);
        assertThat(a.context.getContext("/a")).isSameAs(a.context);
        assertThat(a.context.getContext("/c")).isNull();
        assertThat(a.context.getContext("b")).isNull();

        a.deployment.servletSettings(ServletSettings.DEFAULT);
        assertThat(a.context.getContext("/b/x")).isNull();
        assertThat(a.context.getContext("/a/x")).isSameAs(a.context);
    }

    @Test
    void aForwardShowsTheOtherApplicationAndComesBack() throws Exception {
        b.servlet("/to/*", (request, response) -> {
                    assertThat(request.getServletContext()).isSameAs(b.context);
                    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(loaderOfB);
                    response.getWriter()
                            .write(request.getContextPath() + " " + request.getServletPath() + " "
                                    + request.getPathInfo()
                                    + " " + request.getRequestURI() + " " + request.getParameter("p") + " "
                                    + request.getAttribute(RequestDispatcher.FORWARD_CONTEXT_PATH));
                })
                .start();
        a.servlet("/from", (request, response) -> {
            ClassLoader own = Thread.currentThread().getContextClassLoader();
            inB(request.getServletContext(), "/to/x?p=1").forward(request, response);
            assertThat(request.getServletContext()).isSameAs(a.context);
            assertThat(request.getContextPath()).isEqualTo("/a");
            assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(own);
        });
        assertThat(a.get("/a/from").body()).isEqualTo("/b /to /x /b/to/x 1 /a");
    }

    @Test
    void anIncludeAddsWhatTheOtherApplicationWrites() throws Exception {
        b.servlet("/part", (request, response) -> {
                    response.setHeader("X-Ignored", "1");
                    response.getWriter().write(" " + request.getServletContext().getContextPath() + " ");
                })
                .start();
        a.servlet("/from", (request, response) -> {
            response.getWriter().write("before");
            inB(request.getServletContext(), "/part").include(request, response);
            response.getWriter().write("after");
        });
        var exchange = a.get("/a/from");
        assertThat(exchange.body()).isEqualTo("before /b after");
        assertThat(exchange.responseField("X-Ignored")).isNull();
    }

    @Test
    void aServletCanBeCalledByItsName() throws Exception {
        b.servlet(
                        "/x",
                        (request, response) -> response.getWriter()
                                .write(request.getServletContext().getContextPath()))
                .start();
        a.servlet(
                "/from",
                (request, response) -> request.getServletContext()
                        .getContext("/b")
                        .getNamedDispatcher("at /x")
                        .forward(request, response));
        assertThat(a.get("/a/from").body()).isEqualTo("/b");
    }

    @Test
    void eachApplicationHasASessionOfItsOwnUnderOneId() throws Exception {
        b.servlet("/count", (request, response) -> {
                    var session = request.getSession();
                    session.setAttribute("of", "b");
                    response.getWriter().write(session.getServletContext().getContextPath() + session.getId());
                })
                .servlet("/look", (request, response) -> {
                    var session = request.getSession(false);
                    response.getWriter().write(session == null ? "none" : (String) session.getAttribute("of"));
                })
                .start();
        a.servlet("/count", (request, response) -> {
                    inB(request.getServletContext(), "/count").include(request, response);
                    var own = request.getSession(false);
                    assertThat(own.getServletContext()).isSameAs(a.context);
                    assertThat(own.getAttribute("of")).isNull();
                })
                .servlet(
                        "/look",
                        (request, response) ->
                                inB(request.getServletContext(), "/look").include(request, response));

        var first = a.get("/a/count");
        String cookie = first.responseField("Set-Cookie");
        String id = cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
        assertThat(cookie).contains("Path=/a");
        assertThat(first.body()).isEqualTo("/b" + id);

        assertThat(a.run(TestExchange.get("/a/look").field("Cookie", "JSESSIONID=" + id))
                        .body())
                .isEqualTo("b");
        assertThat(a.get("/a/look").body()).isEqualTo("none");
    }

    @Test
    void anIdThatChangesThereChangesInBoth() throws Exception {
        b.servlet("/change", (request, response) -> {
                    request.getSession().setAttribute("of", "b");
                    String changed = request.changeSessionId();
                    assertThat(request.getSession(false).getId()).isEqualTo(changed);
                    response.getWriter().write(changed);
                })
                .start();
        a.servlet("/change", (request, response) -> {
            inB(request.getServletContext(), "/change").include(request, response);
            response.getWriter().write(" " + request.getSession(false).getId());
        });
        String[] ids = a.get("/a/change").body().split(" ");
        assertThat(ids[0]).isEqualTo(ids[1]);
    }

    @Test
    void anIdThatChangesInTheApplicationThatWasAskedLeavesNothingInTheOtherUnderTheOldOne() throws Exception {
        var changes = new ArrayList<String>();
        b.servlet("/put", (request, response) -> request.getSession().setAttribute("of", "b"))
                .servlet("/look", (request, response) -> {
                    var session = request.getSession(false);
                    response.getWriter().write(session == null ? "none" : (String) session.getAttribute("of"));
                })
                .listener((HttpSessionIdListener) (event, old) -> {
                    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(loaderOfB);
                    changes.add(old + " " + event.getSession().getId());
                })
                .start();
        a.with(d -> d.security().users((name, password) -> new Caller(name, Set.of())))
                .servlet(
                        "/put",
                        (request, response) ->
                                inB(request.getServletContext(), "/put").include(request, response))
                .servlet(
                        "/look",
                        (request, response) ->
                                inB(request.getServletContext(), "/look").include(request, response))
                .servlet("/change", (request, response) -> request.changeSessionId())
                .servlet("/login", (request, response) -> request.login("anna", "secret"));
        String planted = idIn(a.get("/a/put"));
        String changed = idIn(a.run(TestExchange.get("/a/change").field("Cookie", "JSESSIONID=" + planted)));
        String last = idIn(a.run(TestExchange.get("/a/login").field("Cookie", "JSESSIONID=" + changed)));

        for (String old : List.of(planted, changed))
            assertThat(b.run(TestExchange.get("/b/look").field("Cookie", "JSESSIONID=" + old))
                            .body())
                    .isEqualTo("none");
        assertThat(a.run(TestExchange.get("/a/look").field("Cookie", "JSESSIONID=" + last))
                        .body())
                .isEqualTo("b");
        assertThat(changes).containsExactly(planted + " " + changed, changed + " " + last);
    }

    private static String idIn(TestExchange exchange) {
        String cookie = exchange.responseField("Set-Cookie");
        return cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
    }

    @Test
    void theCallerIsThatOfTheApplicationThatWasAsked() throws Exception {
        b.servlet(
                        "/who",
                        (request, response) -> response.getWriter()
                                .write(request.getRemoteUser() + " " + request.isUserInRole("admin")))
                .start();
        a.with(d -> d.security().users((name, password) -> new Caller(name, Set.of("admin"))))
                .servlet("/login", (request, response) -> {
                    request.login("anna", "secret");
                    request.getSession();
                })
                .servlet(
                        "/who",
                        (request, response) ->
                                inB(request.getServletContext(), "/who").forward(request, response));
        String id = idIn(a.get("/a/login"));
        assertThat(a.run(TestExchange.get("/a/who").field("Cookie", "JSESSIONID=" + id))
                        .body())
                .isEqualTo("anna true");
        assertThat(a.get("/a/who").body()).isEqualTo("null false");
    }

    @Test
    void whoLogsInThereLogsInWhereTheyAsked() throws Exception {
        b.servlet("/login", (request, response) -> {
                    request.getSession().setAttribute("of", "b");
                    request.login("anna", "secret");
                })
                .servlet("/who", (request, response) -> response.getWriter().write(request.getRemoteUser() + ""))
                .start();
        a.with(d -> d.security().users((name, password) -> new Caller(name, Set.of())))
                .servlet(
                        "/login",
                        (request, response) ->
                                inB(request.getServletContext(), "/login").include(request, response))
                .servlet("/who", (request, response) -> response.getWriter().write(request.getRemoteUser() + ""));
        var answer = a.get("/a/login");
        assertThat(answer.status()).isEqualTo(200);
        String id = idIn(answer);
        assertThat(a.run(TestExchange.get("/a/who").field("Cookie", "JSESSIONID=" + id))
                        .body())
                .isEqualTo("anna");
        assertThat(b.run(TestExchange.get("/b/who").field("Cookie", "JSESSIONID=" + id))
                        .body())
                .isEqualTo("null");
    }

    @Test
    void aResetThereKeepsTheCookieOfTheSessionHere() throws Exception {
        b.servlet("/reset", (request, response) -> response.reset()).start();
        a.servlet("/from", (request, response) -> {
            request.getSession();
            inB(request.getServletContext(), "/reset").forward(request, response);
        });
        assertThat(a.get("/a/from").responseField("Set-Cookie")).contains("Path=/a");
    }

    @Test
    void anAsyncDispatchGoesOnThere() throws Exception {
        b.servlet("/end", (request, response) -> {
                    assertThat(request.getServletContext()).isSameAs(b.context);
                    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(loaderOfB);
                    response.getWriter()
                            .write(request.getDispatcherType() + " " + request.getRequestURI() + " "
                                    + request.getAttribute(AsyncContext.ASYNC_CONTEXT_PATH));
                })
                .start();
        a.servlet("/begin", (request, response) -> {
            AsyncContext async = request.startAsync();
            async.dispatch(request.getServletContext().getContext("/b"), "/end");
        });
        assertThat(a.get("/a/begin").body()).isEqualTo("ASYNC /b/end /a");
    }

    @Test
    void aListenerOfACycleIsToldInTheApplicationThatBeganIt() throws Exception {
        ClassLoader loaderOfA = new ClassLoader(getClass().getClassLoader()) {};
        var told = new ArrayList<ClassLoader>();
        b.servlet("/end", (request, response) -> {}).start();
        a.with(d -> d.classLoader(loaderOfA)).servlet("/begin", (request, response) -> {
            AsyncContext async = request.startAsync();
            async.addListener(new AsyncListener() {
                @Override
                public void onComplete(AsyncEvent event) {
                    told.add(Thread.currentThread().getContextClassLoader());
                }

                @Override
                public void onTimeout(AsyncEvent event) {}

                @Override
                public void onError(AsyncEvent event) {}

                @Override
                public void onStartAsync(AsyncEvent event) {}
            });
            async.dispatch(request.getServletContext().getContext("/b"), "/end");
        });
        a.get("/a/begin");
        assertThat(told).containsExactly(loaderOfA);
    }

    @Test
    void aPathWithoutAContextLeadsBackToTheApplicationThatBeganTheCycle() throws Exception {
        var later = new ArrayDeque<Runnable>();
        var cycle = new AsyncContext[1];
        b.servlet("/begin", (request, response) -> cycle[0] = request.startAsync(request, response))
                .servlet(
                        "/end", (request, response) -> response.getWriter().write("end of " + request.getContextPath()))
                .start();
        a.servlet(
                "/from",
                (request, response) ->
                        inB(request.getServletContext(), "/begin").forward(request, response));
        var exchange = a.run(TestExchange.get("/a/from"), later::add);
        cycle[0].dispatch("/end");
        while (!later.isEmpty()) later.poll().run();
        assertThat(exchange.body()).isEqualTo("end of /b");
        assertThat(exchange.isEnded()).isTrue();
    }
}
