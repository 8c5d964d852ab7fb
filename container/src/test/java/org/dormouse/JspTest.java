package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.dormouse.deploy.TestWar;
import org.dormouse.jsp.fixture.CompiledPage;
import org.dormouse.jsp.fixture.GreetTag;
import org.dormouse.jsp.fixture.LibraryListener;
import org.dormouse.jsp.fixture.PageAdder;
import org.dormouse.jsp.fixture.PinnedInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pages of real WARs, asked for over sockets. */
@Timeout(120)
class JspTest {
    private static final String LIBRARY = """
            <?xml version="1.0" encoding="UTF-8"?>
            <taglib xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0">
              <tlib-version>1.0</tlib-version><short-name>t</short-name><uri>urn:test</uri>
              %s
              <tag><name>greet</name><tag-class>org.dormouse.jsp.fixture.GreetTag</tag-class>%s
                <body-content>empty</body-content>
                <attribute><name>name</name><required>true</required><rtexprvalue>true</rtexprvalue></attribute>
              </tag>
            </taglib>
            """;

    @TempDir
    Path temporary;

    private TestWar war;

    @BeforeEach
    void newWar() throws IOException {
        war = new TestWar(temporary.resolve("app"));
    }

    @Test
    void aPageMayHaveScriptletsExpressionsAndTheStandardTagsOfTheServer() throws Exception {
        war.file("index.jsp", """
                <%@ page contentType="text/html;charset=UTF-8" pageEncoding="UTF-8" %>\
                <%@ taglib prefix="c" uri="jakarta.tags.core" %>\
                <% int sum = 0; for (int i = 0; i < 4; i++) sum += i; %>\
                sum <%= sum %>, el ${1 + 2}, äöü, <c:forEach var="i" begin="1" end="3">${i};</c:forEach> \
                <c:out value="${param.who}"/>""").webXml("");
        try (var server = start(war.packed(temporary.resolve("shop.war")))) {
            Http.Answer answer = Http.get(server, "/?who=%3Cb%3E");
            assertThat(answer.body()).isEqualTo("sum 6, el 3, äöü, 1;2;3; &lt;b&gt;");
            assertThat(answer.head()).contains("Content-Type: text/html;charset=UTF-8");
        }
    }

    @Test
    void aPageMayBeAServletWithParametersAndAnInitializerMayAddOne() throws Exception {
        war.file("WEB-INF/one.jsp", "<%= config.getInitParameter(\"word\") %> <%= config.getServletName() %>")
                .file("WEB-INF/added.jsp", "added at ${pageContext.request.servletPath}")
                .jar(
                        "adder.jar",
                        new TestWar.Jar()
                                .classes(PageAdder.class)
                                .file(
                                        "META-INF/services/jakarta.servlet.ServletContainerInitializer",
                                        PageAdder.class.getName()))
                .webXml("""
                        <servlet><servlet-name>one</servlet-name><jsp-file>/WEB-INF/one.jsp</jsp-file>
                          <init-param><param-name>word</param-name><param-value>said</param-value></init-param>
                          <load-on-startup>1</load-on-startup></servlet>
                        <servlet-mapping><servlet-name>one</servlet-name><url-pattern>/one/*</url-pattern></servlet-mapping>
                        """);
        try (var server = start(war.folder())) {
            assertThat(Http.get(server, "/one/x").body()).isEqualTo("said one");
            assertThat(Http.get(server, "/added").body()).isEqualTo("added at /added");
        }
        war.webXml("<servlet><servlet-name>one</servlet-name><jsp-file>one.jsp</jsp-file></servlet>");
        assertThatThrownBy(() -> start(war.folder()).close())
                .hasMessageContaining("jsp-file \"one.jsp\" of servlet one does not begin with /");
    }

