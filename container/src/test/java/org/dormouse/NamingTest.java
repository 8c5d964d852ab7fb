package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Hashtable;
import java.util.logging.Logger;
import javax.naming.Context;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.naming.NoInitialContextException;
import javax.naming.spi.InitialContextFactory;
import javax.sql.DataSource;
import org.dormouse.deploy.TestWar;
import org.dormouse.naming.fixture.DatabaseServlet;
import org.dormouse.naming.fixture.InjectedTag;
import org.dormouse.naming.fixture.LookingListener;
import org.dormouse.naming.fixture.ResourceServlet;
import org.dormouse.naming.fixture.ScriptedDriver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names and injection in real WARs, asked for over sockets. */
@Timeout(120)
class NamingTest {
    private static final String LIMIT = entry("limit", "java.lang.Integer", "7");

    @TempDir
    Path temporary;

    private TestWar war;

    @BeforeEach
    void newWar() throws IOException {
        war = new TestWar(temporary.resolve("app"));
    }

    private static String entry(String name, String type, String value) {
        return "<env-entry><env-entry-name>" + name + "</env-entry-name><env-entry-type>" + type
                + "</env-entry-type><env-entry-value>" + value + "</env-entry-value></env-entry>";
    }

    @Test
    void whatDescriptorAndServerGiveIsInjectedAndFound() throws Exception {
        war.classes(ResourceServlet.class).webXml(LIMIT + """
                <env-entry><env-entry-name>day</env-entry-name><env-entry-value>FRIDAY</env-entry-value>
                  <injection-target>
                    <injection-target-class>org.dormouse.naming.fixture.ResourceServlet</injection-target-class>
                    <injection-target-name>day</injection-target-name>
                  </injection-target></env-entry>
                <env-entry><env-entry-name>by/descriptor</env-entry-name>
                  <env-entry-type>java.lang.String</env-entry-type><env-entry-value>by web.xml</env-entry-value>
                  <injection-target>
                    <injection-target-class>org.dormouse.naming.fixture.ResourceServlet</injection-target-class>
                    <injection-target-name>said</injection-target-name>
                  </injection-target></env-entry>
                <resource-ref><res-ref-name>jdbc/given</res-ref-name><res-type>javax.sql.DataSource</res-type></resource-ref>
                """);
        try (var server = start(Mode.app("/").war(war.folder()).resource("jdbc/given", new Given()))) {
            assertThat(Http.get(server, "/resources").body())
                    .isEqualTo("7 default by web.xml FRIDAY begun with 7 the given one");
            assertThat(look(server, "java:comp/env/limit")).isEqualTo("Integer 7");
            assertThat(look(server, "java:comp/env/jdbc/given")).isEqualTo("Given the given one");
            assertThat(look(server, "java:comp/env/jdbc/alias")).isEqualTo("Given the given one");
            assertThat(look(server, "java:comp/env")).startsWith("NamesContext ");
            assertThat(look(server, "java:comp/env/jdbc/none"))
                    .startsWith(
                            "NameNotFoundException java:comp/env/jdbc/none is not bound in application /; bound are")
                    .contains("comp/env/limit");
        }
    }

    @Test
    void everyTypeOfAnEntryIsRead() throws Exception {
        war.classes(ResourceServlet.class)
                .webXml(
                        entry("a", "java.lang.String", "")
                                + entry("b", "java.lang.Character", "x")
                                + entry("c", "java.lang.Boolean", "TRUE")
                                + entry("d", "java.lang.Byte", "-1")
                                + entry("e", "java.lang.Short", "2")
                                + entry("f", "java.lang.Long", "3")
                                + entry("g", "java.lang.Float", "1.5")
                                + entry("h", "java.lang.Double", "2.5")
                                + entry("i", "java.lang.Class", "org.dormouse.naming.fixture.ResourceServlet")
                                + entry("j", "java.time.DayOfWeek", "SUNDAY")
                                + entry("java:app/k", "int", "4")
                                + "<env-entry><env-entry-name>l</env-entry-name><lookup-name>java:app/k</lookup-name></env-entry>");
        try (var server = start(given())) {
            String[] expected = {
                "String ",
                "Character x",
                "Boolean true",
                "Byte -1",
                "Short 2",
                "Long 3",
                "Float 1.5",
                "Double 2.5",
                "Class class org.dormouse.naming.fixture.ResourceServlet",
                "DayOfWeek SUNDAY"
            };
            for (int i = 0; i < expected.length; i++) {
                assertThat(look(server, "java:comp/env/" + (char) ('a' + i))).isEqualTo(expected[i]);
            }
            assertThat(look(server, "java:app/k")).isEqualTo("Integer 4");
            assertThat(look(server, "java:comp/env/l")).isEqualTo("Integer 4");
        }
    }

