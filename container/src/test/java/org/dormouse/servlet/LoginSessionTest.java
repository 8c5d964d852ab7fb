package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.dormouse.identity.Caller;
import org.dormouse.servlet.security.ResourceCollection;
import org.dormouse.servlet.security.SecurityConstraint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a login does to the session, and the session to later requests. */
class LoginSessionTest {
    private static TestApp app() {
        return TestApp.at("/")
                .with(d -> {
                    d.roles().add("admin");
                    d.security().authMethod("BASIC").users((name, password) -> switch (name + ":" + password) {
                        case "anna:secret" -> new Caller("anna", Set.of("admin"));
                        case "bert:hidden" -> new Caller("bert", Set.of("user"));
                        default -> null;
                    });
                    d.security()
                            .constraints()
                            .add(new SecurityConstraint(
                                    List.of(ResourceCollection.of("/admin/*")), Set.of("admin", "user"), false));
                })
                .servlet("/visit", (request, response) -> {
                    request.getSession().setAttribute("visited", true);
                    response.getWriter().write(who(request));
                })
                .servlet("/login", (request, response) -> request.login("anna", "secret"))
                .servlet("/login-then-session", (request, response) -> {
                    request.login("anna", "secret");
                    request.getSession();
                })
                .servlet("/authenticate", (request, response) -> request.authenticate(response))
                .servlet("/logout", (request, response) -> {
                    request.logout();
                    response.getWriter().write(who(request));
                })
                .servlet("/replace", (request, response) -> {
                    request.getUserPrincipal();
                    request.getSession().invalidate();
                    request.getSession();
                })
                .servlet("/admin/*", (request, response) -> response.getWriter().write(who(request)))
                .servlet("/", (request, response) -> response.getWriter().write(who(request)));
    }

    private static String who(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        Object visited = session == null ? "no session" : session.getAttribute("visited");
        return request.getRemoteUser() + " " + request.getAuthType() + " " + request.isUserInRole("admin") + " "
                + visited;
    }

    private static TestExchange with(String id, String target) {
        return TestExchange.get(target).field("Cookie", "JSESSIONID=" + id);
    }

    private static TestExchange as(String credentials, TestExchange exchange) {
        String encoded = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        return exchange.field("Authorization", "Basic " + encoded);
    }

