package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.HttpConstraintElement;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.annotation.HttpConstraint;
import jakarta.servlet.annotation.ServletSecurity;
import jakarta.servlet.annotation.ServletSecurity.EmptyRoleSemantic;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.dormouse.identity.Caller;
import org.dormouse.identity.TooManyLogins;
import org.dormouse.servlet.security.ResourceCollection;
import org.dormouse.servlet.security.SecurityConstraint;
import org.junit.jupiter.api.Test;

class SecurityGateTest {
    private static TestApp guarded() {
        return TestApp.at("/app")
                .with(d -> {
                    d.roles().add("admin");
                    d.security().authMethod("BASIC").realm("the realm").users((name, password) -> switch (name + ":"
                            + password) {
                        case "anna:secret" -> new Caller("anna", Set.of("admin"));
                        case "bert:hidden" -> new Caller("bert", Set.of("user"));
                        default -> null;
                    });
                    d.security().constraints().add(at("/admin/*", Set.of("admin"), false));
                    d.security().constraints().add(at("/closed", Set.of(), false));
                    d.security().constraints().add(at("/tls", null, true));
                })
                .servlet(
                        "/",
                        (request, response) -> response.getWriter()
                                .write(request.getRemoteUser() + " " + request.getAuthType() + " "
                                        + request.isUserInRole("admin")))
                .servlet(
                        "/forward",
                        (request, response) ->
                                request.getRequestDispatcher("/admin/x").forward(request, response))
                .servlet("/login", (request, response) -> {
                    assertThatThrownBy(() -> request.login("anna", "wrong")).isInstanceOf(ServletException.class);
                    request.login("anna", "secret");
                    assertThat(request.getUserPrincipal().getName()).isEqualTo("anna");
                    assertThatThrownBy(() -> request.login("bert", "hidden")).isInstanceOf(ServletException.class);
                    request.logout();
                    assertThat(request.getUserPrincipal()).isNull();
                })
                .servlet("/authenticate", (request, response) -> {
                    if (request.authenticate(response)) response.getWriter().write(request.getRemoteUser());
                });
    }

    private static SecurityConstraint at(String pattern, Set<String> roles, boolean confidential) {
        var collection = new ResourceCollection(Set.of(pattern), Set.of(), Set.of());
        return new SecurityConstraint(List.of(collection), roles, confidential);
    }

    private static TestExchange as(String credentials, String target) {
        String encoded = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        return TestExchange.get(target).field("Authorization", "Basic " + encoded);
    }

    @Test
    void withoutCredentialsTheClientIsChallenged() {
        try (var app = guarded()) {
            var exchange = app.get("/app/admin/x");
            assertThat(exchange.status()).isEqualTo(401);
            assertThat(exchange.responseField("WWW-Authenticate")).startsWith("Basic realm=\"the realm\"");
            assertThat(app.run(as("anna:wrong", "/app/admin/x")).status()).isEqualTo(401);
        }
    }

    @Test
    void securitySetBeforeAPatternIsMappedProtectsThePattern() {
        var app = TestApp.at("/app")
                .with(d -> d.listeners().add(ListenerDeclaration.of(new ServletContextListener() {
                    @Override
                    public void contextInitialized(ServletContextEvent event) {
                        var servlet = event.getServletContext()
                                .addServlet(
                                        "late",
                                        TestApp.servlet((request, response) ->
                                                response.getWriter().write("secret")));
                        servlet.setServletSecurity(
                                new ServletSecurityElement(new HttpConstraintElement(EmptyRoleSemantic.DENY)));
                        servlet.addMapping("/late");
                    }
                })));
        try (app) {
            assertThat(app.get("/app/late").status()).isEqualTo(403);
        }
    }

