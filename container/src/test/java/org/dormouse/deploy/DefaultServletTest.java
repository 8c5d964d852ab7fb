package org.dormouse.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Set;
import org.dormouse.servlet.Deployment;
import org.dormouse.servlet.DormouseContext;
import org.dormouse.servlet.FilterMapping;
import org.dormouse.servlet.TestExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefaultServletTest {
    private static final Instant MODIFIED = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final String MODIFIED_FIELD = "Fri, 02 Jan 2026 03:04:05 GMT";

    @TempDir
    Path temporary;

    private TestWar war;
    private Deployment deployment;
    private DormouseContext context;

    @BeforeEach
    void start() throws Exception {
        war = new TestWar(temporary.resolve("app"))
                .file("page.html", "<p>page</p>")
                .file("a b/\u00fc.txt", "text")
                .file("unknown.xyz", "?")
                .file("folder/index.html", "in folder")
                .file("empty/readme.txt", "no welcome here")
                .file("jsp/index.jsp", "<%= \"an\" + \"swer\" %><%-- source --%>")
                .file("app/readme.txt", "its welcome file is a servlet")
                .file("META-INF/secret.txt", "secret")
                .file("WEB-INF/secret.txt", "secret")
                .webXml(
                        "<welcome-file-list><welcome-file>index.html</welcome-file><welcome-file>index.jsp</welcome-file>"
                                + "<welcome-file>start</welcome-file></welcome-file-list>"
                                + "<mime-mapping><extension>XYZ</extension><mime-type>x/y</mime-type></mime-mapping>")
                .jar(
                        "r.jar",
                        new TestWar.Jar()
                                .file("META-INF/resources/from-jar.css", "css")
                                .file("META-INF/resources/dir/x.css", "css")
                                .file("META-INF/resources/page.html", "hidden by the folder")
                                .file("META-INF/resources/WEB-INF/secret2.txt", "secret"));
        Files.setLastModifiedTime(war.folder().resolve("page.html"), FileTime.from(MODIFIED));
        deployment = new WarDeployer().read(war.folder(), "/c");
        deployment.servlet("start").instance(new Echo()).pattern("/app/start");
        deployment
                .servlet("forward")
                .instance(new Forward())
                .pattern("/forward")
                .pattern("/include");
        context = new DormouseContext(deployment);
        context.start();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    /** Shows what it was asked for. */
    private static final class Echo extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("welcome at " + request.getServletPath());
        }
    }

    /** Dispatches to the path in its query. */
    private static final class Forward extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            var dispatcher = request.getRequestDispatcher(request.getParameter("to"));
            if (request.getServletPath().equals("/forward")) {
                dispatcher.forward(request, response);
                return;
            }
            response.getWriter().print("[");
            try {
                dispatcher.include(request, response);
            } catch (FileNotFoundException e) {
                response.getWriter().print("not found " + e.getMessage());
            }
            response.getWriter().print("]");
        }
    }

    @Test
    void filesAreServedWithTheirTypeLengthAndValidators() {
        TestExchange got = get("/c/page.html");
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.body()).isEqualTo("<p>page</p>");
        assertThat(got.responseField("Content-Type")).startsWith("text/html");
        assertThat(got.contentLength()).isEqualTo(11);
        assertThat(got.responseField("Last-Modified")).isEqualTo(MODIFIED_FIELD);
        assertThat(got.responseField("ETag")).matches("\"[\\w-]{22}\"");
        assertThat(got.responseField("Accept-Ranges")).isEqualTo("bytes");
        assertThat(get("/c/unknown.xyz").responseField("Content-Type")).isEqualTo("x/y");
        assertThat(get("/c/a%20b/%C3%BC.txt").body()).isEqualTo("text");
        assertThat(get("/c/from-jar.css").body()).isEqualTo("css");
    }

    @Test
    void headIsAnsweredWithoutTheBody() {
        TestExchange got = run(TestExchange.of("HEAD", "/c/page.html"));
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.contentLength()).isEqualTo(11);
        assertThat(got.body()).isEmpty();
    }

    @Test
    void whatTheClientHasIsNotSentAgain() {
        String etag = get("/c/page.html").responseField("ETag");
        TestExchange unchanged = run(TestExchange.get("/c/page.html").field("If-None-Match", "\"x\", " + etag));
        assertThat(unchanged.status()).isEqualTo(304);
        assertThat(unchanged.body()).isEmpty();
        assertThat(unchanged.responseField("ETag")).isEqualTo(etag);
        assertThat(run(TestExchange.get("/c/page.html").field("If-Modified-Since", MODIFIED_FIELD))
                        .status())
                .isEqualTo(304);
        assertThat(run(TestExchange.get("/c/page.html").field("If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"))
                        .status())
                .isEqualTo(200);
        assertThat(run(TestExchange.get("/c/page.html").field("If-Modified-Since", "yesterday"))
                        .status())
                .isEqualTo(200);
        assertThat(run(TestExchange.get("/c/page.html").field("If-Match", "\"x\""))
                        .status())
                .isEqualTo(412);
    }

    @Test
    void partsOfAFileAreSentToWhomeverAsksForThem() {
        String etag = get("/c/page.html").responseField("ETag");
        TestExchange part = run(TestExchange.get("/c/page.html").field("Range", "bytes=3-6"));
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("page");
        assertThat(part.responseField("Content-Range")).isEqualTo("bytes 3-6/11");
        assertThat(part.responseField("ETag")).isEqualTo(etag);
        assertThat(part.contentLength()).isEqualTo(4);
        for (String ifRange : new String[] {etag, MODIFIED_FIELD}) {
            TestExchange same = run(
                    TestExchange.get("/c/page.html").field("Range", "bytes=3-6").field("If-Range", ifRange));
            assertThat(same.status()).as(ifRange).isEqualTo(206);
        }
        for (String ifRange : new String[] {"\"x\"", "W/" + etag, "Fri, 02 Jan 2026 03:04:06 GMT", "x"}) {
            TestExchange whole = run(
                    TestExchange.get("/c/page.html").field("Range", "bytes=3-6").field("If-Range", ifRange));
            assertThat(whole.status()).as(ifRange).isEqualTo(200);
            assertThat(whole.body()).isEqualTo("<p>page</p>");
        }
        TestExchange beyond = run(TestExchange.get("/c/page.html").field("Range", "bytes=11-"));
        assertThat(beyond.status()).isEqualTo(416);
        assertThat(beyond.responseField("Content-Range")).isEqualTo("bytes */11");
        TestExchange head = run(TestExchange.of("HEAD", "/c/page.html").field("Range", "bytes=3-6"));
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.contentLength()).isEqualTo(11);
        assertThat(get("/c/from-jar.css").responseField("ETag")).startsWith("\"");
        assertThat(run(TestExchange.get("/c/from-jar.css").field("Range", "bytes=1-"))
                        .body())
                .isEqualTo("ss");
    }

    @ParameterizedTest
    @CsvSource({"POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"})
    void methodsThatAreNotForReadingAreAnswered405(String method) {
        TestExchange got = run(TestExchange.of(method, "/c/page.html"));
        assertThat(got.status()).isEqualTo(405);
        assertThat(got.responseField("Allow")).isEqualTo("GET, HEAD, OPTIONS");
    }

    @Test
    void optionsTellsTheMethods() {
        TestExchange got = run(TestExchange.of("OPTIONS", "/c/page.html"));
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.responseField("Allow")).isEqualTo("GET, HEAD, OPTIONS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/c/WEB-INF/secret.txt",
                "/c/META-INF/secret.txt",
                "/c/WEB-INF/",
                "/c/WEB-INF",
                "/c/web-inf/secret.txt",
                "/c/Meta-Inf/secret.txt",
                "/c/WEB-INF/web.xml",
                "/c/WEB-INF/lib/r.jar",
                "/c/x/../WEB-INF/secret.txt",
                "/c//WEB-INF/secret.txt",
                "/c/./WEB-INF/secret.txt",
                "/c/WEB-INF;x/secret.txt",
                "/c/%57EB-INF/secret.txt",
                "/c/WEB-INF/secret2.txt",
                "/c/META-INF/resources/from-jar.css",
                "/c/missing.html",
                "/c/page.html/",
                "/c/PAGE.html"
            })
    void privateAndMissingFilesAreAnswered404(String target) {
        TestExchange got = get(target);
        assertThat(got.status()).isEqualTo(404);
        assertThat(got.body()).doesNotContain("secret</").doesNotContain("web-app");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/c/..;/WEB-INF/secret.txt",
                "/c/%2e%2e/c/WEB-INF/secret.txt",
                "/c/x%2f..%2fWEB-INF/secret.txt",
                "/c/page.html%00.txt",
                "/c/a%5c..%5cb"
            })
    void suspiciousPathsAreAnswered400(String target) {
        assertThat(get(target).status()).isEqualTo(400);
    }

    @Test
    void folderNamesAreCompletedByARedirectThatNamesNoOtherHost() {
        TestExchange got = get("/c/folder?a=b");
        assertThat(got.status()).isEqualTo(302);
        assertThat(got.responseField("Location")).endsWith("/c/folder/?a=b");
        assertThat(get("/c//folder").responseField("Location"))
                .endsWith("/c/folder/")
                .doesNotStartWith("//");
        for (String path :
                new String[] {"//c/folder", "///c//folder", "//evil.example/../c/folder", "//c;x/./folder;y"}) {
            assertThat(get(path).responseField("Location")).as(path).isEqualTo("/c/folder/");
        }
        assertThat(get("/c/a%20b").responseField("Location")).endsWith("/c/a%20b/");
        assertThat(get("/c/dir").responseField("Location")).endsWith("/c/dir/");
    }

    @Test
    void foldersAreServedByTheirWelcomeFileAndNeverListed() {
        assertThat(get("/c/folder/").body()).isEqualTo("in folder");
        assertThat(get("/c/app/").body()).isEqualTo("welcome at /app/start");
        TestExchange empty = get("/c/empty/");
        assertThat(empty.status()).isEqualTo(404);
        assertThat(empty.body()).doesNotContain("readme");
        assertThat(get("/c/").status()).isEqualTo(404);
    }

    /** One application whose welcome files are each reached by another kind of mapping, and each constrained or filtered. */
    private DormouseContext guardedWelcomeFiles() throws Exception {
        var guarded = new TestWar(temporary.resolve("guarded"))
                .file("static/page.html", "constrained as *.html")
                .webXml("""
                        <welcome-file-list>
                          <welcome-file>page.html</welcome-file>
                          <welcome-file>start/page</welcome-file>
                          <welcome-file>index.do</welcome-file>
                        </welcome-file-list>
                        <security-constraint>
                          <web-resource-collection>
                            <web-resource-name>w</web-resource-name>
                            <url-pattern>/one/index.do</url-pattern>
                            <url-pattern>/prefix/start/page</url-pattern>
                            <url-pattern>*.html</url-pattern>
                          </web-resource-collection>
                          <auth-constraint/>
                        </security-constraint>
                        <servlet-mapping>
                          <servlet-name>default</servlet-name><url-pattern>/static/*</url-pattern>
                        </servlet-mapping>
                        """);
        Deployment read = new WarDeployer().read(guarded.folder(), "/g");
        read.servlet("echo")
                .instance(new Echo())
                .pattern("/one/index.do")
                .pattern("/two/index.do")
                .pattern("/prefix/start/*");
        read.servlet("do").instance(new Echo()).pattern("*.do");
        read.filter("mark").instance((request, response, chain) -> {
            ((HttpServletResponse) response).setHeader("Filtered", "yes");
            chain.doFilter(request, response);
        });
        read.filterMappings().add(FilterMapping.ofPattern("mark", "*.do", Set.of(DispatcherType.REQUEST)));
        return new DormouseContext(read);
    }

    @Test
    void welcomeFilesAreConstrainedAndFilteredAsIfTheyHadBeenAskedFor() throws Exception {
        DormouseContext guarded = guardedWelcomeFiles();
        guarded.start();
        try {
            for (String path : new String[] {"/g/one/", "/g/prefix/", "/g/static/", "/g//prefix/./", "/g/static/;x"}) {
                var closed = TestExchange.get(path);
                guarded.dispatcher().dispatch(closed, Runnable::run);
                assertThat(closed.status()).as(path).isEqualTo(403);
            }
            for (String folder : new String[] {"/two/", "/", "/anything/"}) {
                var open = TestExchange.get("/g" + folder);
                guarded.dispatcher().dispatch(open, Runnable::run);
                assertThat(open.body()).isEqualTo("welcome at " + folder + "index.do");
                assertThat(open.responseField("Filtered")).as(folder).isEqualTo("yes");
            }
        } finally {
            guarded.stop();
        }
    }

    @Test
    void aServletOfTheApplicationIsNotAskedForPrivatePathsEither() {
        deployment.servlet("page").instance(new Echo()).pattern("*.page").pattern("/META-INF/*");
        var other = new DormouseContext(deployment);
        DormouseContext first = context;
        context = other;
        assertThatCode(other::start).doesNotThrowAnyException();
        assertThat(get("/c/x.page").body()).isEqualTo("welcome at /x.page");
        for (String path : new String[] {
            "/c/WEB-INF/x.page", "/c/web-inf/x.page", "/c/META-INF/x", "/c//%57EB-INF;a/x.page", "/c/Web-Inf/sub/x.page"
        }) {
            assertThat(get(path).status()).as(path).isEqualTo(404);
        }
        assertThat(get("/c/forward?to=/WEB-INF/x.page").body()).isEqualTo("welcome at /WEB-INF/x.page");
        assertThat(get("/c/WEB-INFO/x.page").body()).isEqualTo("welcome at /WEB-INFO/x.page");
        first.stop();
    }

    @Test
    void theSourceOfAJspIsNeverShown() {
        for (String target :
                new String[] {"/c/jsp/index.jsp", "/c/jsp/", "/c/jsp/index.jsp;x=y", "/c/jsp/%69ndex.jsp"}) {
            TestExchange got = get(target);
            assertThat(got.status()).as(target).isEqualTo(200);
            assertThat(got.body()).isEqualTo("answer");
        }
    }

    @Test
    void dispatchesSeePrivateFilesAndAnyMethod() {
        assertThat(run(TestExchange.of("POST", "/c/forward?to=/WEB-INF/secret.txt"))
                        .body())
                .isEqualTo("secret");
        assertThat(get("/c/forward?to=/folder/").body()).isEqualTo("in folder");
        assertThat(get("/c/forward?to=/folder").body()).isEqualTo("in folder");
        assertThat(get("/c/forward?to=/app/").body()).isEqualTo("welcome at /app/start");
        assertThat(get("/c/forward?to=/empty/").status()).isEqualTo(404);
        assertThat(get("/c/forward?to=/empty").status()).isEqualTo(404);
        assertThat(get("/c/include?to=/folder/").body()).isEqualTo("[in folder]");
        assertThat(get("/c/include?to=/folder").body()).isEqualTo("[in folder]");
        assertThat(get("/c/forward?to=/missing").status()).isEqualTo(404);
        assertThat(get("/c/include?to=/page.html").body()).isEqualTo("[<p>page</p>]");
        assertThat(get("/c/include?to=/missing").body()).isEqualTo("[not found /missing]");
    }

    @Test
    void linksOutOfTheApplicationAreNotFollowed() throws IOException {
        Path outside = Files.writeString(temporary.resolve("outside.txt"), "outside");
        Files.createSymbolicLink(war.folder().resolve("link.txt"), outside);
        Files.createSymbolicLink(war.folder().resolve("linked"), temporary);
        assertThat(get("/c/link.txt").status()).isEqualTo(404);
        assertThat(get("/c/linked/outside.txt").status()).isEqualTo(404);
        assertThat(deployment.resources().list("/"))
                .doesNotContain("/link.txt", "/linked/")
                .contains("/page.html", "/dir/", "/folder/");
    }

    @Test
    void resourcesAreFoundByOnePathOnly() {
        var resources = deployment.resources();
        assertThat(resources.find("/page.html")).isNotNull();
        for (String path : new String[] {
            "page.html",
            "/./page.html",
            "/folder/../page.html",
            "//page.html",
            "/page.html/",
            "/Page.html",
            "/x\\..\\page.html",
            "/page.html\0",
            "/../app/page.html"
        }) {
            assertThat(resources.find(path)).as(path).isNull();
        }
        assertThat(resources.find("/dir").isDirectory()).isTrue();
        assertThat(resources.find("/dir/").isDirectory()).isTrue();
        assertThat(resources.find("/from-jar.css/")).isNull();
        assertThat(resources.list("/dir")).containsExactly("/dir/x.css");
        assertThat(resources.list("/none")).isEmpty();
    }

    @Test
    void resourcesOfJarsHaveUrlsThatOpen() throws IOException {
        try (var in = context.getResource("/from-jar.css").openStream()) {
            assertThat(new String(in.readAllBytes())).isEqualTo("css");
        }
        assertThat(context.getResource("/nothing")).isNull();
        assertThatThrownBy(() -> context.getResource("no-slash")).isInstanceOf(java.net.MalformedURLException.class);
    }

    private TestExchange get(String target) {
        return run(TestExchange.get(target));
    }

    private TestExchange run(TestExchange exchange) {
        context.dispatcher().dispatch(exchange, Runnable::run);
        return exchange;
    }

    @Test
    void aFileFollowsWhatAFilterHasWrittenBeforeIt()
            throws Exception { // Servlet 6.1 §6.2: filters around static content
        context.stop();
        deployment = new WarDeployer().read(war.folder(), "/c");
        deployment
                .filter("first")
                .instance((request, response, chain) -> {
                    response.getWriter().print("before ");
                    chain.doFilter(request, response);
                })
                .asyncSupported(true);
        deployment.filterMappings().add(FilterMapping.ofPattern("first", "/*"));
        context = new DormouseContext(deployment);
        context.start();
        var exchange = TestExchange.get("/c/page.html").field("Range", "bytes=0-1");
        context.dispatcher().dispatch(exchange, Runnable::run);
        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.body()).isEqualTo("before <p>page</p>");
        assertThat(exchange.responseField("Content-Type")).startsWith("text/html");
    }
}