    @Test
    void propertyGroupsSayWhatIsAPageAndHowItIsRead() throws Exception {
        war.file("x.page", "<%@ page contentType=\"text/plain;charset=UTF-8\" %>ä ${1 + 1}")
                .file("raw/y.jsp", "${1 + 1}")
                .file("downloads/z.page", "source")
                .file("downloads/z.PAGE", "source")
                .file("WEB-INF/head.jspf", "[")
                .file("WEB-INF/tail.jspf", "]")
                .file("WEB-INF/web.xml", TestWar.webApp("version=\"6.1\"", """
                        <jsp-config>
                          <jsp-property-group>
                            <url-pattern>*.page</url-pattern><page-encoding>UTF-8</page-encoding>
                            <include-prelude>/WEB-INF/head.jspf</include-prelude>
                            <include-coda>/WEB-INF/tail.jspf</include-coda>
                          </jsp-property-group>
                          <jsp-property-group>
                            <url-pattern>/raw/*</url-pattern><el-ignored>true</el-ignored>
                          </jsp-property-group>
                        </jsp-config>
                        <servlet-mapping>
                          <servlet-name>default</servlet-name><url-pattern>/downloads/*</url-pattern>
                        </servlet-mapping>
                        """))
                .jar("more.jar", new TestWar.Jar().fragment("""
                        <jsp-config><jsp-property-group>
                          <url-pattern>*.none</url-pattern><scripting-invalid>true</scripting-invalid>
                        </jsp-property-group></jsp-config>"""))
                .file("told.jsp", """
                        <% for (var group : application.getJspConfigDescriptor().getJspPropertyGroups()) { %>\
                        <%= group.getUrlPatterns() %> <%= group.getElIgnored() %> <%= group.getScriptingInvalid() %>;<% } %>""");
        try (var server = start(war.folder())) {
            assertThat(Http.get(server, "/x.page").body()).isEqualTo("[ä 2]");
            assertThat(Http.get(server, "/raw/y.jsp").body()).isEqualTo("${1 + 1}");
            assertThat(Http.get(server, "/downloads/z.page").status()).isEqualTo(404);
            assertThat(Http.get(server, "/downloads/z.PAGE").status()).isEqualTo(404);
            assertThat(Http.get(server, "/told.jsp").body())
                    .isEqualTo("[*.page] null null;[/raw/*] true null;[*.none] null true;");
        }
    }

    @Test
    void tagLibrariesOfFilesAndJarsAreFoundWithTheirListenersAndTagFiles() throws Exception {
        war.classes(GreetTag.class)
                .file("WEB-INF/own.tld", LIBRARY.formatted("", "").replace("urn:test", "urn:own"))
                .file("WEB-INF/tags/wrap.tag", "<%@ attribute name=\"with\" %>${with}<jsp:doBody/>${with}")
                .jar(
                        "library.jar",
                        new TestWar.Jar()
                                .classes(LibraryListener.class)
                                .file(
                                        "META-INF/sub/test.tld",
                                        LIBRARY.formatted(
                                                "<listener><listener-class>" + LibraryListener.class.getName()
                                                        + "</listener-class></listener>",
                                                "")))
                .file("index.jsp", """
                        <%@ taglib prefix="o" uri="urn:own" %><%@ taglib prefix="t" uri="urn:test" %>\
                        <%@ taglib prefix="m" uri="urn:mapped" %><%@ taglib prefix="f" tagdir="/WEB-INF/tags" %>\
                        <o:greet name="${param.a}"/> <t:greet name="b"/> <m:greet name="c"/> <f:wrap with="*">d</f:wrap> \
                        ${applicationScope.library}""")
                .webXml("""
                        <jsp-config><taglib>
                          <taglib-uri>urn:mapped</taglib-uri><taglib-location>/WEB-INF/own.tld</taglib-location>
                        </taglib></jsp-config>""");
        try (var server = start(war.packed(temporary.resolve("tags.war")))) {
            assertThat(Http.get(server, "/?a=a").body()).isEqualTo("Hello, a! Hello, b! Hello, c! *d* listens");
        }
    }

    @Test
    void aLibraryBesideTheWarHasTagsForItToo() throws Exception {
        Path jar = temporary.resolve("beside.jar");
        Files.write(
                jar,
                new TestWar.Jar()
                        .classes(GreetTag.class)
                        .file("META-INF/test.tld", LIBRARY.formatted("", ""))
                        .bytes());
        war.file("index.jsp", "<%@ taglib prefix=\"t\" uri=\"urn:test\" %><t:greet name=\"x\"/>")
                .webXml("");
        try (var server = start(Mode.app("/").war(war.folder()).library(jar))) {
            assertThat(Http.get(server, "/").body()).isEqualTo("Hello, x!");
        }
    }

