package org.dormouse.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.error.ErrorPage;
import org.springframework.boot.web.server.Compression;
import org.springframework.boot.web.server.Cookie.SameSite;
import org.springframework.boot.web.server.GracefulShutdownResult;
import org.springframework.boot.web.server.Http2;
import org.springframework.boot.web.server.MimeMappings;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.WebServerException;
import org.springframework.boot.web.server.servlet.CookieSameSiteSupplier;
import org.springframework.boot.web.server.servlet.Session;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.http.HttpStatus;
import org.springframework.util.unit.DataSize;

@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class DormouseServletWebServerFactoryTest {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    private final DormouseServletWebServerFactory factory = new DormouseServletWebServerFactory(0);
    private WebServer server;

    DormouseServletWebServerFactoryTest() throws IOException {
        factory.setAddress(InetAddress.getByName("127.0.0.1"));
    }

    @AfterEach
    void destroy() {
        if (server == null) return;
        server.stop();
        server.destroy();
    }

    @Test
    void aServerAnswersWithWhatItsInitializersRegistered() throws Exception {
        start(servlet("/hello", (request, response) -> response.getWriter().print("hello")));
        assertThat(get("/hello").body()).isEqualTo("hello");
        assertThat(get("/other").statusCode()).isEqualTo(404);
    }

    @Test
    void initializersRunBeforeThePortIsBound() throws IOException {
        int port = freePort();
        factory.setPort(port);
        AtomicReference<ServletContext> context = new AtomicReference<>();
        server = factory.getWebServer(context::set);
        assertThat(context.get()).isNotNull();
        assertThat(server.getPort()).isEqualTo(-1);
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> connect(port));
        server.start();
        assertThat(server.getPort()).isEqualTo(port);
        connect(port);
    }

    @Test
    void startingTwiceIsStartingOnce(CapturedOutput output) {
        start();
        int port = server.getPort();
        server.start();
        assertThat(server.getPort()).isEqualTo(port);
        assertThat(output).containsOnlyOnce("Dormouse started on port");
    }

    @Test
    void startingSaysPortAndContextPath(CapturedOutput output) {
        factory.setContextPath("/shop");
        start();
        assertThat(output)
                .contains("Dormouse started on port " + server.getPort() + " (http) with context path '/shop'");
    }

    @Test
    void aStoppedServerLeavesItsPortAndCanStartAgain() throws Exception {
        factory.setPort(freePort());
        start(servlet("/hello", (request, response) -> response.getWriter().print("hello")));
        int port = server.getPort();
        server.stop();
        assertThat(server.getPort()).isEqualTo(-1);
        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> connect(port));
        server.start();
        assertThat(get("/hello").body()).isEqualTo("hello");
    }

    @Test
    void aDestroyedServerHasEndedItsContext() {
        AtomicInteger destroyed = new AtomicInteger();
        start(context -> context.addListener(new ServletContextListener() {
            @Override
            public void contextDestroyed(ServletContextEvent event) {
                destroyed.incrementAndGet();
            }
        }));
        server.stop();
        assertThat(destroyed).hasValue(0);
        server.destroy();
        server.destroy();
        assertThat(destroyed).hasValue(1);
    }

    @Test
    void aPortInUseIsReportedAsSuch() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            factory.setPort(taken.getLocalPort());
            server = factory.getWebServer();
            assertThatExceptionOfType(PortInUseException.class)
                    .isThrownBy(server::start)
                    .satisfies(e -> assertThat(e.getPort()).isEqualTo(taken.getLocalPort()));
        }
    }

    @Test
    void aNegativePortMeansThatNothingListens() {
        factory.setPort(-1);
        start();
        assertThat(server.getPort()).isEqualTo(-1);
    }

    @Test
    void aStartedServerKeepsTheJvmAliveUntilItStops() throws InterruptedException {
        start();
        Thread keeper = keeper();
        assertThat(keeper.isDaemon()).isFalse();
        server.stop();
        assertThat(keeper.join(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void aFailingInitializerFailsTheFactory() {
        assertThatThrownBy(() -> factory.getWebServer(context -> {
                    throw new ServletException("no database");
                }))
                .isInstanceOf(WebServerException.class)
                .hasStackTraceContaining("no database");
    }

    @Test
    void settingsReachTheServletContext() {
        factory.setContextPath("/shop");
        factory.setDisplayName("The shop");
        factory.setInitParameters(Map.of("colour", "green"));
        Session session = factory.getSettings().getSession();
        session.setTimeout(Duration.ofMinutes(7));
        session.getCookie().setName("SHOP");
        session.getCookie().setHttpOnly(false);
        session.getCookie().setMaxAge(Duration.ofHours(1));
        session.getCookie().setSameSite(SameSite.STRICT);
        AtomicReference<ServletContext> seen = new AtomicReference<>();
        start(seen::set);
        ServletContext context = seen.get();
        assertThat(context.getContextPath()).isEqualTo("/shop");
        assertThat(context.getServletContextName()).isEqualTo("The shop");
        assertThat(context.getInitParameter("colour")).isEqualTo("green");
        assertThat(context.getSessionTimeout()).isEqualTo(7);
        assertThat(context.getSessionCookieConfig().getName()).isEqualTo("SHOP");
        assertThat(context.getSessionCookieConfig().isHttpOnly()).isFalse();
        assertThat(context.getSessionCookieConfig().getMaxAge()).isEqualTo(3600);
        assertThat(context.getSessionCookieConfig().getAttribute("SameSite")).isEqualTo("Strict");
    }

    @Test
    void theSessionCookieIsSentAsConfigured() throws Exception {
        factory.getSettings().getSession().getCookie().setName("SHOP");
        factory.getSettings().getSession().getCookie().setSameSite(SameSite.LAX);
        start(servlet("/login", (request, response) -> request.getSession()));
        assertThat(get("/login").headers().firstValue("Set-Cookie").orElseThrow())
                .startsWith("SHOP=")
                .contains("SameSite=Lax");
    }

    @Test
    void cookiesGetTheSameSiteOfTheirSupplier() throws Exception {
        factory.setCookieSameSiteSuppliers(
                List.of(CookieSameSiteSupplier.ofStrict().whenHasName("a")));
        start(servlet("/cookies", (request, response) -> {
            response.addCookie(new Cookie("a", "1"));
            response.addCookie(new Cookie("b", "2"));
        }));
        List<String> cookies = get("/cookies").headers().allValues("Set-Cookie");
        assertThat(cookies).anyMatch(cookie -> cookie.startsWith("a=1") && cookie.contains("SameSite=Strict"));
        assertThat(cookies).anyMatch(cookie -> cookie.startsWith("b=2") && !cookie.contains("SameSite"));
    }

    @Test
    void errorPagesAreChosenByStatusExceptionAndForEverythingElse() throws Exception {
        factory.addErrorPages(
                new ErrorPage(HttpStatus.NOT_FOUND, "/e/status"),
                new ErrorPage(IllegalStateException.class, "/e/exception"),
                new ErrorPage("/e/rest"));
        start(
                servlet("/e/*", (request, response) -> response.getWriter().print(request.getPathInfo())),
                servlet("/state", (request, response) -> {
                    throw new IllegalStateException("on purpose");
                }),
                servlet("/teapot", (request, response) -> response.sendError(418)));
        assertThat(get("/nothing").body()).isEqualTo("/status");
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
        assertThat(get("/state").body()).isEqualTo("/exception");
        assertThat(get("/state").statusCode()).isEqualTo(500);
        assertThat(get("/teapot").body()).isEqualTo("/rest");
        assertThat(get("/teapot").statusCode()).isEqualTo(418);
    }

    @Test
    void mediaTypesAndCharsetsAreKnownToTheContext() throws Exception {
        MimeMappings types = new MimeMappings();
        types.add("dormouse", "application/x-dormouse");
        factory.addMimeMappings(types);
        factory.setLocaleCharsetMappings(Map.of(Locale.GERMAN, StandardCharsets.ISO_8859_1));
        AtomicReference<ServletContext> context = new AtomicReference<>();
        start(context::set, servlet("/german", (request, response) -> {
            response.setContentType("text/plain");
            response.setLocale(Locale.GERMAN);
            response.getWriter().print("ä");
        }));
        assertThat(context.get().getMimeType("a.dormouse")).isEqualTo("application/x-dormouse");
        assertThat(context.get().getMimeType("a.html")).isEqualTo("text/html");
        assertThat(get("/german").headers().firstValue("Content-Type").orElseThrow())
                .isEqualToIgnoringCase("text/plain;charset=ISO-8859-1");
    }

    @Test
    void filesAreServedWhenTheDefaultServletIsRegistered(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("page.html"), "a page");
        factory.setDocumentRoot(folder.toFile());
        factory.setRegisterDefaultServlet(true);
        start();
        assertThat(get("/page.html").body()).isEqualTo("a page");
        assertThat(get("/page.html").headers().firstValue("Content-Type").orElseThrow())
                .startsWith("text/html");
    }

    @Test
    void filesAreOnlyForTheContextWhenItIsNot(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("page.html"), "a page");
        factory.setDocumentRoot(folder.toFile());
        AtomicReference<ServletContext> context = new AtomicReference<>();
        start(context::set);
        assertThat(get("/page.html").statusCode()).isEqualTo(404);
        assertThat(context.get().getResource("/page.html")).isNotNull();
    }

    @Test
    void pagesOfTheDocumentRootAreRunWithOrWithoutTheDefaultServlet(@TempDir Path folder) throws Exception {
        Files.createDirectories(folder.resolve("WEB-INF"));
        Files.writeString(folder.resolve("page.jsp"), "sum ${1 + 1}");
        Files.writeString(folder.resolve("WEB-INF/view.jsp"), "view ${requestScope.model}");
        factory.setDocumentRoot(folder.toFile());
        start(servlet("/view", (request, response) -> {
            request.setAttribute("model", "m");
            request.getRequestDispatcher("/WEB-INF/view.jsp").forward(request, response);
        }));
        assertThat(get("/page.jsp").body()).isEqualTo("sum 2");
        assertThat(get("/view").body()).isEqualTo("view m");
        assertThat(get("/WEB-INF/view.jsp").statusCode()).isEqualTo(404);
    }

    @Test
    void resourcesOfTheClassPathAreFound() {
        AtomicReference<ServletContext> context = new AtomicReference<>();
        start(context::set);
        // META-INF/resources of a folder of the class path of this test
        assertThat(context.get().getResourceAsStream("/from-the-class-path.txt"))
                .hasContent("found\n");
    }

    @Test
    void theServerFieldIsSentWhenAskedFor() throws Exception {
        factory.setServerHeader("The shop");
        start(servlet("/hello", (request, response) -> {}));
        assertThat(get("/hello").headers().firstValue("Server")).hasValue("The shop");
    }

    @Test
    void customizersHaveTheLastWord() throws Exception {
        factory.setServerHeader("The shop");
        factory.addBuilderCustomizers(builder -> builder.serverHeader("Somebody else"));
        factory.addWebAppCustomizers(application -> application.servlet("/added", new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.getWriter().print("added");
            }
        }));
        start();
        assertThat(get("/added").body()).isEqualTo("added");
        assertThat(get("/added").headers().firstValue("Server")).hasValue("Somebody else");
    }

    @Test
    void aHeadBeyondTheLimitIsAnswered431() throws Exception {
        factory.setMaxHeadBytes(1024);
        start(servlet("/hello", (request, response) -> {}));
        var request = HttpRequest.newBuilder(uri("/hello"))
                .header("X-Long", "x".repeat(2000))
                .build();
        assertThat(CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(431);
    }

    @Test
    void gracefulShutdownWaitsForTheRequestInFlight() throws Exception {
        factory.setShutdown(Shutdown.GRACEFUL);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        start(servlet("/slow", (request, response) -> {
            entered.countDown();
            await(leave);
            response.getWriter().print("done");
        }));
        CompletableFuture<HttpResponse<String>> slow =
                CLIENT.sendAsync(HttpRequest.newBuilder(uri("/slow")).build(), HttpResponse.BodyHandlers.ofString());
        await(entered);
        CompletableFuture<GracefulShutdownResult> result = new CompletableFuture<>();
        server.shutDownGracefully(result::complete);
        assertThat(result).isNotDone();
        leave.countDown();
        assertThat(slow.get(10, TimeUnit.SECONDS).body()).isEqualTo("done");
        assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo(GracefulShutdownResult.IDLE);
    }

    @Test
    void stopEndsAGracefulShutdownThatLastsTooLong() throws Exception {
        factory.setShutdown(Shutdown.GRACEFUL);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        start(servlet("/slow", (request, response) -> {
            entered.countDown();
            await(leave);
        }));
        var slow = CLIENT.sendAsync(HttpRequest.newBuilder(uri("/slow")).build(), HttpResponse.BodyHandlers.ofString());
        await(entered);
        CompletableFuture<GracefulShutdownResult> result = new CompletableFuture<>();
        server.shutDownGracefully(result::complete);
        server.stop();
        assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo(GracefulShutdownResult.REQUESTS_ACTIVE);
        leave.countDown();
        assertThat(slow.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }

    @Test
    void withoutGracefulShutdownTheAnswerIsImmediate() throws Exception {
        factory.setShutdown(Shutdown.IMMEDIATE);
        start();
        CompletableFuture<GracefulShutdownResult> result = new CompletableFuture<>();
        server.shutDownGracefully(result::complete);
        assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo(GracefulShutdownResult.IMMEDIATE);
    }

    @Test
    void sslIsRefusedByName() {
        factory.setSsl(new Ssl());
        refuses("server.ssl");
    }

    @Test
    void http2IsRefusedByName() {
        Http2 http2 = new Http2();
        http2.setEnabled(true);
        factory.setHttp2(http2);
        refuses("server.http2.enabled");
    }

    @Test
    void compressionIsThatOfItsProperties() throws Exception {
        Compression compression = new Compression();
        compression.setEnabled(true);
        compression.setMimeTypes(new String[] {"text/x-own"});
        compression.setMinResponseSize(DataSize.ofBytes(100));
        factory.setCompression(compression);
        start(servlet("/own", (request, response) -> {
            response.setContentType(request.getParameter("type"));
            response.getWriter().print("x".repeat(Integer.parseInt(request.getParameter("length"))));
        }));
        assertThat(codingOf("/own?type=text/x-own&length=100")).hasValue("gzip");
        assertThat(codingOf("/own?type=text/x-own&length=99")).isEmpty();
        assertThat(codingOf("/own?type=text/plain&length=100")).isEmpty();
    }

    private Optional<String> codingOf(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getPort() + path))
                .header("Accept-Encoding", "gzip")
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofByteArray())
                .headers()
                .firstValue("Content-Encoding");
    }

    @Test
    void compressionThatLooksAtUserAgentsIsRefusedByName() {
        Compression compression = new Compression();
        compression.setEnabled(true);
        compression.setExcludedUserAgents(new String[] {"Mozilla/4"});
        factory.setCompression(compression);
        refuses("server.compression.excluded-user-agents");
    }

    @Test
    void persistentSessionsAreRefusedByName() {
        factory.getSettings().getSession().setPersistent(true);
        refuses("server.servlet.session.persistent");
    }

    @Test
    void whatIsSwitchedOffIsNotRefused() {
        Ssl ssl = new Ssl();
        ssl.setEnabled(false);
        factory.setSsl(ssl);
        factory.setHttp2(new Http2());
        factory.setCompression(new Compression());
        start();
        assertThat(server.getPort()).isPositive();
    }

    private void refuses(String property) {
        assertThatExceptionOfType(UnsupportedPropertyException.class)
                .isThrownBy(factory::getWebServer)
                .withMessageContaining(property);
    }

    private void start(ServletContextInitializer... initializers) {
        server = factory.getWebServer(initializers);
        server.start();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getPort() + path);
    }

    private static void connect(int port) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            assertThat(socket.isConnected()).isTrue();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Thread keeper() {
        String port = ":" + server.getPort();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("dormouse-listening-"))
                .filter(thread -> thread.getName().endsWith(port))
                .findFirst()
                .orElseThrow();
    }

    private static ServletContextInitializer servlet(String pattern, Body body) {
        return context -> context.addServlet(pattern, new HttpServlet() {
                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response)
                            throws IOException, ServletException {
                        body.answer(request, response);
                    }
                })
                .addMapping(pattern);
    }

    private interface Body {
        void answer(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException;
    }
}
