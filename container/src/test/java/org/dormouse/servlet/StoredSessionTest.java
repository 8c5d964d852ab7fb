package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dormouse.servlet.session.FileSessionStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import shop.Basket;

/** Sessions in files: an application that is stopped and started again. */
class StoredSessionTest {
    private static final FileSessionStore.Limits LIMITS = new FileSessionStore.Limits(3, 64 * 1024, 128 * 1024);

    @TempDir
    Path folder;

    private final List<String> told = new ArrayList<>();
    private long nowMillis = 1_000_000;

    @BeforeEach
    void forget() {
        Basket.TOLD.clear();
    }

    private TestApp application() {
        TestApp app = TestApp.at("/app")
                .servlet("/put", (request, response) -> {
                    HttpSession session = request.getSession();
                    session.setAttribute("color", "red");
                    session.setAttribute("basket", new Basket("apple", "pear"));
                })
                .servlet("/look", (request, response) -> {
                    HttpSession session = request.getSession(false);
                    if (session == null) response.getWriter().write("none");
                    else
                        response.getWriter()
                                .write(session.isNew() + " " + session.getAttribute("color") + " "
                                        + (session.getAttribute("basket") instanceof Basket b
                                                ? b.items()
                                                : "no basket"));
                })
                .servlet("/end", (request, response) -> request.getSession().invalidate())
                .listener(new HttpSessionListener() {
                    @Override
                    public void sessionCreated(HttpSessionEvent event) {
                        told.add("created");
                    }

                    @Override
                    public void sessionDestroyed(HttpSessionEvent event) {
                        told.add("destroyed " + event.getSession().getAttribute("color"));
                    }
                })
                .with(d -> d.sessions().store(path -> FileSessionStore.open(folder, path, LIMITS), 64 * 1024));
        app.nowMillis = nowMillis;
        return app;
    }

    private static String id(TestExchange exchange) {
        String cookie = exchange.responseField("Set-Cookie");
        return cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
    }