    @Test
    void pagesIncludeForwardAndAnswerForErrors() throws Exception {
        war.file(
                        "in.jsp",
                        "<jsp:include page=\"/part.jsp\"><jsp:param name=\"p\" value=\"v\"/></jsp:include>"
                                + "<%@ include file=\"/WEB-INF/fixed.jspf\" %>|<jsp:include page=\"/plain.txt\" flush=\"true\"/>")
                .file(
                        "part.jsp",
                        "<% response.setStatus(404); %>part ${param.p} ${requestScope['jakarta.servlet.include.servlet_path']} ")
                .file("WEB-INF/fixed.jspf", "fixed ${1}")
                .file("plain.txt", "plain")
                .file("on.jsp", "lost<jsp:forward page=\"/WEB-INF/hidden.jsp\"/>")
                .file("WEB-INF/hidden.jsp", "hidden ${requestScope['jakarta.servlet.forward.servlet_path']}")
                .file(
                        "fail.jsp",
                        "<%@ page errorPage=\"/WEB-INF/error.jsp\" %>lost<% if (true) throw new IllegalStateException(\"why\"); %>")
                .file("broken.jsp", "<% if (true) throw new IllegalArgumentException(\"other\"); %>")
                .file(
                        "WEB-INF/error.jsp",
                        "<%@ page isErrorPage=\"true\" %>error ${pageContext.errorData.statusCode}"
                                + " <%= exception.getMessage() %> ${pageContext.errorData.requestURI}")
                .webXml("<error-page><location>/WEB-INF/error.jsp</location></error-page>");
        try (var server = start(war.folder())) {
            assertThat(Http.get(server, "/in.jsp").body()).isEqualTo("part v /part.jsp fixed 1|plain");
            assertThat(Http.get(server, "/on.jsp").body()).isEqualTo("hidden /on.jsp");
            Http.Answer own = Http.get(server, "/fail.jsp");
            assertThat(own.status()).isEqualTo(500);
            assertThat(own.body()).isEqualTo("error 500 why /fail.jsp");
            Http.Answer declared = Http.get(server, "/broken.jsp");
            assertThat(declared.status()).isEqualTo(500);
            assertThat(declared.body())
                    .startsWith("error 500 ")
                    .endsWith(" /broken.jsp")
                    .doesNotContain("<%");
        }
    }

    @Test
    void noSpellingOfItsPathShowsTheSourceOfAPage() throws Exception {
        String source = "<%-- source --%>answer";
        war.file("index.jsp", source)
                .file("sub/page.jsp", source)
                .file("part.jspf", source)
                .file(
                        "x.jspx",
                        "<p xmlns:jsp=\"http://java.sun.com/JSP/Page\"><!-- source --><jsp:text>answer</jsp:text></p>")
                .file("WEB-INF/hidden.jsp", source)
                .file("downloads/page.jsp", source)
                .webXml("<servlet-mapping><servlet-name>default</servlet-name><url-pattern>/downloads/*</url-pattern>"
                        + "</servlet-mapping>");
        try (var server = start(war.folder())) {
            for (String page : new String[] {"/index.jsp", "/sub/page.jsp", "/part.jspf", "/x.jspx"}) {
                assertThat(Http.get(server, page).body())
                        .as(page)
                        .contains("answer")
                        .doesNotContain("source");
                for (String end : new String[] {
                    "%00",
                    "%00.html",
                    "%20",
                    ".",
                    "/",
                    "/.",
                    "//",
                    "%2f",
                    "%5c",
                    "::$DATA",
                    "%3a%3a$DATA",
                    ";a=b",
                    ";/x",
                    "~",
                    "%0a",
                    "%23",
                    "%3f",
                    "?",
                    "?x",
                    "/x",
                    "%252e",
                    "%c0%ae"
                }) {
                    noSource(server, page + end);
                }
                noSource(server, page.replace(".", "%2e"));
                noSource(server, page.replace(".", "%252e"));
                noSource(server, page.replace(".", "%2E%2E"));
                noSource(server, page.replace(".j", ".J"));
                noSource(server, page.toUpperCase(java.util.Locale.ROOT));
                noSource(server, page.replace("s", "%73").replace("p", "%70"));
                noSource(server, "/" + page);
                noSource(server, "/." + page);
                noSource(server, "/x/.." + page);
                noSource(server, "/x;/.." + page);
                noSource(server, page.replace("jsp", "js%70"));
                noSource(server, page.replace("jsp", "js\u0070%E2%80%8B"));
            }
            for (String path : new String[] {
                "/WEB-INF/hidden.jsp", "/web-inf/hidden.jsp", "/WEB-INF;a/hidden.jsp", "/%57EB-INF/hidden.jsp",
                "/x/../WEB-INF/hidden.jsp", "//WEB-INF/hidden.jsp", "/WEB-INF%2fhidden.jsp", "/downloads/page.jsp",
                "/downloads/page.jsp;x", "/downloads/page.js%70", "/downloads/page.JSP"
            }) {
                noSource(server, path);
                assertThat(Http.get(server, path).body()).as(path).doesNotContain("answer");
            }
            for (String method : new String[] {"HEAD", "POST", "PUT", "TRACE", "get", "PROPFIND"}) {
                try (var http = Http.connect(server)) {
                    http.send(method + " /index.jsp HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-5\r\n"
                            + "Connection: close\r\nContent-Length: 0\r\nTranslate: f\r\n\r\n");
                    assertThat(http.rest()).as(method).doesNotContain("source").doesNotContain("<%");
                }
            }
        }
    }

