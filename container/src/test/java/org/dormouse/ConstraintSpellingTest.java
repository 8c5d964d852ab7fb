package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two applications of a real server with constrained files and servlets, asked for in every way we know of writing a path. */
class ConstraintSpellingTest {
    private static final String SECRET = "the secret";
    private static final List<String> IN_SEGMENT = List.of(
            ";",
            ";x",
            ";x=y",
            ";/",
            ";.css",
            "%3B",
            "%3bx",
            "%00",
            "%09",
            "%0A",
            "%0d%0a",
            "%20",
            "+",
            "%2e",
            ".",
            "..",
            "%2F",
            "%2f",
            "%5c",
            "\\",
            "%c0%af",
            "%c0%ae",
            "%e0%80%af",
            "%ef%bc%8f",
            "%e2%80%8b",
            "%cc%81",
            "%ff",
            "%",
            "%u002f",
            "%252f",
            "%252e",
            "*",
            "~",
            ":",
            "@",
            "%23",
            "%3f",
            "#",
            "\u00e4");
    private static final List<String> FOR_SLASH = List.of(
            "//",
            "///",
            "/./",
            "/.//",
            "/x/../",
            "/x/y/../../",
            "/;/",
            "/;x/",
            "/.;/",
            "/..;/",
            "/x/..;/",
            "/%2e/",
            "/%2e%2e/",
            "/x/%2e%2e/",
            "/x/.%2e/",
            "/.%00/",
            "\\",
            "/\\",
            "%2f",
            "%5c",
            "/..%2f",
            "/x/..%5c",
            "/%252e%252e/",
            "/%c0%ae%c0%ae/",
            "/../",
            "/app/../",
            "/root/../",
            "/%20/",
            "/%09/",
            "/./x/.././");
    private static final List<String> AT_END = List.of(
            "/",
            "//",
            "/.",
            "/./",
            "/..",
            "/x/..",
            "/x/../",
            ";",
            ";/",
            "/;",
            "/..;/",
            "?",
            "?/",
            "??",
            "%3f",
            "%23",
            "#",
            ".",
            "..",
            "%2e",
            "%20",
            "%00",
            "%00.css",
            "%0a",
            ";.css",
            ".css",
            "/.css",
            "/x.css",
            "\\",
            "%5c",
            "*",
            "::$DATA",
            "%2f",
            "/%2e",
            "/index.html",
            "/WEB-INF/");

    @TempDir
    static Path folder;

    private static Dormouse server;

