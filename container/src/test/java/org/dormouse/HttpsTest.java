package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletException;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.OnMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.dormouse.filter.HttpsRedirectFilter;
import org.dormouse.tls.ClientAuthentication;
import org.dormouse.tls.TestCertificates;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server with certificates, as its clients and its servlets see it. */
@Timeout(60)
class HttpsTest {
    private static final String ATTRIBUTES = "jakarta.servlet.request.";

    @TempDir
    private Path folder;

    private Path authorities;

    @BeforeEach
    void writeAuthorities() throws IOException {
        authorities = Files.writeString(folder.resolve("ca.pem"), TestCertificates.AUTHORITY.chainPem());
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Tls tls(String name, TestCertificates.Identity identity) throws IOException {
        return Tls.pem(write(name + ".pem", identity.chainPem()), write(name + ".key", identity.keyPem()));
    }

    private Tls tls() throws IOException {
        return tls("server", TestCertificates.SERVER_EC)
                .andPem(
                        write("rsa.pem", TestCertificates.SERVER_RSA.chainPem()),
                        write("rsa.key", TestCertificates.SERVER_RSA.keyPem()));
    }

    private static Dormouse.Builder builder() {
        return Mode.builder().loops(1).host("127.0.0.1");
    }

    /** Says what it is asked for, by the path. */
    private static final class Facts extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            if (request.getParameter("session") != null) request.getSession();
            if (request.getParameter("redirect") != null) {
                response.sendRedirect("/elsewhere");
                return;
            }
            var certificates = (X509Certificate[]) request.getAttribute(ATTRIBUTES + "X509Certificate");
            response.getWriter()
                    .print(String.join(
                            "|",
                            request.getScheme(),
                            "" + request.isSecure(),
                            request.getRequestURL(),
                            "" + request.getServletConnection().isSecure(),
                            request.getServletConnection().getProtocol(),
                            "" + request.getAttribute(ATTRIBUTES + "secure_protocol"),
                            "" + request.getAttribute(ATTRIBUTES + "cipher_suite"),
                            "" + request.getAttribute(ATTRIBUTES + "key_size"),
                            request.getAttribute(ATTRIBUTES + "ssl_session_id") == null ? "no id" : "id",
                            certificates == null
                                    ? "nobody"
                                    : certificates[0].getSubjectX500Principal().getName(),
                            request.getRemoteUser() + " " + request.getAuthType() + " " + request.isUserInRole("admin"),
                            "" + Collections.list(request.getAttributeNames()).size()));
        }
    }

    private static WebApp facts() {
        return Mode.app("/").servlet("/*", new Facts());
    }

    private static HttpClient client(TestCertificates.@Nullable Identity identity) {
        return HttpClient.newBuilder()
                .sslContext(TestCertificates.clientContext(identity))
                .build();
    }

    private static HttpResponse<String> get(HttpClient client, String url) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    // --- what a servlet sees

    @ParameterizedTest
    @CsvSource({"TLSv1.3,TLS_AES_256_GCM_SHA384,256", "TLSv1.2,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,128"})
    void aServletSeesThatItsRequestIsEncryptedAndHow(String protocol, String suite, String bits) throws Exception {
        var parameters = new SSLParameters(new String[] {suite}, new String[] {protocol});
        try (var server = builder().https(0, tls()).deploy(facts()).start();
                var client = HttpClient.newBuilder()
                        .sslContext(TestCertificates.clientContext(null))
                        .sslParameters(parameters)
                        .build()) {
            assertThat(server.port()).isEqualTo(server.httpsPort()).isPositive();
            String url = "https://localhost:" + server.httpsPort() + "/x";
            var answer = get(client, url + "?session");
            assertThat(answer.body())
                    .isEqualTo(String.join(
                            "|",
                            "https",
                            "true",
                            url,
                            "true",
                            "http/1.1",
                            protocol,
                            suite,
                            bits,
                            "id",
                            "nobody",
                            "null null false",
                            "4"));
            assertThat(answer.headers().firstValue("Set-Cookie").orElseThrow()).contains("; Secure");
        }
    }

    @Test
    void httpIsServedBesideHttpsAndKnowsNothingOfIt() throws Exception {
        try (var server = builder().port(0).https(0, tls()).deploy(facts()).start();
                var client = client(null)) {
            assertThat(server.port()).isPositive().isNotEqualTo(server.httpsPort());
            assertThat(server.addresses())
                    .containsExactly("127.0.0.1:" + server.port(), "127.0.0.1:" + server.httpsPort() + " tls");
            assertThat(get(client, "http://localhost:" + server.port() + "/").body())
                    .startsWith("http|false|http://")
                    .contains("|null|null|null|no id|nobody|")
                    .endsWith("|0");
            assertThat(get(client, "https://localhost:" + server.httpsPort() + "/")
                            .body())
                    .startsWith("https|true|https://");
        }
    }

    @Test
    void theStandardPortIsNotWritten() throws Exception {
        try (var server = builder().https(0, tls()).deploy(facts()).start()) {
            String answer = ask(server.httpsPort(), "localhost", "Host: localhost");
            assertThat(answer).contains("https|true|https://localhost/|");
        }
    }

    @Test
    void aConfidentialResourceIsSentToThePortOfHttps() throws Exception {
        Path web = folder.resolve("app");
        Files.createDirectories(web.resolve("WEB-INF"));
        Files.writeString(web.resolve("secret.txt"), "the secret");
        Files.writeString(web.resolve("WEB-INF/web.xml"), """
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
                  <security-constraint>
                    <web-resource-collection><web-resource-name>all</web-resource-name><url-pattern>/*</url-pattern></web-resource-collection>
                    <user-data-constraint><transport-guarantee>CONFIDENTIAL</transport-guarantee></user-data-constraint>
                  </security-constraint>
                </web-app>
                """);
        try (var server = builder()
                        .port(0)
                        .https(0, tls())
                        .deploy(WebApp.at("/").war(web))
                        .start();
                var client = HttpClient.newBuilder()
                        .sslContext(TestCertificates.clientContext(null))
                        .followRedirects(HttpClient.Redirect.ALWAYS)
                        .build()) {
            var answer = get(client, "http://localhost:" + server.port() + "/secret.txt");
            assertThat(answer.body()).isEqualTo("the secret");
            assertThat(answer.uri()).hasToString("https://localhost:" + server.httpsPort() + "/secret.txt");
        }
    }

    // --- names

    private static String redirected(Dormouse server) throws IOException {
        try (var peer = RawHttp.connect(server.port())) {
            peer.send("GET /a?b HTTP/1.1\nHost: shop.example:80\n\n").expectStatus(308);
            return peer.field("Location");
        }
    }

    @Test
    void theRedirectToHttpsKnowsWhereThatIs() throws Exception {
        try (var server = builder()
                .port(0)
                .https(0, tls())
                .set("https-redirect.enabled", "true")
                .deploy(facts())
                .start()) {
            assertThat(server.port()).isNotEqualTo(server.httpsPort());
            assertThat(redirected(server)).isEqualTo("https://shop.example:" + server.httpsPort() + "/a?b");
        }
        try (var server = builder()
                .port(0)
                .https(0, tls())
                .set("https-redirect.enabled", "true")
                .set("tls.public-port", "443")
                .deploy(facts())
                .start()) {
            assertThat(redirected(server)).isEqualTo("https://shop.example/a?b");
        }
        try (var server = builder()
                .port(0)
                .https(0, tls())
                .deploy(Mode.app("/")
                        .servlet("/*", new Facts())
                        .filter("/*", new HttpsRedirectFilter().with("port", "8443")))
                .start()) {
            assertThat(redirected(server)).isEqualTo("https://shop.example:8443/a?b");
        }
    }

    @Test
    void aLineOfTheAccessLogTellsTheVersionOfTlsAndOfRefusalsToo() throws Exception {
        Path log = folder.resolve("access.log");
        try (var server = builder()
                        .port(0)
                        .https(0, tls())
                        .set("access-log.file", log.toString())
                        .set("access-log.format", "json")
                        .deploy(facts())
                        .start();
                var client = client(null)) {
            get(client, "https://localhost:" + server.httpsPort() + "/x");
            try (var socket = (SSLSocket) TestCertificates.clientContext(null)
                    .getSocketFactory()
                    .createSocket("localhost", server.httpsPort())) {
                socket.setEnabledProtocols(new String[] {"TLSv1.2"});
                send(socket, "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n");
                socket.getInputStream().readAllBytes();
            }
            try (var peer = RawHttp.connect(server.port())) {
                peer.send("GET / HTTP/1.1\nHost: h\n\n").expectStatus(200);
            }
        }
        List<String> lines = Files.readAllLines(log);
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).contains("\"status\":200").endsWith("\"tls\":\"TLSv1.3\"}");
        assertThat(lines.get(1)).contains("\"status\":400").endsWith("\"tls\":\"TLSv1.2\"}");
        assertThat(lines.get(2)).contains("\"status\":200").endsWith("\"tls\":null}");
    }

    @Test
    void aRequestForAnotherHostThanThatOfTheHandshakeIsMisdirected() throws Exception {
        var tls = tls().andPem(
                        write("b.pem", TestCertificates.OTHER_SERVER.chainPem()),
                        write("b.key", TestCertificates.OTHER_SERVER.keyPem()));
        try (var server = builder().https(0, tls).deploy(facts()).start()) {
            int port = server.httpsPort();
            assertThat(ask(port, "a.example.org", "Host: a.example.org")).startsWith("HTTP/1.1 200");
            assertThat(ask(port, "a.example.org", "Host: localhost:8443"))
                    .as("of one certificate")
                    .startsWith("HTTP/1.1 200");
            assertThat(ask(port, "b.example.org", "Host: B.example.org")).startsWith("HTTP/1.1 200");
            assertThat(ask(port, "a.example.org", "Host: b.example.org")).startsWith("HTTP/1.1 421");
            assertThat(ask(port, "b.example.org", "Host: a.example.org")).startsWith("HTTP/1.1 421");
            assertThat(ask(port, "b.example.org", "Host: unknown.example.org")).startsWith("HTTP/1.1 421");
            assertThat(ask(port, null, "Host: b.example.org")).startsWith("HTTP/1.1 421");
            assertThat(ask(port, null, "Host: a.example.org")).startsWith("HTTP/1.1 200");
            assertThat(exchange(port, "b.example.org", "GET / HTTP/1.0\r\n\r\n"))
                    .as("no host")
                    .startsWith("HTTP/1.1 421");
            assertThat(exchange(port, "a.example.org", "GET / HTTP/1.0\r\n\r\n"))
                    .as("no host")
                    .startsWith("HTTP/1.1 200");
            String absolute = "GET http://b.example.org/ HTTP/1.1\r\nHost: b.example.org\r\nConnection: close\r\n\r\n";
            assertThat(exchange(port, "a.example.org", absolute)).startsWith("HTTP/1.1 421");
        }
    }

    @Test
    void aSecondRequestOfAConnectionIsLookedAtAsTheFirst() throws Exception {
        var tls = tls().andPem(
                        write("b.pem", TestCertificates.OTHER_SERVER.chainPem()),
                        write("b.key", TestCertificates.OTHER_SERVER.keyPem()));
        try (var server = builder().https(0, tls).deploy(facts()).start()) {
            String two =
                    "GET / HTTP/1.1\r\nHost: a.example.org\r\n\r\n" + "GET / HTTP/1.1\r\nHost: b.example.org\r\n\r\n";
            assertThat(exchange(server.httpsPort(), "a.example.org", two))
                    .startsWith("HTTP/1.1 200")
                    .contains("HTTP/1.1 421");
        }
    }

    @Test
    void strictlyWhoNamesNoKnownHostHasNoConnection() throws Exception {
        try (var server = builder().https(0, tls().strictSni()).deploy(facts()).start()) {
            int port = server.httpsPort();
            assertThat(ask(port, "a.example.org", "Host: a.example.org")).startsWith("HTTP/1.1 200");
            for (String name : new String[] {null, "b.example.org"})
                assertThatThrownBy(() -> ask(port, name, "Host: a.example.org"))
                        .isInstanceOf(SSLException.class)
                        .hasMessageContaining("unrecognized_name");
            assertThat(exchange(port, "a.example.org", "GET / HTTP/1.0\r\n\r\n"))
                    .startsWith("HTTP/1.1 421");
            assertThat(ask(port, "a.example.org", "Host: b.example.org")).startsWith("HTTP/1.1 421");
        }
    }

    // --- clients with certificates

    private WebApp memberArea() throws IOException {
        Path web = folder.resolve("members");
        Files.createDirectories(web.resolve("WEB-INF"));
        Files.writeString(web.resolve("WEB-INF/web.xml"), """
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
                  <security-constraint>
                    <web-resource-collection><web-resource-name>all</web-resource-name><url-pattern>/*</url-pattern></web-resource-collection>
                    <auth-constraint><role-name>admin</role-name></auth-constraint>
                  </security-constraint>
                  <login-config><auth-method>CLIENT-CERT</auth-method></login-config>
                  <security-role><role-name>admin</role-name></security-role>
                </web-app>
                """);
        return Mode.app("/").war(web).servlet("/*", new Facts());
    }

    @Test
    void aCertificateLogsItsSubjectIn() throws Exception {
        Path users = write("users.txt", "CN=Test Client:{certificate}:admin\nann:{certificate}:admin\n");
        var unknown = TestCertificates.issue("EC", "Stranger");
        var byCommonName = TestCertificates.issue("EC", "ann");
        var tls = tls().clientAuth(ClientAuthentication.WANT).trust(authorities);
        try (var server = builder()
                        .https(0, tls)
                        .deploy(memberArea().users(users))
                        .start();
                var member = client(TestCertificates.CLIENT);
                var ann = client(byCommonName);
                var stranger = client(unknown);
                var nobody = client(null)) {
            String url = "https://localhost:" + server.httpsPort() + "/";
            assertThat(get(member, url).body()).contains("|CN=Test Client|CN=Test Client CLIENT_CERT true|");
            assertThat(get(ann, url).body()).contains("|CN=ann|ann CLIENT_CERT true|");
            assertThat(get(stranger, url).statusCode()).isEqualTo(403);
            assertThat(get(nobody, url).statusCode()).isEqualTo(403);
        }
    }

    @Test
    void aCertificateOfAnUnknownAuthorityIsNoCertificate() throws Exception {
        var elsewhere = TestCertificates.authority("Elsewhere");
        Path other = write("other.pem", elsewhere.chainPem());
        var tls = tls().clientAuth(ClientAuthentication.NEED).trust(other);
        try (var server = builder().https(0, tls).deploy(facts()).start();
                var member = client(TestCertificates.CLIENT)) {
            assertThatThrownBy(() -> get(member, "https://localhost:" + server.httpsPort() + "/"))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void oneAddressOrOneNameAsksForCertificatesAndOthersDoNot() throws Exception {
        var b = Tls.pem(
                        write("b.pem", TestCertificates.OTHER_SERVER.chainPem()),
                        write("b.key", TestCertificates.OTHER_SERVER.keyPem()))
                .clientAuth(ClientAuthentication.NEED);
        var tls = tls().trust(authorities).host("b.example.org", b);
        try (var server = builder()
                .tls(tls)
                .listen("127.0.0.1:0 tls", "127.0.0.2:0 tls client-auth=need")
                .deploy(facts())
                .start()) {
            int open = server.httpsPort();
            int closed = Integer.parseInt(server.addresses().get(1).replaceAll(".*:([0-9]+) .*", "$1"));
            assertThat(ask(open, "a.example.org", "Host: a.example.org")).contains("|nobody|");
            assertThatThrownBy(() -> ask(open, "b.example.org", "Host: b.example.org"))
                    .isInstanceOf(IOException.class);
            assertThat(ask(open, "a.example.org", "Host: b.example.org")).startsWith("HTTP/1.1 421");
            SSLContext known = TestCertificates.clientContext(TestCertificates.CLIENT);
            assertThat(exchange("127.0.0.1", open, known, "b.example.org", request("b.example.org")))
                    .contains("|CN=Test Client|");
            assertThatThrownBy(() -> exchange(
                            "127.0.0.2",
                            closed,
                            TestCertificates.clientContext(null),
                            "a.example.org",
                            request("a.example.org")))
                    .isInstanceOf(IOException.class);
            assertThat(exchange("127.0.0.2", closed, known, "a.example.org", request("a.example.org")))
                    .contains("|CN=Test Client|");
        }
    }

    @Test
    void anApplicationThatLogsInByCertificateIsRefusedWhereNobodyAsksForOne() throws Exception {
        WebApp application = memberArea();
        Tls tls = tls().trust(authorities);
        assertThatThrownBy(() -> builder().https(0, tls).deploy(application).prepare())
                .isInstanceOf(IllegalStateException.class)
                .hasStackTraceContaining("auth-method is CLIENT-CERT, but no client is asked for a certificate");
        assertThatThrownBy(() -> builder().port(0).deploy(memberArea()).prepare())
                .hasStackTraceContaining("tls.client-auth");
    }

    // --- certificates that change, or cannot be had

    @Test
    void newCertificatesAreForNewConnectionsAndOldConnectionsLiveOn() throws Exception {
        Tls tls = tls("server", TestCertificates.SERVER_EC).reloadInterval(java.time.Duration.ZERO);
        try (var server = builder().https(0, tls).deploy(facts()).start();
                var before =
                        connect("127.0.0.1", server.httpsPort(), TestCertificates.clientContext(null), "localhost")) {
            send(before, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(before.getInputStream().read()).isEqualTo('H');
            var renewed = TestCertificates.issue("EC", "renewed", "localhost");
            tls("server", renewed);
            server.reloadCertificates();
            try (var after =
                    connect("127.0.0.1", server.httpsPort(), TestCertificates.clientContext(null), "localhost")) {
                assertThat(after.getSession().getPeerCertificates()[0]).isEqualTo(renewed.certificate());
            }
            write("server.key", TestCertificates.SERVER_EC.keyPem());
            assertThatThrownBy(server::reloadCertificates)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("does not match the certificate of CN=renewed");
            try (var after =
                    connect("127.0.0.1", server.httpsPort(), TestCertificates.clientContext(null), "localhost")) {
                assertThat(after.getSession().getPeerCertificates()[0]).isEqualTo(renewed.certificate());
            }
            send(before, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(all(before)).contains("HTTP/1.1 200").contains("Connection: close");
        }
    }

    @Test
    void filesThatChangeAreSeenByThemselves() throws Exception {
        Tls tls = tls("server", TestCertificates.SERVER_EC).reloadInterval(java.time.Duration.ofMillis(20));
        try (var server = builder().https(0, tls).deploy(facts()).start()) {
            var renewed = TestCertificates.issue("EC", "renewed", "localhost");
            tls("server", renewed);
            boolean isSeen = false;
            while (!isSeen) {
                try (var after =
                        connect("127.0.0.1", server.httpsPort(), TestCertificates.clientContext(null), "localhost")) {
                    isSeen = after.getSession().getPeerCertificates()[0].equals(renewed.certificate());
                }
            }
        }
    }

    @Test
    void whatCannotBeHadKeepsTheServerFromStartingWithKeyFileAndReason() throws Exception {
        var mixed = Tls.pem(
                write("a.pem", TestCertificates.SERVER_EC.chainPem()),
                write("b.key", TestCertificates.OTHER_SERVER.keyPem()));
        assertThatThrownBy(() -> builder().https(0, mixed).deploy(facts()).prepare())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("tls.certificate " + folder.resolve("a.pem"), "does not match");
        assertThatThrownBy(() ->
                        builder().listen("127.0.0.1:0 tls").deploy(facts()).prepare())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("127.0.0.1:0 is to speak TLS, but there is no certificate");
        try (var plain = builder().port(0).deploy(facts()).start()) {
            assertThatThrownBy(plain::reloadCertificates).isInstanceOf(IllegalStateException.class);
        }
    }

    // --- sessions by TLS

    /** Says its session and whether that is new; no cookie and no URL has a say. */
    private static final class Visits extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (request.getParameter("change") != null) request.changeSessionId();
            var session = request.getSession();
            response.getWriter()
                    .print(session.isNew() + " " + session.getId() + " " + request.isRequestedSessionIdFromCookie()
                            + request.isRequestedSessionIdFromURL() + " " + response.encodeURL("/x"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aSessionThatIsTrackedByTlsIsThatOfItsConnection(String protocol) throws Exception {
        WebApp application = Mode.app("/")
                .servlet("/*", new Visits())
                .initializer((types, context) -> context.setSessionTrackingModes(EnumSet.of(SessionTrackingMode.SSL)));
        try (var server = builder()
                        .port(0)
                        .https(0, tls())
                        .set("tls.protocols", protocol)
                        .deploy(application)
                        .start();
                var one = client(null);
                var other = client(null)) {
            String url = "https://localhost:" + server.httpsPort() + "/";
            HttpResponse<String> first = get(one, url);
            assertThat(first.body()).startsWith("true ").endsWith(" falsefalse /x");
            assertThat(first.headers().firstValue("Set-Cookie")).isEmpty();
            String id = first.body().split(" ")[1];
            assertThat(get(one, url).body()).isEqualTo("false " + id + " falsefalse /x");

            String changed = get(one, url + "?change").body().split(" ")[1];
            assertThat(changed).isNotEqualTo(id);
            assertThat(get(one, url).body()).startsWith("false " + changed);

            var stranger = HttpRequest.newBuilder(URI.create(url + ";jsessionid=" + changed))
                    .header("Cookie", "JSESSIONID=" + changed)
                    .build();
            assertThat(other.send(stranger, BodyHandlers.ofString()).body())
                    .startsWith("true ")
                    .doesNotContain(changed);
            try (var plain = RawHttp.connect(server.port())) {
                plain.send("GET / HTTP/1.1\nHost: h\nCookie: JSESSIONID=" + changed + "\n\n")
                        .expectStatus(200);
                assertThat(plain.text()).startsWith("true ").doesNotContain(changed);
            }
        }
    }

    // --- beside TLS

    @ServerEndpoint("/socket")
    public static final class Secure {
        @OnMessage
        public String answer(String asked, Session session) {
            return asked + " " + session.isSecure() + " "
                    + session.getRequestURI().getScheme();
        }
    }

    @Test
    void aWebSocketOverTlsIsSecure() throws Exception {
        var answered = new CompletableFuture<String>();
        try (var server = builder()
                        .https(0, tls())
                        .deploy(Mode.app("/").endpoint(Secure.class))
                        .start();
                var client = client(null)) {
            WebSocket socket = client.newWebSocketBuilder()
                    .buildAsync(
                            URI.create("wss://localhost:" + server.httpsPort() + "/socket"), new WebSocket.Listener() {
                                @Override
                                public @Nullable CompletionStage<?> onText(
                                        WebSocket from, CharSequence text, boolean isLast) {
                                    answered.complete(text.toString());
                                    return null;
                                }
                            })
                    .get(20, TimeUnit.SECONDS);
            socket.sendText("ask", true).get(20, TimeUnit.SECONDS);
            assertThat(answered.get(20, TimeUnit.SECONDS)).isEqualTo("ask true wss");
            socket.abort();
        }
    }

    @Test
    void aProxyIsTakenAtItsWordAtItsAddressOnlyAndBeforeTheHandshake() throws Exception {
        try (var server = builder()
                .tls(tls())
                .listen("127.0.0.1:0 tls proxy=127.0.0.1", "127.0.0.2:0")
                .deploy(Mode.app("/").servlet("/*", new HttpServlet() {
                    private static final long serialVersionUID = 1;

                    @Override
                    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                        response.getWriter().print(request.getScheme() + " for " + request.getRemoteAddr());
                    }
                }))
                .start()) {
            String header = "PROXY TCP4 203.0.113.7 192.0.2.1 54321 443\r\n";
            try (var socket = new Socket("127.0.0.1", server.httpsPort())) {
                socket.getOutputStream().write(header.getBytes(StandardCharsets.ISO_8859_1));
                var context = TestCertificates.clientContext(null);
                try (var encrypted = (SSLSocket)
                        context.getSocketFactory().createSocket(socket, "localhost", server.httpsPort(), true)) {
                    send(encrypted, request("localhost"));
                    assertThat(all(encrypted)).endsWith("https for 203.0.113.7");
                }
            }
            int plain = Integer.parseInt(server.addresses().get(1).replaceAll(".*:", ""));
            try (var socket = new Socket("127.0.0.2", plain)) {
                socket.getOutputStream().write((header + request("localhost")).getBytes(StandardCharsets.ISO_8859_1));
                assertThat(all(socket)).startsWith("HTTP/1.1 400");
            }
        }
    }

    // --- a client that says what it wants

    private static String request(String host) {
        return "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
    }

    private static String ask(int port, @Nullable String name, String host) throws IOException {
        return exchange(port, name, "GET / HTTP/1.1\r\n" + host + "\r\nConnection: close\r\n\r\n");
    }

    private static String exchange(int port, @Nullable String name, String request) throws IOException {
        return exchange("127.0.0.1", port, TestCertificates.clientContext(null), name, request);
    }

    private static String exchange(String address, int port, SSLContext context, @Nullable String name, String request)
            throws IOException {
        try (var socket = connect(address, port, context, name)) {
            send(socket, request);
            return all(socket);
        }
    }

    private static SSLSocket connect(String address, int port, SSLContext context, @Nullable String name)
            throws IOException {
        var socket = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getByName(address), port);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(name == null ? List.of() : List.of(new SNIHostName(name)));
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String all(Socket socket) throws IOException {
        try (InputStream input = socket.getInputStream()) {
            return new String(input.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