    private static void noSource(Dormouse server, String path) throws IOException {
        assertThat(Http.get(server, path).body())
                .as(path)
                .doesNotContain("source")
                .doesNotContain("<%");
    }

    @Test
    void tagLibrariesAreNotReadBeforeAPageIsAskedForUnlessTheyHaveListeners() throws Exception {
        war.file("WEB-INF/own.tld", "no library").file("index.txt", "text").webXml("");
        try (var server = start(war.folder())) {
            assertThat(Http.get(server, "/index.txt").body()).isEqualTo("text");
        }
        war.file("WEB-INF/sub/own.tld", "no library, but a listener-class");
        assertThatThrownBy(() -> start(war.folder()).close()).hasStackTraceContaining("own.tld");
    }

    @Test
    void aPageCompiledBeforeItWasPackedIsAServlet() throws Exception {
        war.classes(CompiledPage.class).webXml("""
                <servlet><servlet-name>c</servlet-name>
                  <servlet-class>org.dormouse.jsp.fixture.CompiledPage</servlet-class></servlet>
                <servlet-mapping><servlet-name>c</servlet-name><url-pattern>/gone.jsp</url-pattern></servlet-mapping>
                """);
        try (var server = start(war.folder())) {
            assertThat(Http.get(server, "/gone.jsp?n=7").body()).isEqualTo("compiled before 7");
        }
    }

    @Test
    void aPageInAFolderIsTranslatedAgainWhenItChanges() throws Exception {
        war.file("x.jsp", "one").webXml("""
                <servlet><servlet-name>jsp</servlet-name>
                  <init-param><param-name>modificationTestInterval</param-name><param-value>0</param-value></init-param>
                </servlet>""");
        try (var server = start(war.folder())) {
            assertThat(Http.get(server, "/x.jsp").body()).isEqualTo("one");
            war.file("x.jsp", "two");
            Files.setLastModifiedTime(
                    war.folder().resolve("x.jsp"), FileTime.from(Instant.parse("2030-01-01T00:00:00Z")));
            assertThat(Http.get(server, "/x.jsp").body()).isEqualTo("two");
        }
    }

    @Test
    void aPageWithAnErrorIsAnswered500WithoutItsSourceAndOthersGoOn() throws Exception {
        war.file("bad.jsp", "<% secret no java; %>").file("good.jsp", "good").webXml("");
        try (var server = start(war.packed(temporary.resolve("bad.war")))) {
            Http.Answer bad = Http.get(server, "/bad.jsp");
            assertThat(bad.status()).isEqualTo(500);
            assertThat(bad.body()).doesNotContain("secret");
            assertThat(Http.get(server, "/good.jsp").body()).isEqualTo("good");
            assertThat(Http.get(server, "/missing.jsp").status()).isEqualTo(404);
        }
    }

