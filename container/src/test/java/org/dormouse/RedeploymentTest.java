package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Date;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.dormouse.deploy.TestWar;
import org.dormouse.jsp.fixture.GreetTag;
import org.dormouse.jsp.fixture.LibraryListener;
import org.dormouse.naming.fixture.ScriptedDriver;
import org.dormouse.redeploy.fixture.Background;
import org.dormouse.redeploy.fixture.Bean;
import org.dormouse.redeploy.fixture.Careless;
import org.dormouse.redeploy.fixture.Echo;
import org.dormouse.redeploy.fixture.Expressions;
import org.dormouse.redeploy.fixture.LeftDriver;
import org.dormouse.redeploy.fixture.LeftThread;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is left of applications that have come and gone. */
@Timeout(300)
class RedeploymentTest {
    private static final int TIMES = 100;

    @TempDir
    Path temporary;

    /**
     * In a JVM of its own: the caches of other tests are no business of this one, and what is only softly reachable is given up at the next
     * collection.
     */
    @Test
    void aHundredRedeploymentsLeaveNoClassLoader() throws Exception {
        Path war = careless();
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:SoftRefLRUPolicyMSPerMB=0",
                        "-Xmx200m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        war.toString(),
                        Mode.EXECUTION.name(),
                        Integer.toString(TIMES))
                .redirectErrorStream(true)
                .start();
        try {
            child.getOutputStream().close();
            String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            // A thread that was stuck in an inline task may hold a loop again, with what that left in it, until the
            // next
            // application goes.
            int most = Mode.EXECUTION == Execution.INLINE ? 1 : 0;
            assertThat(output.lines().filter(line -> line.startsWith("alive")))
                    .as(output)
                    .singleElement()
                    .satisfies(line -> assertThat(Integer.parseInt(line.substring("alive ".length())))
                            .isLessThanOrEqualTo(most));
            assertThat(output.lines().filter(line -> line.contains(LeftDriver.class.getName())))
                    .hasSize(TIMES)
                    .allMatch(line -> line.contains("WARN") && line.contains("/app"));
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void aThreadThatAnApplicationLeavesRunningIsNamed() throws Exception {
        Path war = new TestWar(temporary.resolve("left"))
                .classes(LeftThread.class)
                .webXml("<listener><listener-class>" + LeftThread.class.getName() + "</listener-class></listener>")
                .folder();
        var log = new ErrorLog();
        try (log;
                var server = Mode.builder().host("127.0.0.1").port(0).start()) {
            server.deploy(Mode.app("/left").war(war));
            server.undeploy("/left");
        } finally {
            for (Thread thread : Thread.getAllStackTraces().keySet())
                if (thread.getName().equals("left-over")) thread.interrupt();
        }
        assertThat(log.lines("has left thread"))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("WARN", "/left", "\"left-over\""));
    }

    private Path careless() throws IOException {
        return new TestWar(temporary.resolve("app"))
                .classes(
                        Background.class,
                        Bean.class,
                        Careless.class,
                        Echo.class,
                        GreetTag.class,
                        LeftDriver.class,
                        LibraryListener.class,
                        ScriptedDriver.class)
                .file("WEB-INF/classes/words.properties", "word=hello\n")
                .jar(
                        "expressions.jar",
                        new TestWar.Jar()
                                .classes(Expressions.class)
                                .file("META-INF/services/jakarta.el.ExpressionFactory", Expressions.class.getName()))
                .file("WEB-INF/test.tld", """
                        <?xml version="1.0" encoding="UTF-8"?>
                        <taglib xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0">
                          <tlib-version>1.0</tlib-version><short-name>t</short-name><uri>urn:test</uri>
                          <listener><listener-class>org.dormouse.jsp.fixture.LibraryListener</listener-class></listener>
                          <tag><name>greet</name><tag-class>org.dormouse.jsp.fixture.GreetTag</tag-class>
                            <body-content>empty</body-content>
                            <attribute><name>name</name><required>true</required><rtexprvalue>true</rtexprvalue></attribute>
                          </tag>
                        </taglib>
                        """)
                .file("page.jsp", """
                        <%@ page contentType="text/plain;charset=UTF-8" %>\
                        <%@ taglib prefix="c" uri="jakarta.tags.core" %><%@ taglib prefix="fmt" uri="jakarta.tags.fmt" %>\
                        <%@ taglib prefix="fn" uri="jakarta.tags.functions" %><%@ taglib prefix="x" uri="jakarta.tags.xml" %>\
                        <%@ taglib prefix="t" uri="urn:test" %>\
                        <jsp:useBean id="made" class="org.dormouse.redeploy.fixture.Bean"/>\
                        <jsp:setProperty name="made" property="name" value="made"/>\
                        <fmt:setBundle basename="words"/><fmt:message key="word"/> ${made.name} ${sessionScope.bean.name}\
                        <c:forEach var="i" begin="1" end="3"> ${i}</c:forEach>\
                         ${fn:length("four")} <t:greet name="x"/>\
                        <x:parse var="doc"><a><b>1</b></a></x:parse> <x:out select="$doc/a/b"/>""")
                .file("old.jsp", """
                        <%@ page isELIgnored="true" contentType="text/plain;charset=UTF-8" %>\
                        <%@ taglib prefix="old" uri="http://java.sun.com/jstl/core" %>\
                        <jsp:useBean id="made" class="org.dormouse.redeploy.fixture.Bean"/><old:out value="${made.name}"/>""")
                .webXml("""
                        <listener><listener-class>org.dormouse.redeploy.fixture.Background</listener-class></listener>
                        <data-source><name>java:comp/env/jdbc/x</name>
                          <class-name>org.dormouse.naming.fixture.ScriptedDriver</class-name><url>jdbc:scripted:x</url>
                        </data-source>
                        """)
                .folder();
    }