    private static String newId(TestExchange exchange) {
        assertThat(exchange.responseFields("Set-Cookie")).hasSize(1);
        String cookie = exchange.responseField("Set-Cookie");
        return cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/login", "/authenticate", "/admin/x"})
    void aSessionIdThatWasKnownBeforeTheLoginIsWorthlessAfterwards(String login) {
        try (var app = app()) {
            String planted = newId(app.get("/visit"));

            String id = newId(app.run(as("anna:secret", with(planted, login))));

            assertThat(id).isNotEqualTo(planted);
            assertThat(app.run(with(planted, "/")).body()).isEqualTo("null null false no session");
            assertThat(app.run(with(planted, "/admin/x")).status()).isEqualTo(401);
            assertThat(app.run(with(id, "/")).body()).endsWith(" true");
        }
    }

    @Test
    void laterRequestsOfTheSessionComeFromWhoLoggedIn() {
        try (var app = app()) {
            String id = newId(app.run(with(newId(app.get("/visit")), "/login")));

            assertThat(app.run(with(id, "/")).body()).isEqualTo("anna LOGIN true true");
            assertThat(app.run(with(id, "/admin/x")).body()).isEqualTo("anna LOGIN true true");
            assertThat(app.run(as("bert:hidden", with(id, "/admin/x"))).body()).startsWith("anna LOGIN");
            assertThat(app.get("/").body()).isEqualTo("null null false no session");
            assertThat(app.get("/admin/x").status()).isEqualTo(401);
        }
    }

    @Test
    void whoIsLoggedInWithTheSessionCannotLogInAgain() {
        try (var app = app().servlet(
                        "/again",
                        (request, response) -> assertThatThrownBy(() -> request.login("bert", "hidden"))
                                .isInstanceOf(ServletException.class)
                                .hasMessageContaining("anna"))) {
            String id = newId(app.run(with(newId(app.get("/visit")), "/login")));
            assertThat(app.run(with(id, "/again")).status()).isEqualTo(200);
        }
    }

    @Test
    void aSessionMadeAfterTheLoginKeepsTheCaller() {
        try (var app = app()) {
            String id = newId(app.get("/login-then-session"));
            assertThat(app.run(with(id, "/admin/x")).body()).startsWith("anna LOGIN true");
        }
    }

    @Test
    void logoutIsForTheSession() {
        try (var app = app()) {
            String id = newId(app.run(with(newId(app.get("/visit")), "/login")));

            assertThat(app.run(with(id, "/logout")).body()).isEqualTo("null null false true");

            assertThat(app.run(with(id, "/")).body()).isEqualTo("null null false true");
            assertThat(app.run(with(id, "/admin/x")).status()).isEqualTo(401);
        }
    }

    @Test
    void anotherSessionAfterTheOldOneEndedKnowsNobody() {
        try (var app = app()) {
            String id = newId(app.run(with(newId(app.get("/visit")), "/login")));

            String next = newId(app.run(with(id, "/replace")));

            assertThat(app.run(with(id, "/")).body()).isEqualTo("null null false no session");
            assertThat(app.run(with(next, "/")).body()).isEqualTo("null null false null");
            assertThat(app.run(with(next, "/admin/x")).status()).isEqualTo(401);
        }
    }

    @Test
    void credentialsAreNotKeptWithTheSession() {
        try (var app = app()) {
            String id = newId(app.run(as("anna:secret", with(newId(app.get("/visit")), "/admin/x"))));
            assertThat(app.run(with(id, "/admin/x")).status()).isEqualTo(401);
            assertThat(app.run(with(id, "/")).body()).isEqualTo("null null false true");
        }
    }

    @Test
    void requestsThatArriveTogetherWithCredentialsAgreeOnOneNewId() throws Exception {
        var together = new CyclicBarrier(8);
        try (var app = app();
                var threads = Executors.newFixedThreadPool(8)) {
            String id = newId(app.get("/visit"));
            var requests = new ArrayList<Callable<TestExchange>>();
            for (int i = 0; i < 8; i++) {
                requests.add(() -> {
                    var exchange = as("anna:secret", with(id, "/admin/x"));
                    together.await(10, TimeUnit.SECONDS);
                    return app.run(exchange);
                });
            }
            var cookies = new HashSet<String>();
            for (var request : threads.invokeAll(requests))
                cookies.addAll(request.get().responseFields("Set-Cookie"));
            assertThat(cookies).hasSize(1);
            assertThat(app.context.sessions().size()).isEqualTo(1);
        }
    }

    @Test
    void theIdStaysAsLongAsTheSameCallerSendsCredentials() {
        try (var app = app().servlet("/admin/visit", (request, response) -> request.getSession())) {
            String id = newId(app.run(as("anna:secret", with(newId(app.get("/visit")), "/admin/x"))));
            assertThat(app.run(as("anna:secret", with(id, "/admin/x"))).responseField("Set-Cookie"))
                    .isNull();

            String own = newId(app.run(as("anna:secret", TestExchange.get("/admin/visit"))));
            assertThat(app.run(as("anna:secret", with(own, "/admin/x"))).responseField("Set-Cookie"))
                    .isNull();
        }
    }

    @Test
    void aSecondUserWithCredentialsDoesNotSeeTheSessionOfTheFirst() {
        try (var app = app().servlet("/admin/visit", (request, response) -> {
                    request.getSession().setAttribute("visited", request.getRemoteUser());
                    response.getWriter().write("visited");
                })
                .servlet("/admin/keep", (request, response) -> {
                    response.getWriter().write(who(request));
                    request.getSession();
                })) {
            String id = newId(app.run(as("anna:secret", TestExchange.get("/admin/visit"))));
            assertThat(app.run(as("anna:secret", with(id, "/admin/x"))).body()).endsWith(" anna");
            var berts = app.run(as("bert:hidden", with(id, "/admin/keep")));
            assertThat(berts.body()).isEqualTo("bert BASIC false no session");
            String own = newId(berts);
            assertThat(own).isNotEqualTo(id);
            assertThat(app.run(as("bert:hidden", with(own, "/admin/x"))).body()).isEqualTo("bert BASIC false null");
            assertThat(app.run(as("anna:secret", with(id, "/admin/x"))).body()).endsWith(" no session");
        }
    }

    @Test
    void aLoginWithoutNameOrPasswordFailsAsAWrongOneDoes() { // Javadoc of HttpServletRequest.login
        try (var app = app().servlet("/nobody", (request, response) -> {
            assertThatThrownBy(() -> request.login(null, "secret")).isInstanceOf(ServletException.class);
            assertThatThrownBy(() -> request.login("anna", null)).isInstanceOf(ServletException.class);
        })) {
            assertThat(app.get("/nobody").status()).isEqualTo(200);
        }
    }
}
