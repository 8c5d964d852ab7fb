package org.dormouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.dormouse.tls.TestCertificates;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CLIENT-CERT over connections of TLS 1.2 whose handshake has asked for no certificate: the server asks when one is needed. */
@Timeout(60)
class CertificateOnDemandTest {
    @TempDir
    private Path folder;

    private Path authorities;
    private Path users;

    @BeforeEach
    void writeFiles() throws IOException {
        authorities = write("ca.pem", TestCertificates.AUTHORITY.chainPem());
        users = write("users.txt", "CN=Test Client:{certificate}:admin\n");
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Tls tls() throws IOException {
        return Tls.pem(
                write("server.pem", TestCertificates.SERVER_EC.chainPem()),
                write("server.key", TestCertificates.SERVER_EC.keyPem()));
    }

    private Dormouse.Builder builder() throws IOException {
        return Mode.builder()
                .loops(1)
                .host("127.0.0.1")
                .https(0, tls().trust(authorities))
                .set("tls.protocols", "TLSv1.2")
                .deploy(application());
    }

    private WebApp application() throws IOException {
        Path web = folder.resolve("members");
        Files.createDirectories(web.resolve("WEB-INF"));
        Files.writeString(web.resolve("WEB-INF/web.xml"), """
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
                  <security-constraint>
                    <web-resource-collection><web-resource-name>m</web-resource-name><url-pattern>/members/*</url-pattern></web-resource-collection>
                    <auth-constraint><role-name>admin</role-name></auth-constraint>
                  </security-constraint>
                  <login-config><auth-method>CLIENT-CERT</auth-method></login-config>
                  <security-role><role-name>admin</role-name></security-role>
                </web-app>
                """);
        return Mode.app("/").war(web).servlet("/*", new Facts()).users(users);
    }

    /** Says who asks, and how much of a body there was. */
    private static final class Facts extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            byte[] body = request.getInputStream().readAllBytes();
            var chain = (X509Certificate[]) request.getAttribute("jakarta.servlet.request.X509Certificate");
            String text = (chain == null
                            ? "nobody"
                            : chain[0].getSubjectX500Principal().getName())
                    + " " + request.getAuthType() + " " + body.length;
            response.setContentLength(text.length());
            response.getWriter().print(text);
        }
    }

    /** A client of TLS 1.2 that counts its handshakes. */
    private static final class Client implements AutoCloseable {
        final AtomicInteger handshakes = new AtomicInteger();
        final Socket plain;
        final SSLSocket socket;
        private final BufferedReader in;

        Client(Dormouse server, SSLContext context) throws IOException {
            int port = server.httpsPort();
            plain = new Socket(InetAddress.getByName("127.0.0.1"), port);
            plain.setSoTimeout(30_000);
            socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.addHandshakeCompletedListener(event -> handshakes.incrementAndGet());
            socket.startHandshake();
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        }

        void send(String text) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        /** Status and body of an answer whose length is announced. */
        String answer() throws IOException {
            String status = in.readLine();
            if (status == null) throw new IOException("the connection has ended");
            int length = 0;
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine())
                if (line.regionMatches(true, 0, "Content-Length:", 0, 15))
                    length = Integer.parseInt(line.substring(15).strip());
            char[] body = new char[length];
            for (int at = 0; at < length; ) {
                int count = in.read(body, at, length - at);
                if (count < 0) throw new IOException("the connection has ended in a body");
                at += count;
            }
            return status.substring(9, 12) + " " + new String(body);
        }

        String ask(String path) throws IOException {
            send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            return answer();
        }

        @Override
        public void close() throws IOException {
            plain.close();
        }
    }

    private static SSLContext showing(TestCertificates.@Nullable Identity identity) {
        return TestCertificates.clientContext(identity);
    }

    private static void await(AtomicInteger count, int expected) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (count.get() < expected && System.nanoTime() < end) LockSupport.parkNanos(1_000_000);
        assertThat(count).hasValue(expected);
    }

    @Test
    void aClientIsAskedWhenACertificateIsNeededAndOnlyOnce() throws Exception {
        try (var server = builder().start();
                var client = new Client(server, showing(TestCertificates.CLIENT))) {
            assertThat(client.ask("/open")).isEqualTo("200 nobody null 0");
            await(client.handshakes, 1);
            assertThat(client.ask("/members/a")).isEqualTo("200 CN=Test Client CLIENT_CERT 0");
            await(client.handshakes, 2);
            assertThat(client.ask("/members/b")).isEqualTo("200 CN=Test Client CLIENT_CERT 0");
            assertThat(client.ask("/open")).isEqualTo("200 CN=Test Client null 0");
            await(client.handshakes, 2);
        }
    }

    @Test
    void aSessionThatWouldBeResumedIsNoWayAroundTheCertificate() throws Exception {
        SSLContext context = showing(TestCertificates.CLIENT);
        try (var server = builder().start()) {
            for (int i = 0; i < 3; i++) {
                try (var client = new Client(server, context)) {
                    assertThat(client.ask("/open")).startsWith("200 ");
                    assertThat(client.ask("/members/a")).isEqualTo("200 CN=Test Client CLIENT_CERT 0");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theBodyIsReadBeforeAndReachesTheServlet(boolean isChunked) throws Exception {
        String body = "0123456789".repeat(1000);
        try (var server = builder().start();
                var client = new Client(server, showing(TestCertificates.CLIENT))) {
            String framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 10000";
            String framed = isChunked ? "2710\r\n" + body + "\r\n0\r\n\r\n" : body;
            client.send("POST /members/a HTTP/1.1\r\nHost: localhost\r\n" + framing + "\r\n\r\n" + framed);
            assertThat(client.answer()).isEqualTo("200 CN=Test Client CLIENT_CERT 10000");
            assertThat(client.ask("/members/b")).isEqualTo("200 CN=Test Client CLIENT_CERT 0");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBodyThatIsTooLongToBePutAsideIsAnswered413AndNobodyIsAsked(boolean isChunked) throws Exception {
        String body = "x".repeat(1025);
        try (var server = builder().set("login.max-saved-request", "1k").start();
                var client = new Client(server, showing(TestCertificates.CLIENT))) {
            String framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 1025";
            String framed = isChunked ? "401\r\n" + body + "\r\n0\r\n\r\n" : body;
            client.send("POST /members/a HTTP/1.1\r\nHost: localhost\r\n" + framing + "\r\n\r\n" + framed);
            assertThat(client.answer()).startsWith("413 ");
            assertThat(client.handshakes.get()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void whoHasNoCertificateLosesTheConnection() throws Exception {
        try (var server = builder().start();
                var client = new Client(server, showing(null))) {
            assertThat(client.ask("/open")).isEqualTo("200 nobody null 0");
            assertThatThrownBy(() -> client.ask("/members/a"))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("handshake_failure");
            assertThat(client.handshakes.get()).isLessThanOrEqualTo(1);
            try (var next = new Client(server, showing(null))) {
                assertThat(next.ask("/open")).isEqualTo("200 nobody null 0");
            }
        }
    }

    @Test
    void aCertificateOfAnUnknownAuthorityEndsTheConnectionToo() throws Exception {
        Path elsewhere =
                write("elsewhere.pem", TestCertificates.authority("Elsewhere").chainPem());
        try (var server = builder().https(0, tls().trust(elsewhere)).start();
                var client = new Client(server, showing(TestCertificates.CLIENT))) {
            assertThatThrownBy(() -> client.ask("/members/a")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void whoSendsMoreRequestsBeforeTheAnswerIsNotAsked() throws Exception {
        try (var server = builder().start();
                var client = new Client(server, showing(TestCertificates.CLIENT))) {
            String request = "GET /members/a HTTP/1.1\r\nHost: localhost\r\n\r\n";
            client.send(request + request + request);
            assertThat(client.answer()).startsWith("403 ");
            assertThat(client.answer()).startsWith("403 ");
            assertThat(client.answer()).startsWith("403 ");
            assertThat(client.ask("/members/b")).isEqualTo("200 CN=Test Client CLIENT_CERT 0");
        }
    }

    @Test
    void dataInTheMidstOfTheHandshakeEndsTheConnection() throws Exception {
        try (var server = builder().start();
                var client = new Client(server, showing(TestCertificates.CLIENT))) {
            client.send("GET /members/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
            awaitAnything(client.plain);
            client.send("GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThatThrownBy(() -> {
                        client.answer();
                        client.answer();
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void whoIsStillSendingWhenTheHandshakeFailsReadsTheAlertAndMeetsNoReset() throws Exception {
        try (var server = builder().start();
                var client = new Client(server, showing(TestCertificates.CLIENT))) {
            client.send("GET /members/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
            awaitAnything(client.plain);
            byte[] data = {23, 3, 3, 0, 1, 0}; // no record that means anything, and no time for one
            client.plain.getOutputStream().write(data);
            byte[] told = client.plain.getInputStream().readAllBytes();
            assertThat(told).contains((byte) 21); // an alert, behind the question
            for (int i = 0; i < 3; i++) client.plain.getOutputStream().write(data);
        }
    }

    @Test
    void whoLeavesTheQuestionWithoutAnAnswerIsCut() throws Exception {
        try (var server = builder().set("tls.handshake-timeout", "1s").start();
                var client = new Client(server, showing(TestCertificates.CLIENT))) {
            client.send("GET /members/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
            awaitAnything(client.plain);
            byte[] rest = client.plain.getInputStream().readAllBytes();
            assertThat(rest[0]).isEqualTo((byte) 22);
            try (var next = new Client(server, showing(TestCertificates.CLIENT))) {
                assertThat(next.ask("/members/a")).isEqualTo("200 CN=Test Client CLIENT_CERT 0");
            }
        }
    }

    private static void awaitAnything(Socket plain) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (plain.getInputStream().available() == 0 && System.nanoTime() < end) LockSupport.parkNanos(1_000_000);
        assertThat(plain.getInputStream().available()).isPositive();
    }

    @Test
    void withoutAuthoritiesOrWithTls13TheApplicationIsRefused() throws Exception {
        String reason = "only where tls.protocols is TLSv1.2 alone and tls.trust-store is set";
        var knowsNobody =
                Mode.builder().https(0, tls()).set("tls.protocols", "TLSv1.2").deploy(application());
        assertThatThrownBy(knowsNobody::prepare).hasStackTraceContaining(reason);
        var cannotAsk = Mode.builder().https(0, tls().trust(authorities)).deploy(application());
        assertThatThrownBy(cannotAsk::prepare).hasStackTraceContaining(reason);
    }
}
