package org.dormouse.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dormouse.tls.TestCertificates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandTest {
    @TempDir
    Path folder;

    @Test
    void withoutAnApplicationTheDemonstrationAnswers() throws Exception {
        try (var dormouse = DormouseProcess.start("run", "--port", "0", "--host", "127.0.0.1");
                var client = HttpClient.newHttpClient()) {
            var page = client.send(get(dormouse.port(), "/"), BodyHandlers.ofString());
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("<h1>Dormouse</h1>");
        }
    }

    @Test
    void sigtermClosesAndEndsWithTheStatusOfTheSignal() throws Exception {
        try (var dormouse = DormouseProcess.start("run", "--port", "0", "--host", "127.0.0.1")) {
            dormouse.port();
            assertThat(dormouse.terminate().exitStatus()).isEqualTo(143);
            assertThat(dormouse.errors()).doesNotContain("Exception");
        }
    }

    @Test
    void settingsComeFromTheFileAndTheCommandLineWins() throws Exception {
        Path config = folder.resolve("dormouse.properties");
        Files.writeString(config, "server.port=1\nserver.host=127.0.0.1\nserver.loops=1\nhttp.server-header=file\n");
        try (var dormouse = DormouseProcess.start(
                        "run", "--config", "" + config, "--set", "http.server-header=line", "--port", "0");
                var client = HttpClient.newHttpClient()) {
            var facts = client.send(get(dormouse.port(), "/api/facts"), BodyHandlers.ofString());
            assertThat(facts.headers().firstValue("Server")).contains("line");
            assertThat(facts.body()).contains("\"loops\":\"1\"");
        }
    }

    @Test
    void anUnknownSettingIsSaidInOneLine() throws Exception {
        try (var dormouse = DormouseProcess.start("run", "--set", "server.prot=1")) {
            assertThat(dormouse.exitStatus()).isEqualTo(2);
            assertThat(dormouse.errors())
                    .contains("there is no setting server.prot")
                    .contains("server.port");
            assertThat(dormouse.errors().lines()).hasSize(1);
        }
    }

    @Test
    void theBackendAskedForServesAndOneThatIsNotThereIsSaidInOneLine() throws Exception {
        try (var dormouse = DormouseProcess.start("run", "--port", "0", "--host", "127.0.0.1", "--backend", "nio");
                var client = HttpClient.newHttpClient()) {
            var facts = client.send(get(dormouse.port(), "/api/facts"), BodyHandlers.ofString());
            assertThat(facts.statusCode()).isEqualTo(200);
        }
        try (var dormouse = DormouseProcess.start("run", "--port", "0", "--backend", "select")) {
            assertThat(dormouse.exitStatus()).isEqualTo(2);
            assertThat(dormouse.errors()).contains("server.backend").contains("auto, epoll, kqueue, nio");
            assertThat(dormouse.errors().lines()).hasSize(1);
        }
    }

    @Test
    void aPortInUseIsSaidInOneLine() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                var dormouse =
                        DormouseProcess.start("run", "--host", "127.0.0.1", "--port", "" + taken.getLocalPort())) {
            assertThat(dormouse.exitStatus()).isEqualTo(1);
            assertThat(dormouse.errors())
                    .containsOnlyOnce("127.0.0.1:" + taken.getLocalPort())
                    .contains("in use");
            assertThat(dormouse.errors().lines()).hasSize(1);
        }
    }

    @Test
    void aMissingWarIsSaidInOneLine() throws Exception {
        expectOneLine(folder.resolve("absent.war"), "absent.war");
    }

    @Test
    void aDamagedWarIsSaidInOneLine() throws Exception {
        Path damaged = folder.resolve("damaged.war");
        Files.writeString(damaged, "PK, but nothing more");
        expectOneLine(damaged, "damaged.war");
    }

    @Test
    void aWarWhoseServletClassIsMissingIsSaidInOneLine() throws Exception {
        Path descriptor = folder.resolve("broken/WEB-INF/web.xml");
        Files.createDirectories(descriptor.getParent());
        Files.writeString(descriptor, """
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
                  <servlet>
                    <servlet-name>broken</servlet-name>
                    <servlet-class>com.example.Absent</servlet-class>
                    <load-on-startup>1</load-on-startup>
                  </servlet>
                  <servlet-mapping><servlet-name>broken</servlet-name><url-pattern>/*</url-pattern></servlet-mapping>
                </web-app>
                """);
        String line = expectOneLine(folder.resolve("broken"), "broken", "com.example.Absent");
        assertThat(line).containsOnlyOnce("com.example.Absent");
    }

    @Test
    void aMissingUsersFileIsSaidInOneLine() throws Exception {
        try (var dormouse = DormouseProcess.start("run", "--port", "0", "--users", "" + folder.resolve("nobody.txt"))) {
            assertThat(dormouse.exitStatus()).isEqualTo(1);
            assertThat(dormouse.errors()).contains("nobody.txt");
            assertThat(dormouse.errors().lines()).hasSize(1);
        }
    }

    @Test
    void loopAskedForByNameDoesNotStartWithoutTheFlagAndNamesIt() throws Exception {
        try (var dormouse = DormouseProcess.start(withoutOpens(), "run", "--port", "0", "--execution", "loop")) {
            assertThat(dormouse.exitStatus()).isEqualTo(1);
            assertThat(dormouse.errors()).contains("--add-opens java.base/java.lang=ALL-UNNAMED");
        }
    }

    @Test
    void theDefaultFallsBackWithoutTheFlagAndSaysSoInOneLine() throws Exception {
        try (var dormouse = DormouseProcess.start(withoutOpens(), "run", "--port", "0", "--host", "127.0.0.1");
                var client = HttpClient.newHttpClient()) {
            var facts = client.send(get(dormouse.port(), "/api/facts"), BodyHandlers.ofString());
            assertThat(facts.body()).contains("\"execution\":\"virtual\"").contains("\"requestThreadIsVirtual\":true");
            dormouse.terminate().exitStatus();
            assertThat(dormouse.errors().lines().filter(line -> line.contains("--add-opens")))
                    .hasSize(1);
        }
    }

    @Test
    void executionIsTakenFromTheCommandLine() throws Exception {
        try (var dormouse = DormouseProcess.start("run", "--port", "0", "--host", "127.0.0.1", "--execution", "pool");
                var client = HttpClient.newHttpClient()) {
            var facts = client.send(get(dormouse.port(), "/api/facts"), BodyHandlers.ofString());
            assertThat(facts.body()).contains("\"execution\":\"pool\"").contains("\"requestThreadIsVirtual\":false");
        }
    }

    @Test
    void severalApplicationsAreServedUnderTheirNames() throws Exception {
        for (String name : List.of("shop", "ROOT")) {
            Files.createDirectories(folder.resolve(name));
            Files.writeString(folder.resolve(name).resolve("index.html"), "this is " + name);
        }
        try (var dormouse = DormouseProcess.start(
                        "run",
                        "--port",
                        "0",
                        "--host",
                        "127.0.0.1",
                        "" + folder.resolve("shop"),
                        "" + folder.resolve("ROOT"));
                var client = HttpClient.newHttpClient()) {
            int port = dormouse.port();
            assertThat(client.send(get(port, "/shop/"), BodyHandlers.ofString()).body())
                    .isEqualTo("this is shop");
            assertThat(client.send(get(port, "/"), BodyHandlers.ofString()).body())
                    .isEqualTo("this is ROOT");
        }
    }

    @Test
    void theUrlOfEveryApplicationIsPrintedAndAnswers() throws Exception {
        for (String name : List.of("shop", "tea house")) {
            Files.createDirectories(folder.resolve(name));
            Files.writeString(folder.resolve(name).resolve("index.html"), "this is " + name);
        }
        try (var dormouse = DormouseProcess.start(
                        "run",
                        "--port",
                        "0",
                        "--host",
                        "127.0.0.1",
                        "" + folder.resolve("shop"),
                        "" + folder.resolve("tea house"));
                var client = HttpClient.newHttpClient()) {
            List<URI> urls = dormouse.urls();
            assertThat(urls).extracting(URI::getPath).containsExactly("/shop/", "/tea house/");
            for (URI url : urls) {
                var page = client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
                assertThat(page.body()).startsWith("this is ");
            }
        }
    }

    @Test
    void theUrlOfTheDemonstrationHasItsContextPath() throws Exception {
        try (var dormouse = DormouseProcess.start("run", "--port", "0", "--host", "127.0.0.1", "--context", "/demo")) {
            assertThat(dormouse.urls()).extracting(URI::getPath).containsExactly("/demo/");
        }
    }

    @Test
    void httpsIsServedAloneOrBesideHttpAndBothUrlsArePrinted() throws Exception {
        var server = TestCertificates.SERVER_RSA;
        String certificate = "" + Files.writeString(folder.resolve("chain.pem"), server.chainPem());
        String key = "" + Files.writeString(folder.resolve("key.pem"), server.keyPem());
        String password = "" + Files.writeString(folder.resolve("password"), TestCertificates.PASSWORD);
        String store = "" + Files.write(folder.resolve("store.p12"), TestCertificates.OTHER_SERVER.pkcs12());
        String[] https = {"run", "--https-port", "0", "--certificate", certificate, "--private-key", key};
        String[] both = {"run", "--port", "0", "--https-port", "0", "--certificate", certificate, "--private-key", key};
        String[] withStore = {"--keystore", store, "--keystore-password-file", password};
        try (var client = HttpClient.newBuilder()
                .sslContext(TestCertificates.clientContext(null))
                .build()) {
            try (var dormouse = DormouseProcess.start(https)) {
                assertThat(dormouse.urls()).extracting(URI::getScheme).containsExactly("https");
            }
            try (var dormouse = DormouseProcess.start(
                    Stream.concat(Stream.of(both), Stream.of(withStore)).toArray(String[]::new))) {
                List<URI> urls = dormouse.urls();
                assertThat(urls).extracting(URI::getScheme).containsExactly("http", "https");
                for (URI url : urls)
                    assertThat(client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.discarding())
                                    .statusCode())
                            .isEqualTo(200);
            }
        }
    }

    @Test
    void aCertificateThatCannotBeHadEndsWithStatus2AndOneLineThatNamesItsFile() throws Exception {
        Path missing = folder.resolve("none.pem");
        try (var dormouse = DormouseProcess.start(
                "run", "--https-port", "0", "--certificate", "" + missing, "--private-key", "" + missing)) {
            assertThat(dormouse.exitStatus()).isEqualTo(2);
            assertThat(dormouse.errors().lines()).hasSize(1);
            assertThat(dormouse.errors()).contains("tls.certificate " + missing + ": there is no such file");
        }
    }

    @Test
    void anUnknownOptionEndsWithStatus2AndOneLine() throws Exception {
        try (var dormouse = DormouseProcess.start("run", "--prot", "1")) {
            assertThat(dormouse.exitStatus()).isEqualTo(2);
            assertThat(dormouse.errors()).contains("--prot").endsWith("See dormouse run --help\n");
            assertThat(dormouse.errors().lines()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--port 70000",
                "--port x",
                "--loops 0",
                "--loops 1025",
                "--execution fast",
                "--execution direct",
                "--set server.port=70000",
                "--set http.max-head-bytes=1",
                "--set http.head-timeout=soon",
                "--set foo=1",
                "--backend swift"
            })
    void aValueThatCannotBeEndsWithStatus2AndOneLine(String arguments) throws Exception {
        try (var dormouse = DormouseProcess.start(("run " + arguments).split(" "))) {
            assertThat(dormouse.exitStatus()).isEqualTo(2);
            assertThat(dormouse.errors().lines()).hasSize(1);
            assertThat(dormouse.errors()).endsWith("See dormouse run --help\n");
        }
    }

    @Test
    void anExecutionThatDoesNotExistIsAnsweredWithThoseThatDo() throws Exception {
        try (var dormouse = DormouseProcess.start("run", "--execution", "direct")) {
            dormouse.exitStatus();
            assertThat(dormouse.errors()).contains("[LOOP, VIRTUAL, POOL, INLINE]");
        }
    }

    @Test
    void aSettingLikeNoneIsAnsweredWithWhereTheyAre() throws Exception {
        try (var dormouse = DormouseProcess.start("run", "--set", "foo=1")) {
            dormouse.exitStatus();
            assertThat(dormouse.errors()).contains("docs/configuration.md").hasSizeLessThan(200);
        }
    }

    @Test
    void aUsersFileWithOnePlainPasswordIsWarnedOfOnceForSeveralApplications() throws Exception {
        Path users = folder.resolve("users.txt");
        Files.writeString(users, "ann:secret:admin\n");
        for (String name : List.of("shop", "tea")) Files.createDirectories(folder.resolve(name));
        try (var dormouse = DormouseProcess.start(
                "run",
                "--port",
                "0",
                "--host",
                "127.0.0.1",
                "--users",
                "" + users,
                "" + folder.resolve("shop"),
                "" + folder.resolve("tea"))) {
            dormouse.port();
            dormouse.terminate().exitStatus();
            assertThat(dormouse.errors().lines().filter(line -> line.contains("plain text")))
                    .singleElement()
                    .asString()
                    .contains("1 password in");
        }
    }

    @Test
    void aFolderWithoutWebInfIsServedWithoutItsHiddenFilesAndTheLogSaysSo() throws Exception {
        Files.createDirectories(folder.resolve("site/.well-known"));
        Files.createDirectories(folder.resolve("site/.git"));
        for (String file : List.of("a.txt", ".env", ".git/config", ".well-known/security.txt", ".well-known/.x")) {
            Files.writeString(folder.resolve("site").resolve(file), "content");
        }
        try (var dormouse = DormouseProcess.start(
                        "run", "--port", "0", "--host", "127.0.0.1", "" + folder.resolve("site"));
                var client = HttpClient.newHttpClient()) {
            int port = dormouse.port();
            for (String served : List.of("/a.txt", "/.well-known/security.txt")) {
                assertThat(client.send(get(port, served), BodyHandlers.discarding())
                                .statusCode())
                        .as(served)
                        .isEqualTo(200);
            }
            for (String hidden : List.of("/.env", "/.git/config", "/.well-known/.x")) {
                assertThat(client.send(get(port, hidden), BodyHandlers.discarding())
                                .statusCode())
                        .as(hidden)
                        .isEqualTo(404);
            }
            dormouse.terminate().exitStatus();
            assertThat(dormouse.errors().lines().filter(line -> line.contains("no WEB-INF")))
                    .singleElement()
                    .asString()
                    .contains("" + folder.resolve("site").toRealPath())
                    .doesNotContain("[main]");
        }
    }

    @Test
    void helpAndVersionEndWithStatus0() throws Exception {
        try (var help = DormouseProcess.start("--help");
                var version = DormouseProcess.start("--version")) {
            assertThat(help.exitStatus()).isZero();
            assertThat(help.output()).contains("run").contains("hash-password");
            assertThat(version.exitStatus()).isZero();
            assertThat(version.output()).startsWith("Dormouse ");
        }
    }

    private static String expectOneLine(Path application, String... parts) throws IOException, InterruptedException {
        try (var dormouse = DormouseProcess.start("run", "--port", "0", "" + application)) {
            assertThat(dormouse.exitStatus()).isEqualTo(1);
            assertThat(dormouse.errors()).contains(parts);
            assertThat(dormouse.errors().lines()).hasSize(1);
            return dormouse.errors();
        }
    }

    private static List<String> withoutOpens() {
        return List.of("--enable-native-access=ALL-UNNAMED");
    }

    private static HttpRequest get(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
    }
}