    /** Says itself that nobody may come in. */
    @ServletSecurity(@HttpConstraint(ServletSecurity.EmptyRoleSemantic.DENY))
    public static final class ClosedServlet extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().write("secret");
        }
    }

    @Test
    void rolesThatAnnotationsAndCodeNameAreAmongThoseThatTheStarStandsFor() {
        var app = guarded()
                .with(d -> {
                    d.security().constraints().add(at("/any/*", Set.of("*"), false));
                    d.servlet("named").instance(new UserServlet()).pattern("/named");
                })
                .servlet("/any/*", (request, response) -> response.getWriter().write(request.getRemoteUser()));
        try (app) {
            assertThat(app.run(as("bert:hidden", "/app/any/x")).body()).isEqualTo("bert");
            assertThat(app.run(as("bert:hidden", "/app/named")).status()).isEqualTo(200);
            assertThat(app.run(as("bert:hidden", "/app/admin/x")).status()).isEqualTo(403);
        }
    }

    /** For those who have the role user, which nobody else names. */
    @ServletSecurity(@HttpConstraint(rolesAllowed = "user"))
    public static final class UserServlet extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().write("of users");
        }
    }

    @Test
    void annotationsOfAServletAddedInCodeProtectIt() {
        var app = TestApp.at("/app")
                .with(d -> d.servlet("instance").instance(new ClosedServlet()).pattern("/instance"))
                .with(d -> d.listeners().add(ListenerDeclaration.of(new ServletContextListener() {
                    @Override
                    public void contextInitialized(ServletContextEvent event) {
                        var context = event.getServletContext();
                        context.addServlet("type", ClosedServlet.class).addMapping("/type");
                        context.addServlet("name", ClosedServlet.class.getName())
                                .addMapping("/name");
                    }
                })));
        try (app) {
            for (String path : List.of("/instance", "/type", "/name")) {
                assertThat(app.get("/app" + path).status()).as(path).isEqualTo(403);
            }
        }
    }

    @Test
    void roleLetsInAndAnotherDoesNot() {
        try (var app = guarded()) {
            assertThat(app.run(as("anna:secret", "/app/admin/x")).body()).isEqualTo("anna BASIC true");
            assertThat(app.run(as("bert:hidden", "/app/admin/x")).status()).isEqualTo(403);
        }
    }

    @Test
    void pathsThatLookDifferentAreGuardedAlike() {
        try (var app = guarded()) {
            for (String path :
                    List.of("/app/admin", "/app//admin/x", "/app/%61dmin/x", "/app/admin;v=1/x", "/app/x/../admin/x")) {
                assertThat(app.get(path).status()).as(path).isEqualTo(401);
            }
        }
    }

    @Test
    void nobodyIsLetInWhereNoRoleIsNamedAndPlainTextNotWhereEncryptionIsDemanded() {
        try (var app = guarded()) {
            assertThat(app.run(as("anna:secret", "/app/closed")).status()).isEqualTo(403);
            assertThat(app.get("/app/tls").status()).isEqualTo(403);
            assertThat(app.run(TestExchange.get("/app/tls").secure()).status()).isEqualTo(200);
        }
    }

    @Test
    void plainTextIsSentToTheEncryptedPortWhereThereIsOne() {
        try (var app = guarded()) {
            app.context.securePort(() -> 8443);
            var redirected = app.run(TestExchange.get("/app/tls?a=b").field("Host", "www.example.org:8080"));
            assertThat(redirected.status()).isEqualTo(302);
            assertThat(redirected.responseField("Location")).isEqualTo("https://www.example.org:8443/app/tls?a=b");
            app.context.securePort(() -> 443);
            var standard = app.run(TestExchange.get("//app/tls").field("Host", "[::1]"));
            assertThat(standard.responseField("Location")).isEqualTo("https://[::1]/app/tls");
            assertThat(app.get("/app/tls").status()).as("without a host").isEqualTo(403);
        }
    }

    @Test
    void unguardedPathKnowsNobodyAndForwardsAreNotAsked() {
        try (var app = guarded()) {
            assertThat(app.run(as("anna:secret", "/app/free")).body()).isEqualTo("null null false");
            assertThat(app.get("/app/forward").status()).isEqualTo(200);
        }
    }

    @Test
    void whoseCredentialsCannotBeCheckedNowIsAskedToComeAgain() {
        var busy = guarded()
                .with(d -> d.security().users((name, password) -> {
                    throw new TooManyLogins("busy");
                }))
                .servlet(
                        "/login-busy",
                        (request, response) -> assertThatThrownBy(() -> request.login("anna", "secret"))
                                .isInstanceOf(ServletException.class)
                                .hasMessageContaining("could not be checked"));
        try (busy) {
            for (String path : List.of("/app/admin/x", "/app/authenticate")) {
                var exchange = busy.run(as("anna:secret", path));
                assertThat(exchange.status()).as(path).isEqualTo(503);
                assertThat(exchange.responseField("Retry-After")).isEqualTo("1");
                assertThat(exchange.responseField("WWW-Authenticate")).isNull();
            }
            assertThat(busy.get("/app/login-busy").status()).isEqualTo(200);
            assertThat(busy.get("/app/admin/x").status()).isEqualTo(401);
        }
    }

    @Test
    void codeMayLogInAndOut() {
        try (var app = guarded()) {
            assertThat(app.get("/app/login").status()).isEqualTo(200);
            assertThat(app.get("/app/authenticate").status()).isEqualTo(401);
            assertThat(app.run(as("bert:hidden", "/app/authenticate")).body()).isEqualTo("bert");
        }
    }

    @Test
    void whereALoginMayBeCheckedNothingRunsOnALoop() {
        try (var app = guarded().with(d -> d.nonBlocking(true))) {
            app.get("/app/free");
            var dispatcher = app.context.dispatcher();
            assertThat(dispatcher.promiseAt("/app/free")).isNotNull();
            assertThat(dispatcher.promiseAt("/app/closed")).isNotNull();
            for (String path : List.of("/app/admin", "/app/admin/x", "/app/%61dmin/x"))
                assertThat(dispatcher.promiseAt(path)).as(path).isNull();
        }
        try (var app = guarded().with(d -> {
            d.nonBlocking(true);
            d.security().authMethod("FORM").formPages("/login", "/failed");
        })) {
            app.get("/app/free");
            assertThat(app.context.dispatcher().promiseAt("/app/x/j_security_check"))
                    .isNull();
        }
    }

    @Test
    void digestIsRefusedUnlessItIsAllowedAndSomebodyCouldLogInWithIt() {
        var off = TestApp.at("/").with(d -> d.security().authMethod("DIGEST"));
        try (off) {
            assertThatThrownBy(off::start).hasMessageContaining("login.digest");
        }
        var nobody = TestApp.at("/").with(d -> d.security().authMethod("DIGEST").digestAlgorithms(List.of("SHA-256")));
        try (nobody) {
            assertThatThrownBy(nobody::start).hasMessageContaining("nobody could log in");
        }
        var noProvider = TestApp.at("/").with(d -> d.security().authMethod("OPENID"));
        try (noProvider) {
            assertThatThrownBy(noProvider::start).hasMessageContaining("openid.issuer");
        }
    }

    @Test
    void whoFailsTooOftenIsAnswered429InEveryWayToLogIn() {
        var app = guarded()
                .servlet(
                        "/login-locked",
                        (request, response) -> assertThatThrownBy(() -> request.login("anna", "secret"))
                                .isInstanceOf(ServletException.class)
                                .hasMessageContaining("could not be checked"));
        try (app) {
            for (int i = 0; i < 10; i++)
                assertThat(app.run(as("anna:wrong" + i, "/app/admin/x")).status())
                        .isEqualTo(401);
            var locked = app.run(as("anna:secret", "/app/admin/x"));
            assertThat(locked.status()).isEqualTo(429);
            assertThat(Integer.parseInt(locked.responseField("Retry-After"))).isBetween(1, 600);
            assertThat(app.get("/app/login-locked").status()).isEqualTo(200);
            assertThat(app.run(as("anna:secret", "/app/admin/x").from("198.51.100.7"))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aSourceOfUsersThatFailsLetsNobodyIn() {
        var app = guarded()
                .with(d -> d.security().users((name, password) -> {
                    throw new IllegalStateException("the database is away");
                }));
        try (app) {
            assertThat(app.run(as("anna:secret", "/app/admin/x")).status()).isEqualTo(500);
            assertThat(app.run(as("anna:secret", "/app/authenticate")).status()).isEqualTo(500);
            assertThat(app.get("/app/admin/x").status()).isEqualTo(401);
        }
    }
}