    private WebApp given() {
        return Mode.app("/").war(war.folder()).resource("jdbc/given", new Given());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            <env-entry><env-entry-name>n</env-entry-name><env-entry-type>java.lang.Integer</env-entry-type><env-entry-value>x</env-entry-value></env-entry> | WEB-INF/web.xml line 3: <env-entry>: "x" is no Integer
            <env-entry><env-entry-name>n</env-entry-name><env-entry-type>a.B</env-entry-type><env-entry-value>x</env-entry-value></env-entry> | there is no type a.B
            <resource-ref><res-ref-name>n</res-ref-name><lookup-name>ldap://127.0.0.1/x</lookup-name></resource-ref> | only names below java: are
            <resource-ref><res-type>x</res-type></resource-ref> | res-ref-name is missing
            <ejb-ref><ejb-ref-name>ejb/Cart</ejb-ref-name><injection-target><injection-target-class>a.B</injection-target-class><injection-target-name>c</injection-target-name></injection-target></ejb-ref> | this server has no enterprise beans to be injected
            <data-source><name>n</name><class-name>a.Driver</class-name></data-source> | data source n: java.lang.ClassNotFoundException: a.Driver
            <data-source><name>n</name><class-name>java.lang.String</class-name></data-source> | neither a javax.sql.DataSource nor a java.sql.Driver
            """)
    void aNameThatCannotBeBoundFailsTheDeployment(String element, String message) throws Exception {
        war.webXml(element);
        assertThatThrownBy(() -> start(given()).close()).hasMessageContaining(message);
    }

    @Test
    void whatNobodyProvidesIsToldToWhoeverWantsIt() throws Exception {
        war.classes(ResourceServlet.class).webXml("""
                <ejb-ref><ejb-ref-name>ejb/Cart</ejb-ref-name></ejb-ref>
                <resource-ref><res-ref-name>jdbc/shop</res-ref-name><res-type>javax.sql.DataSource</res-type></resource-ref>
                """);
        try (var server = start(given())) {
            assertThat(look(server, "java:comp/env/ejb/Cart")).contains("this server has no enterprise beans");
            assertThat(look(server, "java:comp/env/jdbc/shop"))
                    .contains("jdbc/shop (javax.sql.DataSource)", "web.xml line 4", "WebApp.resource(\"jdbc/shop\"");
        }
        // The servlet asks for jdbc/given, which is not there now; one that cannot be made keeps no promise of a mode.
        try (var log = new ErrorLog();
                var server = start(WebApp.at("/").war(war.folder()))) {
            assertThat(Http.get(server, "/resources").status()).isEqualTo(500);
            assertThat(log.text()).contains("setGiven", "jdbc/given (javax.sql.DataSource)");
        }
    }

    @Test
    void fragmentsAddNamesAndTargetsAndMustNotContradictEachOther() throws Exception {
        war.classes(ResourceServlet.class)
                .webXml(entry("limit", "java.lang.Integer", "7"))
                .jar(
                        "a.jar",
                        new TestWar.Jar()
                                .fragment(entry("limit", "java.lang.Integer", "8")
                                        + entry("word", "java.lang.String", "a")
                                        + "<env-entry><env-entry-name>said-by-fragment</env-entry-name><env-entry-value>f</env-entry-value>"
                                        + "<injection-target><injection-target-class>org.dormouse.naming.fixture.ResourceServlet"
                                        + "</injection-target-class><injection-target-name>said</injection-target-name></injection-target>"
                                        + "</env-entry>"));
        try (var server = start(given())) {
            assertThat(Http.get(server, "/resources").body()).startsWith("7 default f ");
            assertThat(look(server, "java:comp/env/word")).isEqualTo("String a");
        }
        war.jar("b.jar", new TestWar.Jar().fragment(entry("word", "java.lang.String", "b")));
        assertThatThrownBy(() -> start(given()).close()).hasMessageContaining("name word is env-entry of type");
    }

    @Test
    void aCompleteDescriptorInjectsWhatItSaysAndNothingElse() throws Exception {
        war.classes(ResourceServlet.class)
                .file("WEB-INF/web.xml", TestWar.webApp("version='6.1' metadata-complete='true'", """
                <servlet><servlet-name>r</servlet-name>
                  <servlet-class>org.dormouse.naming.fixture.ResourceServlet</servlet-class></servlet>
                <servlet-mapping><servlet-name>r</servlet-name><url-pattern>/resources</url-pattern></servlet-mapping>
                """ + LIMIT));
        try (var server = start(given())) {
            assertThat(Http.get(server, "/resources").body())
                    .isEqualTo("1 default by the annotation's name MONDAY  null");
        }
    }

    @Test
    void listenersTagsAndThreadsOfTheApplicationHaveItsNamesUntilItsEnd() throws Exception {
        war.classes(LookingListener.class, InjectedTag.class)
                .file("WEB-INF/t.tld", """
                        <taglib xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0">
                          <tlib-version>1</tlib-version><uri>urn:t</uri>
                          <tag><name>limit</name><tag-class>org.dormouse.naming.fixture.InjectedTag</tag-class>
                            <body-content>empty</body-content></tag>
                        </taglib>""")
                .file("page.jsp", "<%@ taglib prefix=\"t\" uri=\"urn:t\" %><t:limit/> ${applicationScope.limit}")
                .webXml(LIMIT);
        System.getProperties().remove("org.dormouse.test.limit");
        try (var server = start(given())) {
            assertThat(Http.get(server, "/page.jsp").body()).isEqualTo("limit 7 7");
        }
        assertThat(System.getProperties().remove("org.dormouse.test.limit")).isEqualTo(7);
    }

    @Test
    void dataSourcesOfDescriptorAndAnnotationsArePoolsThatCloseWithTheApplication() throws Exception {
        war.classes(DatabaseServlet.class, ScriptedDriver.class).webXml("""
                <data-source><name>java:global/declared</name>
                  <class-name>org.dormouse.naming.fixture.ScriptedDriver</class-name>
                  <url>jdbc:scripted:declared</url><user>dora</user><password>secret</password>
                  <max-pool-size>3</max-pool-size></data-source>""");
        try (var server = start(given())) {
            assertThat(Http.get(server, "/database").body())
                    .isEqualTo("jdbc:scripted:annotated as anna, jdbc:scripted:declared as dora");
        }
        var pool = (DataSource) System.getProperties().remove("org.dormouse.test.pool");
        assertThatThrownBy(pool::getConnection).hasMessageContaining("closed");
    }

    @Test
    void eachApplicationHasItsOwnNames() throws Exception {
        war.classes(ResourceServlet.class).webXml(LIMIT);
        var other = new TestWar(temporary.resolve("other"));
        other.classes(ResourceServlet.class).webXml(entry("limit", "java.lang.Integer", "8"));
        try (var server = Mode.builder()
                .host("127.0.0.1")
                .port(0)
                .deploy(Mode.app("/a").war(war.folder()).resource("jdbc/given", new Given()))
                .deploy(Mode.app("/b").war(other.folder()).resource("jdbc/given", new Given()))
                .deploy(Mode.app("/c").servlet("/resources", new Lookup()).resource("limit", 9))
                .deploy(Mode.app("/d").servlet("/resources", new Lookup()).resource("limit", 10))
                .start()) {
            assertThat(Http.get(server, "/a/resources?name=java:comp/env/limit").body())
                    .isEqualTo("Integer 7");
            assertThat(Http.get(server, "/b/resources?name=java:comp/env/limit").body())
                    .isEqualTo("Integer 8");
            assertThat(Http.get(server, "/c/resources?name=java:comp/env/limit").body())
                    .isEqualTo("9");
            assertThat(Http.get(server, "/d/resources?name=java:comp/env/limit").body())
                    .isEqualTo("10");
        }
    }

    @Test
    void namesAreReadOnlyAndOtherSchemesAreNotTheirBusiness() throws Exception {
        war.classes(ResourceServlet.class).webXml(LIMIT);
        try (var server = start(given())) {
            assertThat(look(server, "java:comp/env/ldap://127.0.0.1:1/x")).startsWith("NameNotFoundException ");
            assertThat(look(server, "plain")).startsWith("NoInitialContextException ");
            assertThat(look(server, "unknown:x")).startsWith("NoInitialContextException ");
        }
        assertThatThrownBy(() -> new InitialContext().lookup("java:comp/env/limit"))
                .as("a thread of no application")
                .isInstanceOf(NoInitialContextException.class);
        var environment = new Hashtable<String, String>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, Elsewhere.class.getName());
        assertThatThrownBy(() -> new InitialContext(environment).lookup("x"))
                .as("a factory of somebody else's is asked")
                .hasMessage("elsewhere");
    }

    /** Somebody else's way into JNDI, as the JDK's for LDAP is. */
    public static final class Elsewhere implements InitialContextFactory {
        @Override
        public Context getInitialContext(Hashtable<?, ?> environment) throws NamingException {
            throw new NamingException("elsewhere");
        }
    }

    private static final class Lookup extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            try {
                var names = (Context) new InitialContext().lookup("java:comp/env");
                assertThatThrownBy(() -> names.bind("x", 1)).hasMessageContaining("read-only");
                response.getWriter().print(names.lookup("limit"));
            } catch (NamingException e) {
                throw new IOException(e);
            }
        }
    }

    private static String look(Dormouse server, String name) throws IOException {
        return Http.get(server, "/resources?name=" + name).body();
    }

    private static Dormouse start(WebApp application) {
        return Mode.builder().host("127.0.0.1").port(0).deploy(application).start();
    }

    /** A data source that can be told from others. */
    private static final class Given implements DataSource {
        @Override
        public Connection getConnection() throws SQLException {
            throw new SQLException("there is no database");
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return getConnection();
        }

        @Override
        public PrintWriter getLogWriter() {
            return null;
        }

        @Override
        public void setLogWriter(PrintWriter out) {}

        @Override
        public void setLoginTimeout(int seconds) {}

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getGlobal();
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLException("nothing to unwrap");
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }

        @Override
        public String toString() {
            return "the given one";
        }
    }
}
