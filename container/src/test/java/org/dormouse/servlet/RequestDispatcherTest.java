package org.dormouse.servlet;

import static jakarta.servlet.RequestDispatcher.FORWARD_MAPPING;
import static jakarta.servlet.RequestDispatcher.FORWARD_PATH_INFO;
import static jakarta.servlet.RequestDispatcher.FORWARD_QUERY_STRING;
import static jakarta.servlet.RequestDispatcher.FORWARD_REQUEST_URI;
import static jakarta.servlet.RequestDispatcher.FORWARD_SERVLET_PATH;
import static jakarta.servlet.RequestDispatcher.INCLUDE_PATH_INFO;
import static jakarta.servlet.RequestDispatcher.INCLUDE_QUERY_STRING;
import static jakarta.servlet.RequestDispatcher.INCLUDE_REQUEST_URI;
import static jakarta.servlet.RequestDispatcher.INCLUDE_SERVLET_PATH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.CharArrayWriter;
import java.io.PrintWriter;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestDispatcherTest {
    @Test
    void forwardShowsTheTargetsPathAndTheFirstOnesInAttributes() {
        try (var app = TestApp.at("/app")
                .servlet("/from/*", (request, response) -> {
                    response.getWriter().write("dropped");
                    request.getRequestDispatcher("/middle?b=2").forward(request, response);
                    assertThat(request.getServletPath()).isEqualTo("/from");
                    assertThat(request.getParameter("b")).isNull();
                    assertThat(request.getAttribute(FORWARD_REQUEST_URI)).isNull();
                    assertThat(request.getDispatcherType()).isEqualTo(DispatcherType.REQUEST);
                })
                .servlet(
                        "/middle",
                        (request, response) ->
                                request.getRequestDispatcher("/to/x?a=0").forward(request, response))
                .servlet(
                        "/to/*",
                        (request, response) -> response.getWriter()
                                .write(String.join(
                                        " ",
                                        request.getDispatcherType().toString(),
                                        request.getRequestURI(),
                                        request.getServletPath(),
                                        request.getPathInfo(),
                                        request.getQueryString(),
                                        String.join("", request.getParameterValues("a")),
                                        request.getParameter("b"),
                                        (String) request.getAttribute(FORWARD_REQUEST_URI),
                                        (String) request.getAttribute(FORWARD_SERVLET_PATH),
                                        (String) request.getAttribute(FORWARD_PATH_INFO),
                                        (String) request.getAttribute(FORWARD_QUERY_STRING),
                                        request.getAttribute(FORWARD_MAPPING) == null ? "none" : "mapping")))) {
            assertThat(app.get("/app/from/p?a=1").body())
                    .isEqualTo("FORWARD /app/to/x /to /x a=0 01 2 /app/from/p /from /p a=1 mapping");
        }
    }

    @Test
    void nothingIsWrittenAfterAForward() {
        try (var app = TestApp.at("/")
                .servlet("/from", (request, response) -> {
                    request.getRequestDispatcher("to").forward(request, response);
                    assertThat(response.isCommitted()).isTrue();
                    response.getWriter().write("dropped");
                })
                .servlet("/to", (request, response) -> response.getWriter().write("target"))) {
            assertThat(app.get("/from").body()).isEqualTo("target");
        }
    }

    @Test
    void forwardAfterCommitIsRefused() {
        try (var app = TestApp.at("/").servlet("/from", (request, response) -> {
            response.flushBuffer();
            assertThatThrownBy(() -> request.getRequestDispatcher("/to").forward(request, response))
                    .isInstanceOf(IllegalStateException.class);
        })) {
            app.get("/from");
        }
    }

    @Test
    void includeKeepsThePathAndMayNotChangeTheHead() {
        try (var app = TestApp.at("/")
                .servlet("/page", (request, response) -> {
                    response.setStatus(201);
                    response.getWriter().write("<");
                    request.getRequestDispatcher("/part?x=1").include(request, response);
                    response.getWriter().write(">");
                    assertThat(request.getAttribute(INCLUDE_REQUEST_URI)).isNull();
                    assertThat(request.getParameter("x")).isNull();
                })
                .servlet("/part", (request, response) -> {
                    response.setStatus(404);
                    response.setHeader("X", "ignored");
                    response.sendError(500);
                    response.getWriter()
                            .write(String.join(
                                    " ",
                                    request.getDispatcherType().toString(),
                                    request.getRequestURI(),
                                    (String) request.getAttribute(INCLUDE_REQUEST_URI),
                                    (String) request.getAttribute(INCLUDE_SERVLET_PATH),
                                    (String) request.getAttribute(INCLUDE_QUERY_STRING),
                                    request.getParameter("x")));
                })) {
            var exchange = app.get("/page");

            assertThat(exchange.status()).isEqualTo(201);
            assertThat(exchange.responseField("X")).isNull();
            assertThat(exchange.body()).isEqualTo("<INCLUDE /page /part /part x=1 1>");
        }
    }

    @Test
    void namedDispatcherSetsNoAttributesAndKeepsThePath() {
        try (var app = TestApp.at("/")
                .servlet(
                        "/from",
                        (request, response) -> request.getServletContext()
                                .getNamedDispatcher("hidden")
                                .forward(request, response))
                .with(d -> d.servlet("hidden")
                        .instance(TestApp.servlet((request, response) -> response.getWriter()
                                .write(request.getServletPath() + " " + request.getAttribute(FORWARD_REQUEST_URI)))))) {
            assertThat(app.get("/from").body()).isEqualTo("/from null");
            assertThat(app.context.getNamedDispatcher("nobody")).isNull();
        }
    }

    @Test
    void filtersRunForTheDispatchesTheyAskedFor() {
        try (var app = TestApp.at("/")
                .servlet(
                        "/from",
                        (request, response) ->
                                request.getRequestDispatcher("/to").forward(request, response))
                .servlet(
                        "/page",
                        (request, response) ->
                                request.getRequestDispatcher("/to").include(request, response))
                .servlet("/to", (request, response) -> response.getWriter().write("to"))
                .filter("forward", "/to", EnumSet.of(DispatcherType.FORWARD), (request, response, chain) -> {
                    response.getWriter().write("forward ");
                    chain.doFilter(request, response);
                })
                .filter("include", "/to", EnumSet.of(DispatcherType.INCLUDE), (request, response, chain) -> {
                    response.getWriter().write("include ");
                    chain.doFilter(request, response);
                })) {
            assertThat(app.get("/from").body()).isEqualTo("forward to");
            assertThat(app.get("/page").body()).isEqualTo("include to");
            assertThat(app.get("/to").body()).isEqualTo("to");
        }
    }

    @Test
    void wrappersStayAroundTheTarget() {
        try (var app = TestApp.at("/")
                .servlet("/from", (request, response) -> {
                    var captured = new CharArrayWriter();
                    var wrappedRequest = new HttpServletRequestWrapper(request) {
                        @Override
                        public String getParameter(String name) {
                            return "wrapped";
                        }
                    };
                    var wrappedResponse = new HttpServletResponseWrapper(response) {
                        private final PrintWriter writer = new PrintWriter(captured);

                        @Override
                        public PrintWriter getWriter() {
                            return writer;
                        }
                    };
                    request.getRequestDispatcher("/to").include(wrappedRequest, wrappedResponse);
                    wrappedResponse.getWriter().flush();
                    response.getWriter().write(captured.toString().toUpperCase());
                })
                .servlet("/to", (request, response) -> response.getWriter().write(request.getParameter("x")))) {
            assertThat(app.get("/from").body()).isEqualTo("WRAPPED");
        }
    }

    @Test
    void relativePathBeginsAtTheRequestsFolder() {
        try (var app = TestApp.at("/")
                .servlet(
                        "/a/b/from",
                        (request, response) ->
                                request.getRequestDispatcher("../to").forward(request, response))
                .servlet("/a/to", (request, response) -> response.getWriter().write(request.getRequestURI()))) {
            assertThat(app.get("/a/b/from").body()).isEqualTo("/a/to");
        }
    }

    @Test
    void pathThatLeadsOutHasNoDispatcher() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            assertThat(request.getRequestDispatcher("/../x")).isNull();
            assertThat(request.getServletContext().getRequestDispatcher("x")).isNull();
        })) {
            app.get("/");
        }
    }

    /** As in CVE-2021-28169: what a dispatch decodes once more leads past the constraints. */
    @ParameterizedTest
    @ValueSource(strings = {"forward", "include"})
    void aDispatchDecodesAPathOnceAndNoSpellingLeadsOut(String how) {
        try (var app = TestApp.at("/")
                .servlet("/from", (request, response) -> {
                    for (String out :
                            List.of("/%2e%2e/x", "/a/%2e%2e/%2e%2e/x", "/a/../../x", "/..;a/x", "/%2e%2e%2fx", "/%00"))
                        assertThat(request.getRequestDispatcher(out)).as(out).isNull();
                    var dispatcher = request.getRequestDispatcher("/to/%252e%252e/x");
                    if (how.equals("forward")) dispatcher.forward(request, response);
                    else dispatcher.include(request, response);
                })
                .servlet("/to/*", (request, response) -> {
                    Object included = request.getAttribute(INCLUDE_PATH_INFO);
                    response.getWriter().write(String.valueOf(included == null ? request.getPathInfo() : included));
                })) {
            assertThat(app.get("/from").body()).isEqualTo("/%2e%2e/x");
        }
    }

    @Test
    void queryOfADispatchMayHoldWhatItsAuthorWrote() {
        try (var app = TestApp.at("/")
                .servlet(
                        "/from",
                        (request, response) ->
                                request.getRequestDispatcher("/to/ä b?x=日").forward(request, response))
                .servlet("/to/*", (request, response) -> {
                    response.setCharacterEncoding("UTF-8");
                    response.getWriter()
                            .write(request.getPathInfo() + " " + request.getRequestURI() + " "
                                    + request.getParameter("x"));
                })) {
            assertThat(app.get("/from").body()).isEqualTo("/ä b /to/%C3%A4%20b 日");
        }
    }

    @Test
    void exceptionOfTheTargetReachesTheCallerWithItsPathRestored() {
        try (var app = TestApp.at("/")
                .servlet("/from", (request, response) -> {
                    assertThatThrownBy(
                                    () -> request.getRequestDispatcher("/bad").forward(request, response))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessage("bad");
                    response.getWriter().write(request.getServletPath());
                })
                .servlet("/bad", (request, response) -> {
                    throw new IllegalStateException("bad");
                })) {
            assertThat(app.get("/from").body()).isEqualTo("/from");
        }
    }

    @Test
    void aServletThatIsNotInServiceYetMayBeGivenAResponseThatIsNoneOfHttp() { // Servlet 6.1 §6.2.2
        try (var app = TestApp.at("/")
                .servlet(
                        "/from",
                        (request, response) ->
                                request.getRequestDispatcher("/to").forward(request, response))
                .with(d -> d.servlet("plain")
                        .instance(new jakarta.servlet.GenericServlet() {
                            private static final long serialVersionUID = 1;

                            @Override
                            public void service(
                                    jakarta.servlet.ServletRequest request, jakarta.servlet.ServletResponse response)
                                    throws java.io.IOException {
                                response.getWriter().write("served");
                            }
                        })
                        .pattern("/to"))
                .with(d -> d.filter("wrap")
                        .instance((request, response, chain) ->
                                chain.doFilter(request, new jakarta.servlet.ServletResponseWrapper(response)))
                        .asyncSupported(true))
                .with(d -> d.filterMappings()
                        .add(FilterMapping.ofPattern("wrap", "/to", EnumSet.of(DispatcherType.FORWARD))))) {
            assertThat(app.get("/from").body()).isEqualTo("served");
        }
    }
}
