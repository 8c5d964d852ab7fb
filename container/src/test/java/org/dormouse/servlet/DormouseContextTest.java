package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextAttributeEvent;
import jakarta.servlet.ServletContextAttributeListener;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServlet;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DormouseContextTest {
    private static final List<String> TOLD = new ArrayList<>();
    private final List<String> told = TOLD;

    DormouseContextTest() {
        TOLD.clear();
    }

    public static final class Recorder extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        public void init(ServletConfig config) {
            TOLD.add("init " + config.getServletName() + " " + config.getInitParameter("p"));
        }

        @Override
        public void destroy() {
            TOLD.add("destroy servlet");
        }

        @Override
        public void service(ServletRequest request, ServletResponse response) {
            TOLD.add("service");
        }
    }

    public static final class RecordingFilter implements Filter {
        @Override
        public void init(FilterConfig config) {
            TOLD.add("init " + config.getFilterName());
        }

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain) {
            TOLD.add("filter");
        }

        @Override
        public void destroy() {
            TOLD.add("destroy filter");
        }
    }

    public static final class ContextRecorder implements ServletContextListener {
        @Override
        public void contextInitialized(ServletContextEvent event) {
            TOLD.add("context in");
        }

        @Override
        public void contextDestroyed(ServletContextEvent event) {
            TOLD.add("context out");
        }
    }

    @Test
    void theServerInfoIsNameAndVersion() {
        try (var app = TestApp.at("/")) {
            assertThat(app.context.getServerInfo()).matches("Dormouse/\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
        }
    }

    @Test
    void thingsStartInTheirOrderAndStopTheOtherWayRound() throws ServletException {
        try (var app = TestApp.at("/").with(d -> {
            d.servlet("second")
                    .type(Recorder.class)
                    .loadOnStartup(2)
                    .initParameters()
                    .put("p", "v");
            d.servlet("first").type(Recorder.class).loadOnStartup(1);
            d.servlet("lazy").type(Recorder.class).pattern("/lazy");
            d.filter("f").className(RecordingFilter.class.getName());
            d.listeners().add(ListenerDeclaration.ofClass(ContextRecorder.class.getName()));
            d.initializers()
                    .add(new InitializerDeclaration((types, context) -> told.add("initializer " + types), null));
        })) {
            app.start();
            assertThat(told)
                    .containsExactly("initializer null", "context in", "init f", "init first null", "init second v");
            told.clear();
            app.get("/lazy");
            app.get("/lazy");
            assertThat(told).containsExactly("init lazy null", "service", "service");
            told.clear();
        }
        assertThat(told)
                .containsExactly(
                        "destroy servlet", "destroy servlet", "destroy servlet", "destroy filter", "context out");
    }

    @Test
    void failureAtStartStopsWhatWasStarted() {
        var app = TestApp.at("/").with(d -> {
            d.listeners().add(ListenerDeclaration.of(ContextRecorder.class));
            d.filter("missing").className("no.such.Filter");
        });
        assertThatThrownBy(app::start)
                .isInstanceOf(ServletException.class)
                .hasMessageContaining("filter missing")
                .hasMessageContaining("no.such.Filter");
        assertThat(told).containsExactly("context in", "context out");
        assertThat(app.context.isRunning()).isFalse();
    }

    @Test
    void servletThatIsUnavailableAtStartDoesNotKeepTheOthersFromRunning() {
        var failing = new HttpServlet() {
            @Override
            public void init() throws ServletException {
                throw new UnavailableException("never");
            }
        };
        try (var app = TestApp.at("/")
                .with(d ->
                        d.servlet("failing").instance(failing).loadOnStartup(0).pattern("/failing"))
                .servlet("/fine", (request, response) -> response.getWriter().write("fine"))) {
            assertThat(app.get("/failing").status()).isEqualTo(404);
            assertThat(app.get("/fine").body()).isEqualTo("fine");
        }
    }

    public static final class FailingServlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        public void init() throws ServletException {
            TOLD.add("init");
            switch (getInitParameter("how")) {
                case "temporarily" -> throw new UnavailableException("busy", 10);
                case "permanently" -> throw new UnavailableException("gone");
                case "unchecked" -> throw new IllegalStateException("no database");
                default -> throw new ServletException("no database");
            }
        }

        @Override
        public void destroy() {
            TOLD.add("destroy");
        }
    }

    public static final class FailingFilter implements Filter {
        @Override
        public void init(FilterConfig config) throws ServletException {
            throw new UnavailableException("no key");
        }

        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain) {}

        @Override
        public void destroy() {
            TOLD.add("destroy");
        }
    }

    private TestApp failing(String how, int loadOnStartup) {
        return TestApp.at("/").with(d -> {
            d.servlet("failing")
                    .type(FailingServlet.class)
                    .loadOnStartup(loadOnStartup)
                    .pattern("/failing")
                    .initParameters()
                    .put("how", how);
            d.instances(new Instances() {
                @Override
                public <T> T create(Class<T> type) throws ReflectiveOperationException {
                    return BY_CONSTRUCTOR.create(type);
                }

                @Override
                public void release(Object instance) {
                    told.add("release");
                }
            });
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0})
    void servletThatIsUnavailableForATimeIsAnswered503AndInitializedAgainAfterIt(int loadOnStartup) {
        try (var app = failing("temporarily", loadOnStartup)) {
            var exchange = app.get("/failing");
            assertThat(exchange.status()).isEqualTo(503);
            assertThat(exchange.responseField("Retry-After")).isEqualTo("10");
            app.nowMillis += 9_000;
            exchange = app.get("/failing");
            assertThat(exchange.status()).isEqualTo(503);
            assertThat(exchange.responseField("Retry-After")).isEqualTo("1");
            assertThat(told).containsExactly("init", "release");
            app.nowMillis += 1_000;
            assertThat(app.get("/failing").status()).isEqualTo(503);
            assertThat(told).containsExactly("init", "release", "init", "release");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0})
    void servletThatIsUnavailableForEverIsAnswered404AndNeverInitializedAgain(int loadOnStartup) {
        try (var app = failing("permanently", loadOnStartup)) {
            for (int i = 0; i < 2; i++) {
                app.nowMillis += 3_600_000;
                assertThat(app.get("/failing").status()).isEqualTo(404);
            }
            assertThat(told).containsExactly("init", "release");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"checked", "unchecked"})
    void servletWhoseInitFailsIsTriedAgainByTheNextRequest(String how) {
        try (var app = failing(how, -1)) {
            for (int i = 0; i < 2; i++) assertThat(app.get("/failing").status()).isEqualTo(500);
            assertThat(told).containsExactly("init", "release", "init", "release");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"checked", "unchecked"})
    void servletLoadedAtStartWhoseInitFailsFailsTheStartWithItsName(String how) {
        var app = failing(how, 0);
        assertThatThrownBy(app::start).hasMessageContaining("servlet failing").hasStackTraceContaining("no database");
        assertThat(told).containsExactly("init", "release");
    }

    @Test
    void filterWhoseInitFailsIsReleasedAndFailsTheStartWithItsName() {
        var app = failing("checked", -1).with(d -> {
            d.filter("fine").className(RecordingFilter.class.getName());
            d.filter("locked").className(FailingFilter.class.getName());
        });
        assertThatThrownBy(app::start)
                .isInstanceOf(ServletException.class)
                .hasMessageContaining("filter locked")
                .hasStackTraceContaining("no key");
        assertThat(told).containsExactly("init fine", "release", "destroy filter", "release");
    }

    @Test
    void registrationIsPossibleWhileStartingAndTooLateAfter() throws ServletException {
        ServletContextListener registering = new ServletContextListener() {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                ServletContext context = event.getServletContext();
                var servlet = context.addServlet("s", new Recorder());
                assertThat(servlet.addMapping("/s")).isEmpty();
                assertThat(servlet.setInitParameter("p", "1")).isTrue();
                assertThat(servlet.setInitParameter("p", "2")).isFalse();
                assertThat(servlet.setInitParameters(Map.of("p", "3", "q", "4")))
                        .containsExactly("p");
                assertThat(servlet.getInitParameter("q")).isNull();
                assertThat(context.addServlet("s", Recorder.class)).isNull();
                assertThat(context.addServlet("t", Recorder.class).addMapping("/s", "/t"))
                        .containsExactly("/s");
                assertThat(context.getServletRegistration("t").getMappings()).isEmpty();
                context.addFilter("after", TestApp.filter((request, response, chain) -> {
                            told.add("after");
                            chain.doFilter(request, response);
                        }))
                        .addMappingForUrlPatterns(null, true, "/*");
                context.addFilter("before", TestApp.filter((request, response, chain) -> {
                            told.add("before");
                            chain.doFilter(request, response);
                        }))
                        .addMappingForServletNames(EnumSet.of(DispatcherType.REQUEST), false, "s");
                context.addListener(new ServletRequestListener() {
                    @Override
                    public void requestInitialized(ServletRequestEvent request) {
                        told.add("request");
                    }
                });
                assertThatThrownBy(() -> context.addListener(new ContextRecorder()))
                        .isInstanceOf(IllegalArgumentException.class);
                context.getSessionCookieConfig().setName("sid");
                context.setSessionTimeout(5);
                told.add("registered");
            }
        };
        try (var app = TestApp.at("/").listener(registering).filter("declared", "/*", (request, response, chain) -> {
            told.add("declared");
            chain.doFilter(request, response);
        })) {
            app.start();
            assertThat(told).containsExactly("registered");
            told.clear();
            app.get("/s");
            assertThat(told).containsExactly("request", "declared", "after", "before", "init s 1", "service");
            assertThat(app.context.getSessionTimeout()).isEqualTo(5);
            assertThatThrownBy(() -> app.context.addServlet("late", new Recorder()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("too late");
            assertThatThrownBy(() -> app.context.addFilter("late", new RecordingFilter()))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> app.context.getSessionCookieConfig().setName("x"))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void patternOfTheContainersServletGivesWay() {
        try (var app = TestApp.at("/")
                .with(d -> d.servlet("default")
                        .instance(TestApp.servlet(
                                (request, response) -> response.getWriter().write("container")))
                        .builtIn(true)
                        .pattern("/"))
                .with(d -> d.initializers()
                        .add(new InitializerDeclaration(
                                (types, context) -> context.addServlet(
                                                "front",
                                                TestApp.servlet((request, response) ->
                                                        response.getWriter().write("application")))
                                        .addMapping("/"),
                                null)))) {
            assertThat(app.get("/x").body()).isEqualTo("application");
        }
    }

    @Test
    void initializerGetsItsClasses() throws ServletException {
        try (var app = TestApp.at("/")
                .with(d -> d.initializers()
                        .add(new InitializerDeclaration(
                                (types, context) -> told.add("" + types), Set.of(String.class))))) {
            app.start();
            assertThat(told).containsExactly("[class java.lang.String]");
        }
    }

    @Test
    void attributesTellTheirListeners() throws ServletException {
        var listener = new ServletContextAttributeListener() {
            @Override
            public void attributeAdded(ServletContextAttributeEvent event) {
                told.add("added " + event.getValue());
            }

            @Override
            public void attributeReplaced(ServletContextAttributeEvent event) {
                told.add("replaced " + event.getValue());
            }

            @Override
            public void attributeRemoved(ServletContextAttributeEvent event) {
                told.add("removed " + event.getValue());
            }
        };
        try (var app =
                TestApp.at("/").listener(listener).with(d -> d.attributes().put("given", 1))) {
            app.start();
            assertThat(app.context.getAttribute("given")).isEqualTo(1);
            app.context.setAttribute("a", 1);
            app.context.setAttribute("a", 2);
            app.context.setAttribute("a", null);
            assertThat(told).containsExactly("added 1", "replaced 1", "removed 2");
        }
    }

    @Test
    void resourcesAreFoundWithinTheApplicationOnly() throws Exception {
        var asked = new ArrayList<String>();
        var resources = new Resources() {
            @Override
            public Resource find(String path) {
                asked.add(path);
                return path.equals("/a b/50%.txt") ? new OneFile() : null;
            }

            @Override
            public Set<String> list(String path) {
                return path.equals("/") ? Set.of("/a b/") : Set.of();
            }
        };
        try (var app = TestApp.at("/").with(d -> d.resources(resources))) {
            app.start();
            assertThat(app.context.getResourceAsStream("/x/../a b/50%.txt")).hasContent("content");
            assertThat(app.context.getResource("/a b/50%.txt")).hasToString("file:/a%20b/50%25.txt");
            assertThat(app.context.getResourcePaths("/")).containsExactly("/a b/");
            assertThat(app.context.getResourcePaths("/none")).isNull();
            asked.clear();
            assertThat(app.context.getResourceAsStream("/../etc/passwd")).isNull();
            assertThat(app.context.getRealPath("/../etc/passwd")).isNull();
            assertThat(asked).isEmpty();
        }
    }

    private static final class OneFile implements Resources.Resource {
        @Override
        public boolean isDirectory() {
            return false;
        }

        @Override
        public long length() {
            return 7;
        }

        @Override
        public long lastModified() {
            return 0;
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream("content".getBytes());
        }

        @Override
        public URL url() throws java.net.MalformedURLException {
            return URI.create("file:/a%20b/50%25.txt").toURL();
        }
    }

    @Test
    void mimeTypesOfTheApplicationComeFirst() {
        var app = TestApp.at("/").with(d -> d.mimeTypes().put("js", "application/mine"));
        assertThat(app.context.getMimeType("/a/B.HTML")).isEqualTo("text/html");
        assertThat(app.context.getMimeType("x.js")).isEqualTo("application/mine");
        assertThat(app.context.getMimeType("/a.b/c")).isNull();
        assertThat(app.context.getMimeType("none")).isNull();
    }

    @Test
    void jspIsRefusedByName() {
        var app = TestApp.at("/");
        assertThatThrownBy(() -> app.context.addJspFile("j", "/x.jsp"))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("JSP");
    }

    @Test
    void otherContextsAreNotHandedOut() {
        var app = TestApp.at("/app");
        assertThat(app.context.getContext("/app")).isSameAs(app.context);
        assertThat(app.context.getContext("/app/x")).isSameAs(app.context);
        assertThat(app.context.getContext("/application")).isNull();
        assertThat(app.context.getContext("/other")).isNull();
    }

    @Test
    void temporaryDirectoryIsMadeWhenAskedFor() throws Exception {
        try (var app = TestApp.at("/")) {
            app.start();
            var directory = (java.io.File) app.context.getAttribute(ServletContext.TEMPDIR);
            assertThat(directory).isDirectory();
            assertThat(app.context.getAttribute(ServletContext.TEMPDIR)).isSameAs(directory);
            assertThat(directory.delete()).isTrue();
        }
    }

    @Test
    void classThatCannotBeMadeIsNamed() {
        class Inner extends HttpServlet {
            private static final long serialVersionUID = 1;
        }
        var app = TestApp.at("/").with(d -> d.servlet("inner").type(Inner.class).loadOnStartup(1));
        assertThatThrownBy(app::start).hasStackTraceContaining("Inner").hasMessageContaining("servlet inner");
    }

    @Test
    void aContextListenerThatCodeAddsIsShownAContextThatTakesNothingMore() { // Servlet 6.1 §4.4
        var refused = new ArrayList<String>();
        var seen = new Object[1];
        class Added implements ServletContextListener {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                ServletContext context = event.getServletContext();
                List<Runnable> all = List.of(
                        () -> context.addServlet("s", Recorder.class),
                        () -> context.addFilter("f", RecordingFilter.class),
                        () -> context.addListener(ContextRecorder.class),
                        () -> context.getServletRegistrations(),
                        () -> context.getFilterRegistration("f"),
                        () -> context.getSessionCookieConfig(),
                        () -> context.setSessionTrackingModes(EnumSet.of(jakarta.servlet.SessionTrackingMode.COOKIE)),
                        () -> context.setInitParameter("a", "b"),
                        () -> context.declareRoles("r"),
                        () -> context.setSessionTimeout(1),
                        () -> context.setRequestCharacterEncoding("UTF-8"));
                for (Runnable each : all) {
                    assertThatThrownBy(each::run)
                            .isInstanceOf(UnsupportedOperationException.class)
                            .hasMessageContaining("addListener");
                    refused.add("one");
                }
                context.setAttribute("still", context.getContextPath());
                seen[0] = context;
            }
        }
        try (var app = TestApp.at("/app")
                .with(d -> d.initializers()
                        .add(new InitializerDeclaration((types, context) -> context.addListener(new Added()), null)))) {
            app.get("/app/");
            assertThat(refused).hasSize(11);
            assertThat(app.context.getAttribute("still")).isEqualTo("/app");
            assertThat(seen[0]).isEqualTo(app.context).hasSameHashCodeAs(app.context);
        }
    }

    @Test
    void oneThatIsAnnotatedMayRegister() {
        try (var app = TestApp.at("/app")
                .with(d -> d.initializers()
                        .add(new InitializerDeclaration(
                                (types, context) -> context.addListener(Announced.class), null)))) {
            app.get("/app/");
            assertThat(app.context.getInitParameter("set")).isEqualTo("yes");
        }
    }

    @jakarta.servlet.annotation.WebListener
    static final class Announced implements ServletContextListener {
        @Override
        public void contextInitialized(ServletContextEvent event) {
            event.getServletContext().setInitParameter("set", "yes");
        }
    }

    @Test
    void aParameterWithoutANameIsRefusedAsSuchAtAnyTime() { // Javadoc of ServletContext.setInitParameter
        try (var app = TestApp.at("/app")) {
            assertThatThrownBy(() -> app.context.setInitParameter(null, "v")).isInstanceOf(NullPointerException.class);
            app.get("/app/");
            assertThatThrownBy(() -> app.context.setInitParameter(null, "v")).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> app.context.setInitParameter("n", "v")).isInstanceOf(IllegalStateException.class);
        }
    }
}
