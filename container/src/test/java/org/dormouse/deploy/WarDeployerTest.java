package org.dormouse.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletException;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.annotation.HandlesTypes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.dormouse.annotation.NonBlocking;
import org.dormouse.deploy.fixture.AbstractThing;
import org.dormouse.deploy.fixture.BrokenThing;
import org.dormouse.deploy.fixture.DistantThing;
import org.dormouse.deploy.fixture.GreetingServlet;
import org.dormouse.deploy.fixture.HeaderFilter;
import org.dormouse.deploy.fixture.InjectedServlet;
import org.dormouse.deploy.fixture.Marked;
import org.dormouse.deploy.fixture.MarkedClass;
import org.dormouse.deploy.fixture.PromisingServlet;
import org.dormouse.deploy.fixture.SecuredServlet;
import org.dormouse.deploy.fixture.StartListener;
import org.dormouse.deploy.fixture.Thing;
import org.dormouse.deploy.fixture.ThingInitializer;
import org.dormouse.identity.Caller;
import org.dormouse.push.FlowControl;
import org.dormouse.servlet.Deployment;
import org.dormouse.servlet.DormouseContext;
import org.dormouse.servlet.ErrorPage;
import org.dormouse.servlet.FilterMapping;
import org.dormouse.servlet.ServletDeclaration;
import org.dormouse.servlet.SessionDeclaration;
import org.dormouse.servlet.TestExchange;
import org.dormouse.servlet.security.AccessRequirement;
import org.dormouse.servlet.security.SecurityDeclaration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WarDeployerTest {
    @TempDir
    Path temporary;

    private TestWar war;
    private DormouseContext context;
    private final List<Deployment> unstarted = new ArrayList<>();

    @BeforeEach
    void newWar() throws IOException {
        war = new TestWar(temporary.resolve("app"));
    }

    @AfterEach
    void stop() throws Exception {
        if (context != null) context.stop();
        for (Deployment deployment : unstarted) close(deployment);
    }

    @Test
    void aWarAndAFolderAreServedAlikeAndLeaveNothingBehind() throws Exception {
        war.classes(GreetingServlet.class, HeaderFilter.class, StartListener.class)
                .file("index.html", "<h1>home</h1>")
                .webXml("<display-name>Shop</display-name>");
        for (Path path : List.of(war.folder(), war.packed(temporary.resolve("shop.war")))) {
            Deployment deployment = new WarDeployer().read(path, "/shop");
            Path work = deployment.tempDirectory();
            start(deployment);
            TestExchange greeting = get("/shop/greet");
            assertThat(greeting.status()).isEqualTo(200);
            assertThat(greeting.body()).isEqualTo("annotated! constructed initialized " + path.getFileName());
            assertThat(greeting.responseField("X-Filtered")).isEqualTo("yes");
            assertThat(get("/shop/hello/x").responseField("X-Filtered")).isNull();
            assertThat(get("/shop/").body()).isEqualTo("<h1>home</h1>");
            assertThat(context.getAttribute("listener")).isEqualTo("started");
            assertThat(context.getServletContextName()).isEqualTo("Shop");
            assertThat(work).isDirectory();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(work.getParent())))
                    .isEqualTo("rwx------");
            context.stop();
            assertThat(context.getAttribute("left")).isEqualTo("greeting");
            assertThat(work.getParent()).doesNotExist();
            assertThat(path).exists();
        }
    }

    @Test
    void annotationsDeclareWhatTheySay() throws Exception {
        war.classes(GreetingServlet.class, HeaderFilter.class, SecuredServlet.class);
        Deployment deployment = read();
        ServletDeclaration servlet = deployment.findServlet("greeting");
        assertThat(servlet.patterns()).containsExactlyInAnyOrder("/greet", "/hello/*");
        assertThat(servlet.loadOnStartup()).isEqualTo(3);
        assertThat(servlet.asyncSupported()).isTrue();
        assertThat(servlet.initParameters()).containsEntry("word", "annotated").containsEntry("mark", "!");
        assertThat(servlet.multipart().getMaxFileSize()).isEqualTo(10);
        assertThat(deployment.filterMappings()).containsExactly(FilterMapping.ofPattern("header", "/greet"));
        assertThat(deployment.roles()).contains("clerk");
    }

    @Test
    void aServletOfAWarPromisesNotToBlockByTheServersAnnotationUnlessItsDescriptorTakesItBack() throws Exception {
        war.classes(PromisingServlet.class, GreetingServlet.class);
        var promised = new DormouseContext(read());
        promised.start();
        assertThat(promised.dispatcher().promiseAt("/promising")).isNotNull();
        assertThat(promised.dispatcher().promiseAt("/greet")).isNull();
        promised.stop();
        war.webXml("""
                <servlet>
                  <servlet-name>org.dormouse.deploy.fixture.PromisingServlet</servlet-name>
                  <servlet-class>org.dormouse.deploy.fixture.PromisingServlet</servlet-class>
                  <init-param><param-name>org.dormouse.non-blocking</param-name><param-value>false</param-value></init-param>
                </servlet>
                """);
        var takenBack = new DormouseContext(read());
        takenBack.start();
        assertThat(takenBack.dispatcher().promiseAt("/promising")).isNull();
        assertThat(takenBack.dispatcher().makesPromises()).isFalse();
        takenBack.stop();
    }

    @Test
    void theDescriptorOverridesAnnotations() throws Exception {
        war.classes(GreetingServlet.class, HeaderFilter.class)
                .webXml("""
                <servlet>
                  <servlet-name>greeting</servlet-name>
                  <servlet-class>org.dormouse.deploy.fixture.GreetingServlet</servlet-class>
                  <init-param><param-name>word</param-name><param-value>descriptor</param-value></init-param>
                  <load-on-startup>7</load-on-startup>
                  <multipart-config><max-file-size>99</max-file-size></multipart-config>
                </servlet>
                <servlet-mapping><servlet-name>greeting</servlet-name><url-pattern>/other</url-pattern></servlet-mapping>
                <filter-mapping><filter-name>header</filter-name><url-pattern>/other</url-pattern></filter-mapping>
                <filter><filter-name>header</filter-name><filter-class>org.dormouse.deploy.fixture.HeaderFilter</filter-class></filter>
                """.replace("<filter-mapping>", "<!-- --><filter-mapping>"));
        // the mapping stands before its filter, which the schema allows
        Deployment deployment = read();
        ServletDeclaration servlet = deployment.findServlet("greeting");
        assertThat(servlet.patterns()).containsExactly("/other");
        assertThat(servlet.initParameters()).containsEntry("word", "descriptor").containsEntry("mark", "!");
        assertThat(servlet.loadOnStartup()).isEqualTo(7);
        assertThat(servlet.multipart().getMaxFileSize()).isEqualTo(99);
        assertThat(deployment.filterMappings()).containsExactly(FilterMapping.ofPattern("header", "/other"));
    }

    @Test
    void aCompleteDescriptorSilencesAnnotations() throws Exception {
        war.classes(GreetingServlet.class, SecuredServlet.class)
                .file("WEB-INF/web.xml", TestWar.webApp("version='4.0' metadata-complete='true'", """
                    <servlet><servlet-name>s</servlet-name>
                      <servlet-class>org.dormouse.deploy.fixture.SecuredServlet</servlet-class></servlet>
                    <servlet-mapping><servlet-name>s</servlet-name><url-pattern>/s</url-pattern></servlet-mapping>"""));
        Deployment deployment = read();
        assertThat(deployment.findServlet("greeting")).isNull();
        assertThat(deployment.security().constraints()).isEmpty();
        assertThat(deployment.effectiveMajorVersion()).isEqualTo(4);
    }

    @Test
    void securityAnnotationsHoldWhereTheDescriptorSaysNothing() throws Exception {
        war.classes(SecuredServlet.class).webXml("""
                <security-constraint>
                  <web-resource-collection><url-pattern>/declared</url-pattern></web-resource-collection>
                </security-constraint>
                <login-config><auth-method>BASIC</auth-method><realm-name>r</realm-name></login-config>
                <security-role><role-name>boss</role-name></security-role>
                """);
        Deployment deployment = read();
        var constraints = deployment.security().combine(deployment.roles());
        assertThat(constraints.find("/declared", "GET").access()).isEqualTo(AccessRequirement.Access.EVERYBODY);
        assertThat(constraints.find("/secured", "HEAD").access()).isEqualTo(AccessRequirement.Access.EVERYBODY);
        assertThat(constraints.find("/secured", "GET").roles()).containsExactly("boss");
        deployment.security().users((name, password) -> password.equals("x") ? new Caller(name, Set.of(name)) : null);
        start(deployment);
        assertThat(get("/secured").status()).isEqualTo(401);
        assertThat(get("/secured").responseField("WWW-Authenticate")).contains("realm=\"r\"");
        assertThat(as("boss", "/secured").body()).isEqualTo("boss");
        assertThat(as("clerk", "/secured").status()).isEqualTo(403);
    }

    @Test
    void initializersGetTheClassesTheyHandle() throws Exception {
        war.classes(
                        Thing.class,
                        AbstractThing.class,
                        DistantThing.class,
                        Marked.class,
                        MarkedClass.class,
                        BrokenThing.class)
                .jar(
                        "init.jar",
                        new TestWar.Jar()
                                .classes(ThingInitializer.class)
                                .file(
                                        "META-INF/services/jakarta.servlet.ServletContainerInitializer",
                                        "# a comment\n" + ThingInitializer.class.getName() + " # another\n"));
        start(read());
        assertThat(context.getAttribute("things")).isEqualTo("[AbstractThing, DistantThing, MarkedClass]");
    }

    @Test
    void anInitializerWithNothingToHandleGetsNull() throws Exception {
        war.classes(Thing.class, Marked.class)
                .jar(
                        "init.jar",
                        new TestWar.Jar()
                                .classes(ThingInitializer.class)
                                .file(
                                        "META-INF/services/jakarta.servlet.ServletContainerInitializer",
                                        ThingInitializer.class.getName()));
        start(read());
        assertThat(context.getAttribute("things")).isEqualTo("null");
    }

    @HandlesTypes(jakarta.servlet.Servlet.class)
    static final class ServersInitializer implements ServletContainerInitializer {
        final Set<String> seen = new TreeSet<>();

        @Override
        public void onStartup(Set<Class<?>> handled, jakarta.servlet.ServletContext context) {
            for (Class<?> type : handled) seen.add(type.getSimpleName());
        }
    }

    @Test
    void initializersOfTheServerSeeTheApplicationsClassesEvenThroughTheServersOwn() throws Exception {
        war.classes(GreetingServlet.class, SecuredServlet.class, HeaderFilter.class);
        var initializer = new ServersInitializer();
        start(new WarDeployer().initializer(initializer).read(war.folder(), "/"));
        assertThat(initializer.seen).containsExactly("GreetingServlet", "SecuredServlet");
    }

    @Test
    void anInitializerThatIsNotThereFailsTheDeployment() throws Exception {
        war.jar(
                "init.jar",
                new TestWar.Jar()
                        .file("META-INF/services/jakarta.servlet.ServletContainerInitializer", "com.example.Gone"));
        assertFails("com.example.Gone", "init.jar");
    }

    @Test
    void fragmentsAreMergedInTheirOrderBehindTheDescriptor() throws Exception {
        war.webXml("<context-param><param-name>who</param-name><param-value>web.xml</param-value></context-param>")
                .jar("a.jar", fragment("a", "<ordering><after><name>b</name></after></ordering>"))
                .jar("b.jar", fragment("b", ""))
                .jar("c.jar", new TestWar.Jar().file("x.txt", "x"));
        Deployment deployment = read();
        assertThat(deployment.contextParameters())
                .containsEntry("who", "web.xml")
                .containsEntry("first", "b");
        assertThat(deployment.orderedLibs()).containsExactly("b.jar", "a.jar", "c.jar");
    }

    @Test
    void errorPagesOfTheDescriptorWinAndFragmentsAddTheirs() throws Exception {
        war.webXml(page("<error-code>404</error-code>", "/web") + page("<exception-type>a.B</exception-type>", "/b"))
                .jar(
                        "a.jar",
                        new TestWar.Jar()
                                .fragment(page("<error-code>404</error-code>", "/a")
                                        + page("<error-code>500</error-code>", "/same")
                                        + page("", "/other")))
                .jar(
                        "b.jar",
                        new TestWar.Jar()
                                .fragment(page("<error-code>404</error-code>", "/b")
                                        + page("<error-code>500</error-code>", "/same")
                                        + page("<exception-type>a.B</exception-type>", "/c")));
        assertThat(read().errorPages())
                .containsExactlyInAnyOrder(
                        ErrorPage.ofStatus(404, "/web"),
                        ErrorPage.ofException("a.B", "/b"),
                        ErrorPage.ofStatus(500, "/same"),
                        ErrorPage.ofEverythingElse("/other"));
    }

    @Test
    void errorPagesOfTwoFragmentsThatContradictEachOtherAreRefused() throws IOException {
        war.jar("a.jar", new TestWar.Jar().fragment(page("<error-code>404</error-code>", "/a")))
                .jar("b.jar", new TestWar.Jar().fragment(page("<error-code>404</error-code>", "/b")));
        assertFails("error-page for error-code 404 is /a in ", "a.jar", "and /b in ", "b.jar");
    }

    private static String page(String key, String location) {
        return "<error-page>" + key + "<location>" + location + "</location></error-page>";
    }

    @Test
    void settingsOfSessionsAreMergedOneByOne() throws Exception {
        war.webXml("<session-config><session-timeout>7</session-timeout></session-config>")
                .jar("a.jar", new TestWar.Jar().fragment("""
                        <session-config><session-timeout>8</session-timeout>
                        <cookie-config><name>a</name><secure>true</secure>
                        <attribute><attribute-name>SameSite</attribute-name><attribute-value>Lax</attribute-value></attribute>
                        </cookie-config></session-config>"""))
                .jar("b.jar", new TestWar.Jar().fragment("""
                        <session-config><cookie-config><name>a</name><http-only>false</http-only></cookie-config>
                        <tracking-mode>URL</tracking-mode></session-config>"""));
        SessionDeclaration sessions = read().sessions();
        assertThat(sessions.timeoutMinutes()).isEqualTo(7);
        assertThat(sessions.cookieName()).isEqualTo("a");
        assertThat(sessions.secure()).isTrue();
        assertThat(sessions.httpOnly()).isFalse();
        assertThat(sessions.cookieAttributes()).containsEntry("SameSite", "Lax");
        assertThat(sessions.trackingModes()).containsExactly(SessionTrackingMode.URL);
    }

    @Test
    void settingsOfSessionsOfTwoFragmentsThatContradictEachOtherAreRefused() throws IOException {
        for (String minutes : List.of("7", "8")) {
            war.jar(
                    minutes + ".jar",
                    new TestWar.Jar()
                            .fragment("<session-config><session-timeout>" + minutes
                                    + "</session-timeout></session-config>"));
        }
        assertFails("session-timeout is 7 in ", "7.jar", "and 8 in ", "8.jar");
    }

    @Test
    void anAbsoluteOrderingLeavesOutFragmentsButNotTheirClasses() throws Exception {
        war.webXml("<absolute-ordering><name>b</name></absolute-ordering>")
                .jar("a.jar", fragment("a", "").classes(GreetingServlet.class))
                .jar("b.jar", fragment("b", ""));
        Deployment deployment = read();
        assertThat(deployment.orderedLibs()).containsExactly("b.jar");
        assertThat(deployment.findServlet("greeting")).isNull();
        assertThat(deployment.classLoader().loadClass(GreetingServlet.class.getName()))
                .isNotNull();
        close(deployment);
    }

    private static TestWar.Jar fragment(String name, String content) throws IOException {
        return new TestWar.Jar()
                .fragment("<name>" + name + "</name>" + content
                        + "<context-param><param-name>first</param-name><param-value>" + name
                        + "</param-value></context-param>"
                        + "<context-param><param-name>who</param-name><param-value>" + name
                        + "</param-value></context-param>");
    }

    @Test
    void theApplicationSeesItsOwnClassesTheApisAndNothingOfTheServers() throws Exception {
        war.classes(Thing.class)
                .file("WEB-INF/classes/org/slf4j/spi/SLF4JServiceProvider.class", "stands for an SLF4J of its own");
        Deployment deployment = read();
        ClassLoader loader = deployment.classLoader();
        assertThat(loader.loadClass(Thing.class.getName())).isNotSameAs(Thing.class);
        assertThat(loader.loadClass("jakarta.servlet.Servlet")).isSameAs(jakarta.servlet.Servlet.class);
        assertThat(loader.loadClass("java.sql.Driver").getClassLoader()).isSameAs(ClassLoader.getPlatformClassLoader());
        assertThat(loader.loadClass("org.assertj.core.api.Assertions")).isNotNull();
        assertThat(loader.loadClass("org.dormouse.annotation.NonBlocking")).isSameAs(NonBlocking.class);
        assertThat(loader.loadClass("org.dormouse.push.FlowControl")).isSameAs(FlowControl.class);
        assertThatThrownBy(() -> loader.loadClass("org.dormouse.servlet.Deployment"))
                .isInstanceOf(ClassNotFoundException.class);
        assertThatThrownBy(() -> loader.loadClass(Marked.class.getName())).isInstanceOf(ClassNotFoundException.class);
        assertThat(loader.getResource("org/dormouse/servlet/Deployment.class")).isNull();
        assertThat(getClass().getClassLoader().getResource("META-INF/services/org.slf4j.spi.SLF4JServiceProvider"))
                .isNotNull();
        assertThat(loader.getResource("META-INF/services/org.slf4j.spi.SLF4JServiceProvider"))
                .isNull();
        assertThat(loader.getResources("META-INF/services/org.slf4j.spi.SLF4JServiceProvider")
                        .hasMoreElements())
                .isFalse();
        close(deployment);
    }

    @Test
    void aClassThatAsksForAnInjectionIsRefused() throws Exception {
        war.classes(InjectedServlet.class).webXml("""
                <servlet><servlet-name>i</servlet-name>
                  <servlet-class>org.dormouse.deploy.fixture.InjectedServlet</servlet-class>
                  <load-on-startup>1</load-on-startup></servlet>""");
        context = new DormouseContext(read());
        assertThatThrownBy(() -> context.start())
                .hasStackTraceContaining("InjectedServlet.source")
                .hasStackTraceContaining("jdbc/orders (java.lang.Object)");
    }

    @Test
    void librariesBehaveAsIfTheyLayInTheApplication() throws Exception {
        Path library = Files.write(
                temporary.resolve("lib.jar"),
                new TestWar.Jar()
                        .classes(GreetingServlet.class)
                        .file("META-INF/resources/logo.txt", "logo")
                        .bytes());
        war.webXml("");
        start(new WarDeployer().libraries(library).read(war.folder(), "/"));
        assertThat(get("/greet").body()).contains("annotated!");
        assertThat(get("/logo.txt").body()).isEqualTo("logo");
        assertThatThrownBy(() -> new WarDeployer().libraries(Path.of("no.jar")).read(war.folder(), "/"))
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining("no.jar");
    }

    @Test
    void theContextPathOfTheDescriptorIsTheDefault() throws Exception {
        war.webXml("<default-context-path>/mine</default-context-path>");
        assertThat(closing(new WarDeployer().read(war.folder(), null)).contextPath())
                .isEqualTo("/mine");
        assertThat(closing(new WarDeployer().read(war.folder(), "/yours")).contextPath())
                .isEqualTo("/yours");
        assertThat(closing(new WarDeployer().otherwiseAt("/other").read(war.folder(), null))
                        .contextPath())
                .isEqualTo("/mine");
        war.webXml("<default-context-path/>");
        assertThat(closing(new WarDeployer().otherwiseAt("/other").read(war.folder(), null))
                        .contextPath())
                .isEqualTo("/other");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            <servlet><servlet-name>s</servlet-name><servlet-class>com.example.Gone</servlet-class></servlet> | servlet s demands class com.example.Gone, which is not there
            <filter><filter-name>f</filter-name><filter-class>com.example.Gone</filter-class></filter>       | filter f demands class com.example.Gone
            <listener><listener-class>com.example.Gone</listener-class></listener>                           | a listener demands class com.example.Gone
            <servlet><servlet-name>s</servlet-name><servlet-class>java.lang.String</servlet-class></servlet> | class java.lang.String is no jakarta.servlet.Servlet
            <servlet><servlet-name>s</servlet-name></servlet>                                                | servlet s has neither servlet-class nor jsp-file
            <servlet-mapping><servlet-name>s</servlet-name><url-pattern>/s</url-pattern></servlet-mapping>   | servlet s, which is not declared
            <filter-mapping><filter-name>f</filter-name><url-pattern>/s</url-pattern></filter-mapping>       | filter f, which is not declared
            <login-config><auth-method>FORM</auth-method></login-config>                                     | auth-method FORM needs form-login-config
            <login-config><auth-method>FORM</auth-method><form-login-config><form-login-page>/l</form-login-page></form-login-config></login-config> | form-error-page is missing
            <login-config><auth-method>FORM</auth-method><form-login-config><form-login-page>l</form-login-page><form-error-page>/e</form-error-page></form-login-config></login-config> | form-login-page "l" must begin with /
            <security-constraint><auth-constraint/></security-constraint>                                    | without web-resource-collection
            <security-constraint><what/></security-constraint>                                               | <what>: unknown element in a security-constraint
            <security-something/>                                                                            | looks like a restriction
            <resource-ref><injection-target/></resource-ref>                                                 | injection-target-class is missing
            <default-context-path>shop</default-context-path>                                                | "shop" must begin with /
            <default-context-path>/shop/</default-context-path>                                              | "/shop/" must begin with / and not end with it
            <error-page><location>x</location></error-page>                                                  | "x" must begin with /
            """)
    void whatCannotBeDeployedIsNamedWithFileAndReason(String content, String reason) throws IOException {
        war.webXml(content);
        assertFails(reason, war.folder().toString());
    }

    @Test
    void thePagesOfALoginAreThoseOfTheDescriptorThatNamesTheMethod() throws Exception {
        war.webXml("""
                <login-config><auth-method>FORM</auth-method><form-login-config>
                  <form-login-page>/login.html</form-login-page><form-error-page>/failed.html</form-error-page>
                </form-login-config></login-config>""");
        SecurityDeclaration security = read().security();
        assertThat(security.authMethod()).isEqualTo("FORM");
        assertThat(security.loginPage()).isEqualTo("/login.html");
        assertThat(security.errorPage()).isEqualTo("/failed.html");
    }

    @Test
    void onePatternForTwoServletsIsRefused() throws IOException {
        war.classes(GreetingServlet.class).webXml("""
                <servlet><servlet-name>mine</servlet-name>
                  <servlet-class>org.dormouse.deploy.fixture.GreetingServlet</servlet-class></servlet>
                <servlet-mapping><servlet-name>mine</servlet-name><url-pattern>/greet</url-pattern></servlet-mapping>""");
        assertFails("/greet", "mine", "greeting");
    }

    @Test
    void missingAndDamagedFilesAreRefused() throws IOException {
        assertThatThrownBy(() -> new WarDeployer().read(temporary.resolve("none.war"), "/"))
                .isInstanceOf(DeploymentException.class)
                .hasMessageContainingAll("none.war", "no such file");
        Path text = Files.writeString(temporary.resolve("text.war"), "not a zip");
        assertThatThrownBy(() -> new WarDeployer().read(text, "/"))
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining("text.war");
        war.file("big.txt", "x".repeat(100_000));
        Path whole = war.packed(temporary.resolve("cut.war"));
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(whole, Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> new WarDeployer().read(whole, "/"))
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining("cut.war");
        war.file("WEB-INF/lib/bad.jar", "no jar");
        assertFails("bad.jar");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ../evil.txt
            /etc/evil.txt
            a/../../evil.txt
            a/./b
            a//b
            a\\b
            ..
            """)
    void entriesThatLeadElsewhereAreRefused(String name) throws IOException {
        Path bad = Files.write(
                temporary.resolve("bad.war"), new TestWar.Jar().file(name, "x").bytes());
        assertThatThrownBy(() -> new WarDeployer().read(bad, "/"))
                .isInstanceOf(DeploymentException.class)
                .hasMessageContainingAll("bad.war", "bad name");
        assertThat(temporary.resolve("evil.txt")).doesNotExist();
    }

    @Test
    void aWarThatUnpacksToMoreThanTheLimitsIsRefused() throws IOException {
        war.file("a.txt", "x".repeat(5_000)).file("b.txt", "x".repeat(5_000));
        Path packed = war.packed(temporary.resolve("big.war"));
        assertThatThrownBy(() ->
                        new WarDeployer().limits(new UnpackLimits(10, 9_999)).read(packed, "/"))
                .hasMessageContainingAll("big.war", "9999", "deploy.max-unpacked-bytes");
        assertThatThrownBy(() ->
                        new WarDeployer().limits(new UnpackLimits(1, 100_000)).read(packed, "/"))
                .hasMessageContainingAll("big.war", "2", "deploy.max-entries");
    }

    private Deployment read() throws DeploymentException {
        Deployment deployment = new WarDeployer().read(war.folder(), "/");
        unstarted.add(deployment);
        return deployment;
    }

    private void assertFails(String... words) {
        assertThatThrownBy(this::read).isInstanceOf(DeploymentException.class).hasMessageContainingAll(words);
    }

    private void start(Deployment deployment) throws ServletException {
        context = new DormouseContext(deployment);
        context.start();
    }

    private static Deployment closing(Deployment deployment) throws Exception {
        close(deployment);
        return deployment;
    }

    private static void close(Deployment deployment) throws Exception {
        for (AutoCloseable one : deployment.closeAtStop().reversed()) one.close();
    }

    private TestExchange get(String target) {
        return run(TestExchange.get(target));
    }

    private TestExchange as(String user, String target) {
        String credentials = Base64.getEncoder().encodeToString((user + ":x").getBytes(StandardCharsets.UTF_8));
        return run(TestExchange.get(target).field("Authorization", "Basic " + credentials));
    }

    private TestExchange run(TestExchange exchange) {
        context.dispatcher().dispatch(exchange, Runnable::run);
        return exchange;
    }

    @Test
    void whatTheDescriptorMapsNoFragmentMapsElsewhere() throws Exception { // Servlet 6.1 §8.2.3 2.h
        war.webXml(
                        SERVLET_S + SERVLET_T
                                + "<servlet-mapping><servlet-name>s</servlet-name><url-pattern>/own</url-pattern></servlet-mapping>")
                .classes(GreetingServlet.class)
                .jar("a.jar", fragment("a", """
                        <servlet-mapping><servlet-name>s</servlet-name><url-pattern>/a</url-pattern></servlet-mapping>
                        <servlet-mapping><servlet-name>t</servlet-name><url-pattern>/t1</url-pattern></servlet-mapping>"""))
                .jar("b.jar", fragment("b", """
                        <servlet-mapping><servlet-name>t</servlet-name><url-pattern>/t2</url-pattern></servlet-mapping>"""));
        Deployment deployment = read();
        assertThat(deployment.findServlet("s").patterns()).containsExactly("/own");
        assertThat(deployment.findServlet("t").patterns()).containsExactly("/t1", "/t2");
    }

    private static final String SERVLET_S = "<servlet><servlet-name>s</servlet-name><servlet-class>"
            + GreetingServlet.class.getName() + "</servlet-class></servlet>";
    private static final String SERVLET_T = SERVLET_S.replace(">s<", ">t<");
}
