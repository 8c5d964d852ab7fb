package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.dormouse.servlet.session.SessionNote;
import org.junit.jupiter.api.Test;

class SessionTest {
    private final List<String> told = new ArrayList<>();

    /** Counts the visits in the session; {@code /look} does not create one. */
    private static TestApp counting(String contextPath) {
        return TestApp.at(contextPath)
                .servlet("/count", (request, response) -> {
                    HttpSession session = request.getSession();
                    Integer count = (Integer) session.getAttribute("count");
                    session.setAttribute("count", count == null ? 1 : count + 1);
                    response.getWriter().write(session.isNew() + " " + session.getAttribute("count"));
                })
                .servlet(
                        "/look",
                        (request, response) ->
                                response.getWriter().write(String.valueOf(request.getSession(false) != null)));
    }

    private static String id(TestExchange exchange) {
        String cookie = exchange.responseField("Set-Cookie");
        return cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
    }

    private static TestExchange with(String id, String target) {
        return TestExchange.get(target).field("Cookie", "other=1; JSESSIONID=" + id);
    }

    @Test
    void sessionComesBackByItsCookie() {
        try (var app = counting("/app")) {
            var first = app.get("/app/count");
            assertThat(first.body()).isEqualTo("true 1");
            assertThat(first.responseField("Set-Cookie")).matches("JSESSIONID=[A-Za-z0-9_-]{32}; Path=/app; HttpOnly");

            var second = app.run(with(id(first), "/app/count"));
            assertThat(second.body()).isEqualTo("false 2");
            assertThat(second.responseField("Set-Cookie")).isNull();
        }
    }

    @Test
    void cookieOfASecureRequestIsSecure() {
        try (var app = counting("/")) {
            assertThat(app.run(TestExchange.get("/count").secure()).responseField("Set-Cookie"))
                    .endsWith("; Path=/; HttpOnly; Secure");
        }
    }

    @Test
    void cookieIsAsConfigured() {
        try (var app = counting("/app")
                .with(d -> d.sessions()
                        .cookieName("sid")
                        .cookiePath("/")
                        .cookieDomain("example.org")
                        .httpOnly(false)
                        .maxAgeSeconds(60)
                        .cookieAttribute("SameSite", "Lax")
                        .cookieAttribute("Partitioned", "")
                        .cookieAttribute("samesite", "Strict")
                        .cookieAttribute("httponly", "false"))) {
            assertThat(app.get("/app/count").responseField("Set-Cookie"))
                    .matches("sid=[^;]+; Path=/; Domain=example.org; Partitioned; SameSite=Strict; Max-Age=60;"
                            + " Expires=Thu, 01 Jan 1970 00:17:40 GMT");
        }
    }

    @Test
    void cookieOfAContextPathThatHasToBeEncodedComesBackThere() {
        try (var app = counting("/a b;Domain=evil/\u00fc%")) {
            String path = "/a%20b%3BDomain=evil/%C3%BC%25";
            var first = app.get(path + "/count");
            assertThat(first.responseField("Set-Cookie")).matches("JSESSIONID=[^;]+; Path=" + path + "; HttpOnly");
            assertThat(app.run(with(id(first), path + "/count")).body()).isEqualTo("false 2");
        }
    }

    @Test
    void cookiePathThatWouldAddAnAttributeIsRefused() {
        try (var app = counting("/").with(d -> d.sessions().cookiePath("/; Domain=evil"))) {
            assertThatThrownBy(app::start)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Path");
        }
    }

    @Test
    void anIdThatNobodyGaveOutIsNotTaken() {
        try (var app = counting("/")) {
            var exchange = app.run(with("chosen-by-the-attacker", "/count"));
            assertThat(exchange.body()).isEqualTo("true 1");
            assertThat(id(exchange)).isNotEqualTo("chosen-by-the-attacker");
            assertThat(app.run(with("chosen-by-the-attacker", "/look")).body()).isEqualTo("false");
        }
    }

    @Test
    void theFirstLiveIdOfSeveralCounts() {
        try (var app = counting("/")) {
            String id = id(app.get("/count"));
            var exchange = TestExchange.get("/count").field("Cookie", "JSESSIONID=stale; JSESSIONID=" + id);
            assertThat(app.run(exchange).body()).isEqualTo("false 2");
        }
    }

