package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.dormouse.identity.MirrorUsers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Logins over sockets, as the builder declares them. */
@Timeout(60)
class LoginTest {
    private static final String LINE = "\r\n";

    @TempDir
    Path folder;

    private static final class Who extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter()
                    .print(request.getMethod() + " " + request.getRemoteUser() + " " + request.getAuthType() + " "
                            + request.getParameter("amount"));
        }
    }

    private WebApp app() throws IOException {
        Path users = Files.writeString(folder.resolve("users.txt"), "anna:secret:admin\nbert:hidden:user\n");
        Path pages = Files.createDirectory(folder.resolve("pages"));
        Files.writeString(pages.resolve("login.html"), "<form action=j_security_check method=post>");
        Files.writeString(pages.resolve("failed.html"), "no");
        return Mode.app("/shop")
                .servlet("/admin/*", new Who())
                .resources(pages)
                .users(users)
                .protect("/admin/*", "admin");
    }

    private static Dormouse start(WebApp app) {
        return Mode.builder().host("127.0.0.1").port(0).deploy(app).start();
    }

    private static String cookie(Http.Answer answer) {
        int at = answer.head().indexOf("JSESSIONID=");
        return answer.head().substring(at, answer.head().indexOf(';', at));
    }

    private static String post(String path, String body, String... fields) {
        return "POST " + path + " HTTP/1.1" + LINE + "Host: localhost" + LINE
                + "Content-Type: application/x-www-form-urlencoded" + LINE + "Content-Length: " + body.length() + LINE
                + String.join(
                        "", java.util.Arrays.stream(fields).map(f -> f + LINE).toList()) + LINE + body;
    }

    @Test
    void aPostIsMadeAgainAfterTheLoginByAStaticPage() throws IOException {
        try (var server = start(app().formLogin("/login.html", "/failed.html"));
                var client = Http.connect(server)) {
            client.send(post("/shop/admin/pay", "amount=7"));
            Http.Answer shown = client.answer();
            assertThat(shown.status()).isEqualTo(200);
            assertThat(shown.body()).contains("j_security_check");
            assertThat(shown.head()).contains("Cache-Control: no-store");

            client.send(post(
                    "/shop/admin/j_security_check", "j_username=anna&j_password=wrong", "Cookie: " + cookie(shown)));
            assertThat(client.answer().body()).isEqualTo("no");
            client.send(post(
                    "/shop/admin/j_security_check", "j_username=anna&j_password=secret", "Cookie: " + cookie(shown)));
            Http.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(303);
            assertThat(answer.head()).containsPattern("Location: (http://localhost)?/shop/admin/pay\r\n");

            client.send("GET /shop/admin/pay HTTP/1.1" + LINE + "Host: localhost" + LINE + "Cookie: " + cookie(answer)
                    + LINE + LINE);
            assertThat(client.answer().body()).isEqualTo("POST anna FORM 7");
            assertThat(client.get("/shop/login.html").status())
                    .as("the connection goes on")
                    .isEqualTo(200);
        }
    }

    @Test
    void theBuilderProtectsByPatternAndRole() throws IOException {
        try (var server = start(app().basicLogin("the realm"));
                var client = Http.connect(server)) {
            Http.Answer challenged = client.get("/shop/admin/x");
            assertThat(challenged.status()).isEqualTo(401);
            assertThat(challenged.head()).contains("Basic realm=\"the realm\"");
            assertThat(client.get("/shop/login.html").status()).isEqualTo(200);
        }
        assertThatThrownBy(() -> WebApp.at("/").protect("/x")).hasMessageContaining("no role is let in at /x");
        assertThatThrownBy(() -> WebApp.at("/").formLogin("login.html", "/failed.html"))
                .hasMessageContaining("login.html");
    }

    @Test
    void aSourceOfSomebodyElseIsFoundByItsNameSharedByApplicationsAndClosedWithTheLast() throws IOException {
        Path source = Files.writeString(folder.resolve("users.properties"), "source=mirror\nroles=admin,user\n");
        String credentials = Base64.getEncoder().encodeToString("anna:anna".getBytes(StandardCharsets.UTF_8));
        var builder = Mode.builder().host("127.0.0.1").port(0).set("users.source", source.toString());
        for (String path : List.of("/one", "/two"))
            builder.deploy(WebApp.at(path)
                    .servlet("/*", new Who())
                    .protect("/*", "admin")
                    .basicLogin("r"));
        try (var server = builder.start();
                var client = Http.connect(server)) {
            assertThat(MirrorUsers.OPEN).hasValue(1);
            for (String path : List.of("/one/x", "/two/x")) {
                client.send("GET " + path + " HTTP/1.1" + LINE + "Host: localhost" + LINE + "Authorization: Basic "
                        + credentials + LINE + LINE);
                assertThat(client.answer().body()).isEqualTo("GET anna BASIC null");
            }
        }
        assertThat(MirrorUsers.OPEN).hasValue(0);
        Files.writeString(source, "source=mirror\n");
        assertThatThrownBy(() -> Mode.builder()
                        .set("users.source", source.toString())
                        .deploy(WebApp.at("/"))
                        .start())
                .hasMessageContainingAll("users.source", "users.properties", "roles is missing");
    }

    @Test
    void digestIsForThoseWhoAllowIt() throws IOException {
        WebApp app = app().digestLogin("the realm");
        assertThatThrownBy(() -> start(app)).hasStackTraceContaining("login.digest");
        try (var server = Mode.builder()
                        .host("127.0.0.1")
                        .port(0)
                        .set("login.digest", "sha-256, md5")
                        .deploy(app)
                        .start();
                var client = Http.connect(server)) {
            Http.Answer challenged = client.get("/shop/admin/x");
            assertThat(challenged.status()).isEqualTo(401);
            assertThat(challenged.head()).contains("algorithm=SHA-256", "algorithm=MD5");
        }
    }
}