    @Test
    void whileAPageIsTranslatedItsLoopServesOthersEvenIfTheThreadCannotBeUnmounted() throws Exception {
        war.classes(GreetTag.class, PinnedInfo.class)
                .file(
                        "WEB-INF/t.tld",
                        LIBRARY.formatted("", "<tei-class>" + PinnedInfo.class.getName() + "</tei-class>"))
                .file("slow.jsp", "<%@ taglib prefix=\"t\" uri=\"urn:test\" %><t:greet name=\"late\"/>")
                .webXml("");
        var gate = new CountDownLatch(1);
        System.getProperties().put("org.dormouse.test.gate", gate);
        try (var server = Mode.builder()
                .host("127.0.0.1")
                .port(0)
                .loops(1)
                .deploy(Mode.app("/").war(war.folder()).servlet("/quick", new Quick()))
                .start()) {
            var slow = CompletableFuture.supplyAsync(() -> {
                try {
                    return Http.get(server, "/slow.jsp").body();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            while (System.getProperties().get("org.dormouse.test.translating") == null) {
                assertThat(Http.get(server, "/quick").body()).isEqualTo("quick");
            }
            assertThat(Http.get(server, "/quick").body()).isEqualTo("quick");
            assertThat(slow).isNotDone();
            gate.countDown();
            assertThat(slow.get(60, TimeUnit.SECONDS)).isEqualTo("Hello, late!");
        } finally {
            System.getProperties().remove("org.dormouse.test.gate");
            System.getProperties().remove("org.dormouse.test.translating");
        }
    }

    /** A servlet of the server's own class path. */
    private static final class Quick extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("quick");
        }
    }

    @Test
    void anEmbeddedApplicationWithResourcesHasPagesAndLeavesNothingOfThemBehind() throws Exception {
        war.file("index.jsp", "${1 + 1} <%= application.getAttribute(\"jakarta.servlet.context.tempdir\") %>");
        Path scratch;
        try (var server = start(Mode.app("/").resources(war.folder()))) {
            String body = Http.get(server, "/").body();
            assertThat(body).startsWith("2 ");
            scratch = Path.of(body.substring(2));
            try (var files = Files.walk(scratch)) {
                assertThat(files.map(Path::toString)).anyMatch(name -> name.endsWith("index_jsp.class"));
            }
        }
        assertThat(scratch).doesNotExist();
    }

    @Test
    void pagesCanBeSwitchedOffAndAreNotServedAsFilesThen() throws Exception {
        war.file("index.jsp", "<%-- source --%>${1}");
        for (WebApp application : new WebApp[] {
            Mode.app("/").resources(war.folder()).pages(false),
            Mode.app("/").war(war.webXml("").folder()).pages(false)
        }) {
            try (var server = start(application)) {
                Http.Answer answer = Http.get(server, "/index.jsp");
                assertThat(answer.status()).isEqualTo(501);
                assertThat(answer.body()).doesNotContain("source");
            }
        }
    }

    @Test
    void aPlainFolderHasNoPages() throws Exception {
        war.file("index.jsp", "<%-- source --%>${1}");
        try (var server = start(war.folder())) {
            Http.Answer answer = Http.get(server, "/index.jsp");
            assertThat(answer.status()).isEqualTo(501);
            assertThat(answer.body()).contains("no JSP engine").doesNotContain("source");
        }
    }

    @Test
    void withoutJasperAPageIsAnswered501() throws Exception {
        war.file("index.jsp", "<%-- source --%>${1}").webXml("");
        URL[] classPath = Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                .filter(path -> !path.contains("mortbay"))
                .map(path -> {
                    try {
                        return Path.of(path).toUri().toURL();
                    } catch (java.net.MalformedURLException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .toArray(URL[]::new);
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        try (var without = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
            thread.setContextClassLoader(without);
            var ask = without.loadClass(Asker.class.getName()).getDeclaredMethod("ask", Path.class);
            ask.setAccessible(true);
            assertThat((String) ask.invoke(null, war.folder()))
                    .startsWith("501 ")
                    .contains("Jasper is not on the class path")
                    .doesNotContain("source");
        } catch (InvocationTargetException e) {
            throw new AssertionError(e.getCause());
        } finally {
            thread.setContextClassLoader(callers);
        }
    }

    /** Loaded by a class loader that has no Jasper. */
    static final class Asker {
        private Asker() {}

        static String ask(Path folder) throws IOException {
            // Whatever the run of the tests is for: a second poller beside the first one says nothing of pages.
            try (var server = Dormouse.builder()
                    .host("127.0.0.1")
                    .port(0)
                    .execution(Execution.POOL)
                    .deploy(WebApp.at("/").war(folder))
                    .start()) {
                var connection =
                        (java.net.HttpURLConnection) URI.create("http://127.0.0.1:" + server.port() + "/index.jsp")
                                .toURL()
                                .openConnection();
                int status = connection.getResponseCode();
                try (InputStream in = connection.getErrorStream()) {
                    return status + " " + new String(in.readAllBytes(), StandardCharsets.UTF_8);
                }
            }
        }
    }

    private static Dormouse start(Path application) {
        return start(Mode.app("/").war(application));
    }

    private static Dormouse start(WebApp application) {
        return Mode.builder().host("127.0.0.1").port(0).deploy(application).start();
    }
}