    private static final class Secret extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setHeader("Secret", SECRET);
            response.getWriter().write(SECRET);
        }
    }

    public static final class Talk extends Endpoint {
        @Override
        public void onOpen(Session session, EndpointConfig config) {}
    }

    private static WebApp application(String contextPath) throws IOException {
        Path war = Files.createDirectories(folder.resolve("war" + contextPath.replace('/', '-')));
        for (String file :
                List.of("admin/x", "admin/index.html", "files/a.sec", "WEB-INF/secret.txt", "META-INF/s.txt")) {
            Files.createDirectories(war.resolve(file).getParent());
            Files.writeString(war.resolve(file), SECRET);
        }
        Files.writeString(war.resolve("WEB-INF/web.xml"), """
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
                  <welcome-file-list>
                    <welcome-file>index.html</welcome-file><welcome-file>index.sec</welcome-file>
                  </welcome-file-list>
                  <security-constraint>
                    <web-resource-collection>
                      <web-resource-name>all methods</web-resource-name>
                      <url-pattern>/admin/*</url-pattern>
                      <url-pattern>*.sec</url-pattern>
                      <url-pattern>/exact</url-pattern>
                    </web-resource-collection>
                    <auth-constraint><role-name>admin</role-name></auth-constraint>
                  </security-constraint>
                  <login-config><auth-method>BASIC</auth-method></login-config>
                  <security-role><role-name>admin</role-name></security-role>
                </web-app>
                """);
        Path users = Files.writeString(folder.resolve("users.txt"), "anna:secret:admin\n");
        return Mode.app(contextPath)
                .war(war)
                .users(users)
                .servletNamed("secret", new Secret(), "/admin/servlet/*", "*.sec", "/exact")
                .endpoint(ServerEndpointConfig.Builder.create(Talk.class, "/admin/talk")
                        .build())
                .endpoint(ServerEndpointConfig.Builder.create(Talk.class, "/admin/rooms/{room}")
                        .build());
    }

    @BeforeAll
    static void start() throws IOException {
        server = Mode.builder()
                .port(0)
                .deploy(application("/"))
                .deploy(application("/app"))
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RawHttp ask(String method, String target, String fields) throws IOException {
        var http = RawHttp.connect(server.port());
        if (method.equals("HEAD")) http.afterHead();
        byte[] head = (method + " " + target + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + fields + "\r\n")
                .getBytes(StandardCharsets.UTF_8);
        http.sendBytes(head);
        http.receive();
        return http;
    }

    private static String credentials() {
        String encoded = Base64.getEncoder().encodeToString("anna:secret".getBytes(StandardCharsets.UTF_8));
        return "Authorization: Basic " + encoded + "\r\n";
    }

    /** Every spelling that differs from {@code path} in one place. */
    private static Set<String> spellings(String path) {
        var all = new LinkedHashSet<String>();
        all.add(path);
        for (int i = 0; i < path.length(); i++) {
            String before = path.substring(0, i);
            String after = path.substring(i + 1);
            char c = path.charAt(i);
            for (String instead : FOR_SLASH) if (c == '/') all.add(before + instead + after);
            for (String extra : IN_SEGMENT) if (i > 0) all.add(before + extra + c + after);
            all.add(before + String.format("%%%02x", (int) c) + after);
            all.add(before + String.format("%%%02X", (int) c) + after);
            all.add(before + String.format("%%25%02x", (int) c) + after);
            all.add(before + String.format("%%u00%02x", (int) c) + after);
            all.add(before + Character.toUpperCase(c) + after);
            all.add(before + Character.toLowerCase(c) + after);
        }
        for (String end : AT_END) all.add(path + end);
        all.add(path.toUpperCase(Locale.ROOT));
        all.add("http://h" + path);
        all.add("http://h/" + path);
        all.add("HTTPS://other:1/." + path);
        return all;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/app/admin/x",
                "/app/admin/servlet/x",
                "/app/files/a.sec",
                "/app/files/",
                "/app/",
                "/exact",
                "/",
                "/app/WEB-INF/secret.txt",
                "/META-INF/s.txt",
                "/app/WEB-INF/x.sec"
            })
    void noSpellingOfAPathGetsPastItsConstraint(String path) throws IOException {
        for (String target : spellings(path)) {
            try (var http = ask("GET", target, "")) {
                assertThat(http.text()).as(target).doesNotContain(SECRET);
                assertThat(http.field("Secret")).as(target).isNull();
                assertThat(http.status()).as(target).isBetween(300, 499);
            }
        }
    }

    private static final String OPENING = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private static int open(String target, String fields) throws IOException {
        try (var http = RawHttp.connect(server.port())) {
            http.sendBytes(("GET " + target + " HTTP/1.1\r\nHost: h\r\n" + OPENING + fields + "\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            http.receive();
            return http.status();
        }
    }

    /** CVE-2026-76183: an endpoint is found by the path that its constraint was asked about, and by no other. */
    @ParameterizedTest
    @ValueSource(strings = {"/app/admin/talk", "/admin/talk", "/app/admin/rooms/7"})
    void noSpellingOfAPathOpensAWebSocketPastItsConstraint(String path) throws IOException {
        for (String target : spellings(path))
            assertThat(open(target, "")).as(target).isBetween(300, 499);
        assertThat(open(path, credentials())).isEqualTo(101);
        assertThat(open(path.replace("/admin/", "//%61dmin;x/./"), credentials()))
                .isEqualTo(101);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "FOO", "PROPFIND", "TRACE"})
    void noMethodGetsPastAConstraintOnAllMethods(String method) throws IOException {
        String override =
                "X-HTTP-Method-Override: GET\r\nX-Original-URL: /\r\nX-Rewrite-URL: /\r\nContent-Length: 0\r\n";
        for (String path : List.of("/app/admin/x", "/app/admin/servlet/x", "/app/x.sec", "/app/exact", "/")) {
            try (var http = ask(method, path, override)) {
                assertThat(http.text()).as(path).doesNotContain(SECRET);
                assertThat(http.field("Secret")).as(path).isNull();
                assertThat(http.status()).as(path).isIn(401, 405);
            }
        }
    }

    @Test
    void whoMayComeInDoesBySeveralSpellings() throws IOException {
        for (String path : List.of(
                "/app/admin/x",
                "/app/admin/",
                "//app//%61dmin;y/./x",
                "/app/files/a.sec;x",
                "/app/files/",
                "/app/",
                "/exact",
                "/x/../app/exact",
                "/")) {
            try (var http = ask("GET", path, credentials())) {
                assertThat(http.status()).as(path).isEqualTo(200);
                assertThat(http.text()).as(path).isEqualTo(SECRET);
            }
        }
        try (var http = ask("GET", "/app/WEB-INF/secret.txt", credentials())) {
            assertThat(http.status()).isEqualTo(404);
        }
    }
}