    @Test
    void sessionEndsWhenItHasNotBeenUsedForItsInterval() {
        try (var app = counting("/").listener(new Recording())) {
            String id = id(app.get("/count"));
            app.nowMillis += 29 * 60_000;
            assertThat(app.run(with(id, "/look")).body()).isEqualTo("true");
            app.nowMillis += 30 * 60_000 - 1;
            assertThat(app.run(with(id, "/look")).body()).isEqualTo("true");
            app.nowMillis += 30 * 60_000;
            assertThat(app.run(with(id, "/look")).body()).isEqualTo("false");
            assertThat(told).contains("destroyed with 1");
        }
    }

    @Test
    void sweepEndsSessionsThatNobodyAsksFor() {
        try (var app = counting("/").listener(new Recording())) {
            app.get("/count");
            app.nowMillis += 30 * 60_000;
            app.context.expireSessions();
            assertThat(told).contains("destroyed with 1");
            assertThat(app.context.sessions().size()).isZero();
        }
    }

    @Test
    void sessionDoesNotEndUnderARequestThatUsesIt() {
        try (var app = TestApp.at("/");
                var running = app.servlet("/", (request, response) -> {
                    HttpSession session = request.getSession();
                    app.nowMillis += 60 * 60_000;
                    app.context.expireSessions();
                    session.setAttribute("still", "there");
                })) {
            assertThat(running.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void zeroMeansForEver() {
        try (var app = counting("/").with(d -> d.sessions().timeoutMinutes(0))) {
            String id = id(app.get("/count"));
            app.nowMillis += 1_000_000_000_000L;
            assertThat(app.run(with(id, "/look")).body()).isEqualTo("true");
        }
    }

    @Test
    void changedIdKeepsTheSessionAndItsOldIdIsWorthless() {
        try (var app = counting("/").listener(new Recording()).servlet("/login", (request, response) -> {
            String old = request.getSession().getId();
            assertThat(request.changeSessionId())
                    .isNotEqualTo(old)
                    .isEqualTo(request.getSession().getId());
        })) {
            String old = id(app.get("/count"));
            var login = app.run(with(old, "/login"));
            assertThat(login.responseFields("Set-Cookie")).hasSize(1);
            assertThat(told).contains("id changed from " + old);
            assertThat(app.run(with(old, "/look")).body()).isEqualTo("false");
            assertThat(app.run(with(id(login), "/count")).body()).isEqualTo("false 2");
        }
    }

    @Test
    void idsChangedAtOnceLeaveOneIdAndNoneAfterTheEnd() throws Exception {
        try (var app = counting("/");
                var threads = Executors.newFixedThreadPool(4)) {
            app.start();
            var session = app.context.createSession(null);
            var changes = new ArrayList<Callable<Object>>();
            for (int i = 0; i < 2_000; i++)
                changes.add(() -> app.context.sessions().changeId(session, _ -> {}));
            for (var change : threads.invokeAll(changes)) change.get();
            assertThat(app.context.sessions().size()).isEqualTo(1);

            session.invalidate();
            assertThat(app.context.sessions().size()).isZero();
            assertThatThrownBy(() -> app.context.sessions().changeId(session, _ -> {}))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void newSessionWithAChangedIdSetsOneCookie() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            response.addHeader("Set-Cookie", "a=b");
            request.getSession();
            request.changeSessionId();
        })) {
            assertThat(app.get("/").responseFields("Set-Cookie"))
                    .hasSize(2)
                    .first()
                    .isEqualTo("a=b");
        }
    }

    @Test
    void invalidatedSessionCannotBeUsed() {
        try (var app = counting("/").listener(new Recording()).servlet("/logout", (request, response) -> {
            HttpSession session = request.getSession();
            session.invalidate();
            assertThatThrownBy(() -> session.getAttribute("count")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(session::invalidate).isInstanceOf(IllegalStateException.class);
            assertThat(request.getSession(false)).isNull();
            assertThat(request.getSession()).isNotSameAs(session);
        })) {
            String id = id(app.get("/count"));
            app.run(with(id, "/logout"));
            assertThat(app.run(with(id, "/look")).body()).isEqualTo("false");
            assertThat(told).contains("destroyed with 1", "removed count");
        }
    }

    @Test
    void sessionCannotBeMadeAfterCommit() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            response.flushBuffer();
            assertThatThrownBy(request::getSession).isInstanceOf(IllegalStateException.class);
            assertThat(request.getSession(false)).isNull();
        })) {
            app.get("/");
        }
    }

    @Test
    void numberOfSessionsIsLimitedByItsKey() {
        try (var app = counting("/").with(d -> d.sessions().maxSessions(2))) {
            String id = id(app.get("/count"));
            app.get("/count");
            assertThat(app.get("/count").status()).isEqualTo(503);
            assertThat(app.run(with(id, "/count")).status()).isEqualTo(200);
            assertThatThrownBy(() -> app.context.createSession(null))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("2")
                    .hasMessageContaining("session.max-sessions");
            app.nowMillis += 31 * 60_000;
            assertThat(app.get("/count").status()).isEqualTo(200);
        }
    }

    @Test
    void aFloodOfNewSessionsLooksForRoomOnceASecond() {
        try (var app = TestApp.at("/")
                .with(d -> d.sessions().maxSessions(1))
                .servlet("/", (request, response) -> request.getSession().setMaxInactiveInterval(1))) {
            assertThat(app.get("/").status()).isEqualTo(200);
            app.nowMillis += 500;
            assertThat(app.get("/").status()).isEqualTo(503);
            app.nowMillis += 500;
            assertThat(app.get("/").status()).isEqualTo(503);
            app.nowMillis += 500;
            assertThat(app.get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void valuesAndListenersAreToldOfBindings() {
        class Value implements HttpSessionBindingListener {
            @Override
            public void valueBound(HttpSessionBindingEvent event) {
                told.add("bound " + (event.getSession().getAttribute("v") == this));
            }

            @Override
            public void valueUnbound(HttpSessionBindingEvent event) {
                told.add("unbound");
            }
        }
        try (var app = TestApp.at("/").listener(new Recording()).servlet("/", (request, response) -> {
            HttpSession session = request.getSession();
            session.setAttribute("v", new Value());
            session.setAttribute("v", "other");
            session.setAttribute("v", null);
        })) {
            app.get("/");
            assertThat(told).containsExactly("created", "bound false", "added v", "unbound", "replaced v", "removed v");
        }
    }

    @Test
    void resetKeepsTheCookieOfTheSessionThatExists() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            request.getSession();
            response.reset();
        })) {
            assertThat(app.get("/").responseField("Set-Cookie")).startsWith("JSESSIONID=");
        }
    }

    @Test
    void accessorUsesTheSessionOutsideOfARequest() {
        var kept = new HttpSession[1];
        try (var app = TestApp.at("/").servlet("/", (request, response) -> kept[0] = request.getSession())) {
            app.get("/");
            var accessor = kept[0].getAccessor();
            app.nowMillis += 29 * 60_000;
            accessor.access(session -> session.setAttribute("a", 1));
            app.nowMillis += 29 * 60_000;
            accessor.access(session -> told.add("a " + session.getAttribute("a")));
            app.nowMillis += 30 * 60_000;
            assertThatThrownBy(() -> accessor.access(session -> told.add("no")))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(told).containsExactly("a 1");
        }
    }

    @Test
    void lastAccessedTimeIsThatOfTheRequestBefore() {
        var times = new ArrayList<Long>();
        try (var app = TestApp.at("/")
                .servlet(
                        "/",
                        (request, response) -> times.add(request.getSession().getLastAccessedTime()))) {
            String id = id(app.get("/"));
            app.nowMillis += 5_000;
            app.run(with(id, "/"));
            app.nowMillis += 5_000;
            app.run(with(id, "/"));
            assertThat(times).containsExactly(1_000_000L, 1_000_000L, 1_005_000L);
        }
    }

    @Test
    void urlCarriesTheSessionOnlyWhereThatIsEnabled() {
        try (var app = TestApp.at("/")
                .with(d -> d.sessions().trackingModes(EnumSet.of(SessionTrackingMode.COOKIE, SessionTrackingMode.URL)))
                .servlet(
                        "/*",
                        (request, response) -> response.getWriter()
                                .write(request.getSession().isNew() + " " + response.encodeURL("/next?a#b") + " "
                                        + response.encodeURL("https://example.org/")))) {
            String text = app.get("/x").body();
            assertThat(text).matches("true /next;jsessionid=[^?]+\\?a#b https://example.org/");
            String id = text.substring(text.indexOf("jsessionid=") + 11, text.indexOf('?'));

            assertThat(app.get("/x;jsessionid=" + id).body()).startsWith("false /next;jsessionid=" + id);
            assertThat(app.run(with(id, "/x")).body()).startsWith("false /next?a#b");
        }
    }

    @Test
    void onlyUrlsOfTheApplicationLearnTheId() {
        try (var app = TestApp.at("/app")
                .with(d -> d.sessions().trackingModes(EnumSet.of(SessionTrackingMode.URL)))
                .servlet("/*", (request, response) -> {
                    String id = request.getSession().getId();
                    for (String own : List.of("/app", "/app/x", "/app?a", "/app#b", "x", "../x", "", "?q"))
                        assertThat(response.encodeURL(own)).as(own).contains(id);
                    for (String other : List.of(
                            "//evil.example/app",
                            "/\\evil.example",
                            "\\\\evil.example/x",
                            "/\t/evil.example",
                            " //evil.example",
                            "\n//evil.example",
                            "https://evil.example/app",
                            "javascript:x",
                            "/other",
                            "/appendix",
                            "/"))
                        assertThat(response.encodeRedirectURL(other)).as(other).isEqualTo(other);
                })) {
            app.get("/app/x");
        }
    }

    @Test
    void theParameterInUrlsHasTheNameOfTheCookie() {
        try (var app = TestApp.at("/")
                .with(d -> d.sessions()
                        .cookieName("sid")
                        .trackingModes(EnumSet.of(SessionTrackingMode.COOKIE, SessionTrackingMode.URL)))
                .servlet("/*", (request, response) -> {
                    HttpSession session = request.getSession();
                    response.getWriter().write(session.isNew() + " " + response.encodeURL("/next"));
                })) {
            String text = app.get("/x").body();
            assertThat(text).matches("true /next;sid=[A-Za-z0-9_-]{32}");
            String id = text.substring(text.indexOf('=') + 1);
            assertThat(app.get("/x;sid=" + id).body()).isEqualTo("false /next;sid=" + id);
            assertThat(app.get("/x;jsessionid=" + id).body()).startsWith("true ");
        }
    }

    @Test
    void anIdInAUrlIsNobodysWhereUrlsAreNotTracked() {
        try (var app = counting("/")) {
            String id = id(app.get("/count"));
            assertThat(app.get("/look;jsessionid=" + id).body()).isEqualTo("false");
        }
    }

    @Test
    void anAccessorEndsWithTheIdItWasGotUnder() {
        try (var app = TestApp.at("/").servlet("/", (request, response) -> {
            HttpSession session = request.getSession();
            HttpSession.Accessor accessor = session.getAccessor();
            accessor.access(same -> assertThat(same).isSameAs(session));
            request.changeSessionId();
            assertThatThrownBy(() -> accessor.access(never -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("id");
            session.getAccessor().access(same -> assertThat(same).isSameAs(session));
        })) {
            app.get("/");
        }
    }

    @Test
    void aRequestThatDoesNotAskForItsSessionKeepsItAliveAllTheSame() {
        try (var app = counting("/").servlet("/other", (request, response) -> {})) {
            String id = id(app.get("/count"));
            for (int i = 0; i < 3; i++) {
                app.nowMillis += 20 * 60_000;
                app.run(with(id, "/other"));
            }
            assertThat(app.run(with(id, "/count")).body()).isEqualTo("false 2");
            app.nowMillis += 20 * 60_000;
            app.run(with("of-somebody-else", "/other"));
            app.nowMillis += 20 * 60_000;
            app.run(with(id, "/other"));
            assertThat(app.run(with(id, "/look")).body())
                    .as("what is over stays so")
                    .isEqualTo("false");
        }
    }

    @Test
    void manyMinutesAreNotFewSecondsNorForEver() {
        try (var app = TestApp.at("/")
                .with(d -> d.sessions().timeoutMinutes(Integer.MAX_VALUE))
                .servlet(
                        "/",
                        (request, response) -> response.getWriter()
                                .write(String.valueOf(request.getSession().getMaxInactiveInterval())))) {
            assertThat(app.get("/").body()).isEqualTo(String.valueOf(Integer.MAX_VALUE));
        }
    }

    @Test
    void trackingBySslStandsAlone() {
        try (var app = counting("/")) {
            assertThatThrownBy(() -> app.deployment
                            .sessions()
                            .trackingModes(EnumSet.of(SessionTrackingMode.SSL, SessionTrackingMode.COOKIE)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("SSL");
        }
    }

    @Test
    void ofTwoNotesThatAreKeptAtOnceNeitherIsLostUnseen() throws Exception {
        record Note(List<String> lost, String name) implements SessionNote {
            @Override
            public boolean isOver(long nowMillis) {
                return false;
            }

            @Override
            public void dropped() {
                lost.add(name);
            }
        }
        try (var app = TestApp.at("/").start()) {
            var dropped = new ArrayList<String>();
            var session = app.context.createSession(null);
            var first = new Note(dropped, "first");
            var second = new Note(dropped, "second");
            assertThat(session.replaceNote(null, first)).isTrue();
            assertThat(session.replaceNote(null, second))
                    .as("who has not seen the first")
                    .isFalse();
            assertThat(session.note()).isSameAs(first);
            assertThat(session.replaceNote(first, second)).isTrue();
            assertThat(dropped).containsExactly("first");
            session.invalidate();
            session.replaceNote(null, new Note(dropped, "late"));
            assertThat(dropped).containsExactly("first", "second", "late");
            assertThat(session.note()).isNull();
        }
    }

    @Test
    void idsDoNotRepeat() {
        try (var app = counting("/")) {
            var ids = new HashSet<String>();
            for (int i = 0; i < 1000; i++) ids.add(id(app.get("/count")));
            assertThat(ids).hasSize(1000);
        }
    }

    @Test
    void stopEndsAllSessions() {
        try (var app = counting("/").listener(new Recording())) {
            app.get("/count");
            app.context.stop();
            assertThat(told).contains("destroyed with 1");
        }
    }

    private class Recording implements HttpSessionListener, HttpSessionAttributeListener, HttpSessionIdListener {
        @Override
        public void sessionCreated(HttpSessionEvent event) {
            told.add("created");
        }

        @Override
        public void sessionDestroyed(HttpSessionEvent event) {
            told.add("destroyed with " + event.getSession().getAttribute("count"));
        }

        @Override
        public void attributeAdded(HttpSessionBindingEvent event) {
            told.add("added " + event.getName());
        }

        @Override
        public void attributeReplaced(HttpSessionBindingEvent event) {
            told.add("replaced " + event.getName());
        }

        @Override
        public void attributeRemoved(HttpSessionBindingEvent event) {
            told.add("removed " + event.getName());
        }

        @Override
        public void sessionIdChanged(HttpSessionEvent event, String oldId) {
            told.add("id changed from " + oldId);
        }
    }

    @Test
    void aRequestThatNamesASessionIsAUseOfItWhoeverAnswers() { // Servlet 6.1 §7.6
        try (var app = counting("/app")
                .servlet("/other", (request, response) -> {})
                .servlet(
                        "/last",
                        (request, response) -> response.getWriter()
                                .write(String.valueOf(request.getSession(false).getLastAccessedTime())))
                .with(d -> d.sessions().timeoutMinutes(1))) {
            String id = id(app.get("/app/count"));
            app.nowMillis += 50_000;
            app.run(with(id, "/app/other"));
            app.nowMillis += 50_000;
            assertThat(app.run(with(id, "/app/last")).body()).isEqualTo("1050000");
        }
    }

    @Test
    void tooManyCookiesDoNotDisturbWhoAsksForNone() {
        try (var app = counting("/app")
                .servlet("/other", (request, response) -> response.getWriter().write("fine"))) {
            app.get("/app/count");
            var cookies = "a=b; ".repeat(300);
            assertThat(app.run(TestExchange.get("/app/other").field("Cookie", cookies))
                            .body())
                    .isEqualTo("fine");
            assertThat(app.run(TestExchange.get("/app/count").field("Cookie", cookies))
                            .status())
                    .isEqualTo(431);
        }
    }

    @Test
    void trackingModesOfTheServerHoldWhereAnApplicationSaysNone() {
        var both = EnumSet.of(SessionTrackingMode.COOKIE, SessionTrackingMode.URL);
        try (var app = counting("/app")
                .servlet("/asked", (request, response) -> response.getWriter().write(request.getRequestedSessionId()))
                .with(d -> d.sessions().defaultTrackingModes(both))) {
            assertThat(app.get("/app/asked;jsessionid=abc").body()).isEqualTo("abc");
            assertThat(app.context.getDefaultSessionTrackingModes()).isEqualTo(both);
            assertThat(app.context.getEffectiveSessionTrackingModes()).isEqualTo(both);
        }
        try (var app = counting("/app")
                .with(d -> d.sessions()
                        .defaultTrackingModes(both)
                        .trackingModes(EnumSet.of(SessionTrackingMode.COOKIE)))) {
            assertThat(app.context.getEffectiveSessionTrackingModes()).containsExactly(SessionTrackingMode.COOKIE);
        }
    }
}