    /** The other JVM. */
    static final class Main {
        private final HttpClient client = HttpClient.newHttpClient();
        private final ReferenceQueue<ClassLoader> gone = new ReferenceQueue<>();
        private final Set<Reference<? extends ClassLoader>> alive = new HashSet<>();

        private Main() {}

        public static void main(String[] arguments) throws Exception {
            new Main().run(Path.of(arguments[0]), Execution.valueOf(arguments[1]), Integer.parseInt(arguments[2]));
            System.exit(0);
        }

        private void run(Path war, Execution execution, int times) throws Exception {
            try (var server = Dormouse.builder()
                    .host("127.0.0.1")
                    .port(0)
                    .execution(execution)
                    .start()) {
                for (int i = 0; i < times; i++) {
                    server.deploy(WebApp.at("/app").war(war).listener(new Watch()));
                    use(server, i % 5 == 0);
                    server.undeploy("/app");
                }
                awaitCollections();
                System.out.println("alive " + alive.size());
            }
        }

        /** @param pages whether its pages too, which take half a second to compile */
        private void use(Dormouse server, boolean pages) throws Exception {
            String base = "http://127.0.0.1:" + server.port() + "/app";
            String careless = get(base + "/careless");
            if (!careless.startsWith("hello org.dormouse.redeploy.fixture.Bean")) throw new AssertionError(careless);
            if (pages) usePages(base);
            var socket = new Listener();
            WebSocket opened = client.newWebSocketBuilder()
                    .buildAsync(URI.create(base.replace("http", "ws") + "/echo"), socket)
                    .get(20, TimeUnit.SECONDS);
            opened.sendText("x", true).get(20, TimeUnit.SECONDS);
            String echo = socket.heard.get(20, TimeUnit.SECONDS);
            if (!echo.equals("bean x")) throw new AssertionError(echo);
        }

        private void usePages(String base) throws Exception {
            String page = get(base + "/page.jsp");
            if (!page.equals("hello made bean 1 2 3 4 Hello, x! 1")) throw new AssertionError(page);
            String old = get(base + "/old.jsp");
            if (!old.equals("bean")) throw new AssertionError(old);
        }

        private String get(String uri) throws Exception {
            return client.send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }

        /** For a minute at most. */
        private void awaitCollections() throws InterruptedException, IOException, ClassNotFoundException {
            for (int i = 0; i < 600 && !alive.isEmpty(); i++) {
                System.gc();
                serialize(); // the JDK drops what it knows of classes that are gone at its next use
                Reference<? extends ClassLoader> cleared = gone.remove(100);
                for (; cleared != null; cleared = gone.poll()) alive.remove(cleared);
            }
        }

        private static void serialize() throws IOException, ClassNotFoundException {
            var bytes = new ByteArrayOutputStream();
            try (var out = new ObjectOutputStream(bytes)) {
                out.writeObject(new Date());
            }
            try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                in.readObject();
            }
        }

        private final class Watch implements ServletContextListener {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                alive.add(new WeakReference<>(event.getServletContext().getClassLoader(), gone));
            }
        }

        private static final class Listener implements WebSocket.Listener {
            final CompletableFuture<String> heard = new CompletableFuture<>();

            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
                heard.complete(text.toString());
                socket.request(1);
                return null;
            }
        }
    }
}