    private static TestExchange look(String id) {
        return TestExchange.get("/app/look").field("Cookie", "JSESSIONID=" + id);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("_%2Fapp"))) {
            return files.filter(file -> file.toString().endsWith(".session")).toList();
        }
    }

    @Test
    void aSessionOutlivesTheApplicationWithItsAttributesAndItsId() throws IOException {
        String id;
        try (var app = application()) {
            id = id(app.get("/app/put"));
        }
        assertThat(told).containsExactly("created");
        assertThat(Basket.TOLD).containsExactly("leaves red");
        assertThat(files()).hasSize(1);
        try (var app = application()) {
            assertThat(app.run(look(id)).body()).isEqualTo("false red [apple, pear]");
            assertThat(files()).as("one owner").isEmpty();
            assertThat(app.run(look(id)).body()).isEqualTo("false red [apple, pear]");
        }
        assertThat(Basket.TOLD).hasSize(3).contains("leaves red").anyMatch(text -> text.startsWith("is back red "));
        assertThat(told).as("it has neither begun nor ended").containsExactly("created");
        try (var app = application()) {
            assertThat(app.run(look(id)).body()).isEqualTo("false red [apple, pear]");
        }
    }

    @Test
    void namesOfFilesTellNoIdAndNobodyElseMayReadThem() throws IOException {
        String id;
        try (var app = application()) {
            id = id(app.get("/app/put"));
        }
        Path file = files().getFirst();
        assertThat(file.getFileName().toString()).doesNotContain(id);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void idsThatAreNotThereLeaveTheFilesAlone() throws IOException {
        try (var app = application()) {
            app.get("/app/put");
        }
        String name = files().getFirst().getFileName().toString();
        try (var app = application()) {
            for (String id : List.of(name, name.substring(0, 43), "../" + name, "", "x"))
                assertThat(app.run(look(id)).body()).isEqualTo("none");
            assertThat(files()).hasSize(1);
        }
    }

    @Test
    void whatHasEndedDoesNotComeBack() throws IOException {
        String id;
        try (var app = application()) {
            id = id(app.get("/app/put"));
        }
        try (var app = application()) {
            app.run(TestExchange.get("/app/end").field("Cookie", "JSESSIONID=" + id));
            assertThat(told).containsExactly("created", "destroyed red");
        }
        assertThat(files()).isEmpty();
        try (var app = application()) {
            assertThat(app.run(look(id)).body()).isEqualTo("none");
        }
    }

    @Test
    void theTimeOfASessionGoesOnWhileNobodyRuns() throws IOException {
        String id;
        try (var app = application()) {
            id = id(app.get("/app/put"));
        }
        nowMillis += TimeUnit.MINUTES.toMillis(29);
        try (var app = application()) {
            assertThat(app.run(look(id)).body()).startsWith("false red");
        }
        nowMillis += TimeUnit.MINUTES.toMillis(31);
        try (var app = application()) {
            assertThat(app.run(look(id)).body()).isEqualTo("none");
            assertThat(told).containsExactly("created", "destroyed red");
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void theSweepEndsStoredSessionsThatNobodyAsksFor() throws IOException {
        try (var app = application()) {
            app.get("/app/put");
        }
        nowMillis += TimeUnit.MINUTES.toMillis(31);
        try (var app = application().start()) {
            app.context.expireSessions();
            assertThat(told).containsExactly("created", "destroyed red");
            assertThat(files()).isEmpty();
        } catch (ServletException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whateverFilesAreDamagedTheOthersAreRead() throws IOException {
        String id;
        String lost;
        try (var app = application()) {
            id = id(app.get("/app/put"));
        }
        Path good = files().getFirst();
        try (var app = application()) {
            lost = id(app.get("/app/put"));
        }
        Path bad =
                files().stream().filter(file -> !file.equals(good)).findFirst().orElseThrow();
        byte[] content = Files.readAllBytes(bad);
        for (byte[] damaged :
                List.of(new byte[0], new byte[3], flipped(content), java.util.Arrays.copyOf(content, 40))) {
            Files.write(bad, damaged);
            Files.writeString(bad.resolveSibling("what-is-this"), "x");
            for (String name : List.of("zzzzzzzzzzzzz.1", "1.zzzzzzz"))
                Files.writeString(bad.resolveSibling("A".repeat(43) + "." + name + ".session"), "x");
            try (var app = application()) {
                assertThat(app.run(look(lost)).body()).isEqualTo("none");
                assertThat(Files.exists(bad)).isFalse();
                assertThat(app.run(look(id)).body()).isEqualTo("false red [apple, pear]");
            }
        }
    }

    private static byte[] flipped(byte[] content) {
        byte[] flipped = content.clone();
        flipped[content.length / 2] ^= 1;
        return flipped;
    }

    @Test
    void aFileThatWasRenamedToAnotherIdIsNoSessionOfIt() throws IOException {
        String id;
        String other;
        try (var app = application()) {
            id = id(app.get("/app/put"));
            other = id(app.get("/app/put"));
        }
        Path one = files().get(0);
        Path two = files().get(1);
        byte[] content = Files.readAllBytes(one);
        Files.write(two, content);
        try (var app = application()) {
            String first = app.run(look(id)).body();
            String second = app.run(look(other)).body();
            assertThat(Set.of(first, second)).containsExactlyInAnyOrder("none", "false red [apple, pear]");
        }
    }

    @Test
    void whatIsNotSerializableIsLeftOutAndTheRestKept() {
        String id;
        try (var app = application().servlet("/more", (request, response) -> {
            HttpSession session = request.getSession();
            session.setAttribute("thread", Thread.currentThread());
            session.setAttribute("deep", new ArrayList<>(List.of(new Object())));
            session.setAttribute("huge", new byte[65 * 1024]);
            session.setAttribute("color", "blue");
        })) {
            id = id(app.get("/app/more"));
        }
        try (var app = application()
                .servlet(
                        "/names",
                        (request, response) -> response.getWriter()
                                .write(Collections.list(request.getSession().getAttributeNames())
                                        .toString()))) {
            var exchange = TestExchange.get("/app/names").field("Cookie", "JSESSIONID=" + id);
            assertThat(app.run(exchange).body()).isEqualTo("[color]");
        }
    }

    @Test
    void whatThereIsNoRoomForEndsWithTheApplication() throws IOException {
        try (var app = application()) {
            for (int i = 0; i < 5; i++) app.get("/app/put");
        }
        assertThat(files()).hasSize(3);
        assertThat(told.stream().filter("destroyed red"::equals)).hasSize(2);
        try (var app = application().servlet("/large", (request, response) -> {
            request.getSession().setAttribute("a", new byte[40 * 1024]);
            request.getSession().setAttribute("b", new byte[40 * 1024]);
        })) {
            app.get("/app/large");
        }
        assertThat(files()).hasSize(3);
    }

    @Test
    void manyRequestsAtOnceBringASessionBackOnce() throws Exception {
        String id;
        try (var app = application()) {
            id = id(app.get("/app/put"));
        }
        var sessions = Collections.synchronizedSet(new HashSet<HttpSession>());
        try (var app = application().servlet("/same", (request, response) -> sessions.add(request.getSession(false)));
                var threads = Executors.newFixedThreadPool(8)) {
            app.get("/app/look");
            var together = new CyclicBarrier(8);
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(threads.submit(() -> {
                    together.await(20, TimeUnit.SECONDS);
                    return app.run(TestExchange.get("/app/same").field("Cookie", "JSESSIONID=" + id));
                }));
            }
            for (Future<?> one : all) one.get(20, TimeUnit.SECONDS);
            assertThat(sessions).hasSize(1).doesNotContainNull();
        }
    }

    @Test
    void twoServersDoNotShareAFolder() throws Exception {
        try (var app = application().start();
                var other = application()) {
            assertThat(app.context.isRunning()).isTrue();
            assertThatThrownBy(other::start)
                    .isInstanceOf(ServletException.class)
                    .hasRootCauseInstanceOf(java.nio.channels.OverlappingFileLockException.class);
        }
        try (var app = application().start()) {
            assertThat(app.context.isRunning()).isTrue();
        }
    }

    @Test
    void aLinkInThePlaceOfTheFolderIsRefused() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.createSymbolicLink(folder.resolve("_%2Fapp"), elsewhere);
        try (var app = application()) {
            assertThatThrownBy(app::start).rootCause().hasMessageContaining("is a link");
        }
    }

    @Test
    void theSameSessionSavedAgainCountsAsNewerOnly() throws IOException {
        var session = new org.dormouse.servlet.session.StoredSession("id", 2, 1, 2, 3, 60, null, Map.of());
        var older = new org.dormouse.servlet.session.StoredSession("id", 1, 1, 2, 3, 60, null, Map.of());
        try (var store = FileSessionStore.open(folder, "/app", LIMITS)) {
            assertThat(store.save(session)).isTrue();
            assertThat(store.save(session)).isFalse();
            assertThat(store.save(older)).isFalse();
            assertThat(store.take("id")).isEqualTo(session);
            assertThat(store.take("id")).isNull();
        }
    }

    @Test
    void valuesOfTheJdkComeBackAsTheyWere() {
        Map<String, Object> values = Map.of(
                "number",
                7L,
                "decimal",
                new BigDecimal("1.50"),
                "uuid",
                UUID.fromString("00000000-0000-0001-0000-000000000002"),
                "time",
                Instant.ofEpochSecond(1),
                "map",
                new java.util.TreeMap<>(Map.of("a", List.of(1, 2), "b", Set.of("x"))),
                "enum",
                java.time.DayOfWeek.FRIDAY,
                "array",
                "x y".split(" "),
                "numbers",
                new java.util.concurrent.ConcurrentHashMap<>(Map.of(1, new java.util.LinkedHashSet<>(Set.of(2)))),
                "some",
                java.util.EnumSet.of(java.time.Month.MAY),
                "read",
                Collections.unmodifiableList(new ArrayList<>(List.of("r"))));
        String id;
        try (var app = application()
                .servlet("/values", (request, response) -> values.forEach(request.getSession()::setAttribute))) {
            id = id(app.get("/app/values"));
        }
        Map<String, Object> back = new java.util.HashMap<>();
        try (var app = application().servlet("/back", (request, response) -> {
            HttpSession session = request.getSession();
            for (String name : Collections.list(session.getAttributeNames()))
                back.put(name, session.getAttribute(name));
        })) {
            app.run(TestExchange.get("/app/back").field("Cookie", "JSESSIONID=" + id));
        }
        assertThat(back.keySet()).isEqualTo(values.keySet());
        assertThat(back.remove("array")).isEqualTo(new String[] {"x", "y"});
        back.forEach((name, value) -> assertThat(value).isEqualTo(values.get(name)));
    }

    /** A value that would tell if it were ever made, of a class of the server's class path in the package of its tests. */
    public static final class Gadget implements Serializable, HttpSessionBindingListener {
        private static final long serialVersionUID = 1;
        private static volatile boolean wasRead;

        private Object readResolve() {
            wasRead = true;
            return this;
        }

        @Override
        public void valueUnbound(HttpSessionBindingEvent event) {
            wasRead = true;
        }
    }

    @Test
    void noClassOfTheServerComesOutOfAFile() {
        String id;
        try (var app = application().servlet("/gadget", (request, response) -> {
            request.getSession().setAttribute("gadget", new ArrayList<>(List.of(new Gadget())));
            request.getSession().setAttribute("color", "green");
        })) {
            id = id(app.get("/app/gadget"));
        }
        try (var app = application()) {
            assertThat(app.run(look(id)).body()).isEqualTo("false green no basket");
        }
        assertThat(Gadget.wasRead).isFalse();
    }
}
