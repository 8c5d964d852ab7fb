package org.dormouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dormouse.compression.Coding;
import org.dormouse.http.BodyCoder;
import org.dormouse.http1.Http1Limits;
import org.dormouse.poller.socket.SocketOption;
import org.dormouse.poller.socket.SocketOptions;
import org.dormouse.servlet.RequestLimits;
import org.dormouse.servlet.SessionDeclaration;
import org.dormouse.servlet.StaticSettings;
import org.dormouse.transport.ConnectionLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
    private static final Pattern DOCUMENTED =
            Pattern.compile("^\\| `([a-z0-9-]+\\.[a-z0-9-]+)` \\| (?:`([^`]+)`|[a-z ]+) \\|", Pattern.MULTILINE);

    /** As in {@code http.max-fields}: what is written so in a source is a key, whatever it is written for. */
    private static final Pattern NAMED = Pattern.compile(
            "(?<![\\w./-])("
                    + "(?:connections|deploy|http|multipart|proxy-protocol|server|session|socket|tls|websocket)\\.(?:max|min)-[a-z-]*[a-z])(?![\\w(-])");

    private static final Map<String, String> SOCKET_KEYS = Map.ofEntries(
            Map.entry("server.backlog", "7"),
            Map.entry("socket.reuse-address", "false"),
            Map.entry("socket.reuse-port", "true"),
            Map.entry("socket.ipv6-only", "true"),
            Map.entry("socket.bind-to-device", "eth7"),
            Map.entry("socket.receive-buffer", "16k"),
            Map.entry("socket.send-buffer", "16k"),
            Map.entry("socket.no-delay", "false"),
            Map.entry("socket.keep-alive", "false"),
            Map.entry("socket.keep-alive-idle", "7s"),
            Map.entry("socket.keep-alive-interval", "7s"),
            Map.entry("socket.keep-alive-count", "7"),
            Map.entry("socket.user-timeout", "7s"),
            Map.entry("socket.linger", "0"),
            Map.entry("socket.fast-open", "7"),
            Map.entry("socket.defer-accept", "7s"),
            Map.entry("socket.busy-poll", "7"),
            Map.entry("socket.type-of-service", "7"));

    /** One key for each filter, and the access log. */
    private static final Map<String, String> SWITCHED_ON = Map.of(
            "forwarded.trusted", "::1",
            "request-id.enabled", "true",
            "security-headers.enabled", "true",
            "hosts.allowed", "h",
            "https-redirect.enabled", "true",
            "cors.allowed-origins", "http://h",
            "rate-limit.requests", "10",
            "access-log.file", "target/defaults.log");

    private final Configuration configuration = new Configuration();

    @Test
    void whatIsNotSetHasTheDefaultsOfTheRecords() {
        assertThat(configuration.http1()).isEqualTo(Http1Limits.DEFAULT);
        assertThat(configuration.connections()).isEqualTo(ConnectionLimits.DEFAULT);
        assertThat(configuration.requests()).isEqualTo(RequestLimits.DEFAULT);
        assertThat(configuration.admission().maxInFlight()).isEqualTo(10_000);
    }

    @ParameterizedTest
    @CsvSource({"300,300", "64k,65536", "1M,1048576"})
    void bytesHaveUnits(String text, int bytes) {
        configuration.set("http.max-head-bytes", text);
        assertThat(configuration.http1().maxHeadBytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"500ms,500", "30s,30000", "5m,300000", "2h,7200000"})
    void timesHaveUnits(String text, long millis) {
        configuration.set("http.head-timeout", text);
        assertThat(configuration.http1().headTimeout()).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({
        "server.port,-1",
        "server.port,80 80",
        "server.port,''",
        "server.port,\u0661",
        "server.port,99999999999999999999",
        "http.max-head-bytes,16x",
        "http.max-head-bytes,k",
        "http.head-timeout,30",
        "http.head-timeout,30 s",
        "http.head-timeout,1d",
        "socket.no-delay,yes"
    })
    void whatCannotBeReadIsRefusedWithKeyAndValue(String key, String value) {
        assertThatThrownBy(() -> configuration.set(key, value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(key + " is \"" + value + "\", expected is ");
    }

    @Test
    void whatIsOutOfRangeIsRefusedByTheRecord() {
        configuration.set("server.port", "65536");
        assertThatThrownBy(configuration::server)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("server.port 65536 is not in 0 to 65535");
    }

    @Test
    void everySocketOptionHasItsKeyAndReachesTheSocket() {
        SOCKET_KEYS.forEach(configuration::set);
        SocketOptions options = configuration.sockets();
        for (SocketOption option : SocketOption.values())
            assertThat(options.value(option)).as(option.word()).isIn(7, 1, 0, "eth7", 7000, 16384);
        assertThat(options.value(SocketOption.KEEP_ALIVE_IDLE)).isEqualTo(7);
        assertThat(options.value(SocketOption.USER_TIMEOUT)).isEqualTo(7000);
        assertThat(options.value(SocketOption.TRAFFIC_CLASS)).isEqualTo(7);
        assertThat(options.value(SocketOption.NO_DELAY)).isEqualTo(0);
        assertThat(options.value(SocketOption.RECEIVE_BUFFER)).isEqualTo(16384);
    }

    @ParameterizedTest
    @CsvSource({
        "server.backlog,0,server.backlog 0 is not in 1 to 1048576",
        "socket.keep-alive-idle,1500ms,socket.keep-alive-idle 1500ms is no whole number of seconds",
        "socket.keep-alive-count,9999999999,socket.keep-alive-count 9999999999 is too large",
        "socket.type-of-service,256,socket.type-of-service 256 is not in 0 to 255",
        "socket.linger,5,socket.linger 5: only 0 is possible"
    })
    void aSocketOptionOutOfRangeIsRefusedWithItsKey(String key, String value, String message) {
        configuration.set(key, value);
        assertThatThrownBy(configuration::sockets)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource({
        "proxy-protocol.trusted,10.0.0.1/8,proxy-protocol.trusted: \"10.0.0.1/8\" has bits of its address beyond its"
                + " prefix",
        "proxy-protocol.trusted,example.org,proxy-protocol.trusted: \"example.org\" is no address of IPv4",
        "proxy-protocol.max-header-bytes,231,proxy-protocol.max-header-bytes 231 is not in 232 to 65551",
        "proxy-protocol.timeout,0,proxy-protocol.timeout PT0S is not above 0 and up to PT10M",
        "proxy-protocol.others,drop,'proxy-protocol.others is \"drop\", expected is one of plain, refuse'"
    })
    void aSettingOfTheProxyProtocolThatCannotBeIsRefusedWithItsKey(String key, String value, String message) {
        configuration.set(key, value);
        assertThatThrownBy(configuration::listening)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void anUnknownKeyIsRefusedWithThoseNearIt() {
        assertThatThrownBy(() -> configuration.set("connections.maximum", "5"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no setting connections.maximum")
                .hasMessageContaining("connections.max,");
    }

    @Test
    void everyKeyIsDocumentedWithItsDefault() throws IOException {
        String reference = Files.readString(Path.of("../docs/configuration.md"));
        var documented = new TreeSet<String>();
        var withDefaults = new Configuration();
        DOCUMENTED.matcher(reference).results().forEach(row -> {
            documented.add(row.group(1));
            if (row.group(2) != null) withDefaults.set(row.group(1), row.group(2));
        });
        assertThat(documented).containsExactlyElementsOf(Configuration.keys());
        assertThat(withDefaults.server()).isEqualTo(configuration.server());
        assertThat(withDefaults.admission()).isEqualTo(configuration.admission());
        assertThat(withDefaults.listening().balance())
                .isEqualTo(configuration.listening().balance());
        assertThat(withDefaults.listening().unixPermissions())
                .isEqualTo(configuration.listening().unixPermissions());
        assertThat(withDefaults.listening().notifies())
                .isEqualTo(configuration.listening().notifies());
        assertThat(withDefaults.listening().trustsProxies()).isFalse();
        assertThat(withDefaults.tls()).isEqualTo(configuration.tls());
        configuration.set("proxy-protocol.trusted", "::1");
        withDefaults.set("proxy-protocol.trusted", "::1");
        assertThat(withDefaults.listening().proxies())
                .usingRecursiveComparison()
                .isEqualTo(configuration.listening().proxies());
        assertThat(withDefaults.sockets()).isEqualTo(configuration.sockets());
        assertThat(withDefaults.http1()).isEqualTo(configuration.http1());
        assertThat(withDefaults.connections()).isEqualTo(configuration.connections());
        assertThat(withDefaults.requests()).isEqualTo(configuration.requests());
        assertThat(withDefaults.webSockets()).isEqualTo(configuration.webSockets());
        assertThat(withDefaults.push()).isEqualTo(configuration.push());
        assertThat(withDefaults.multipart()).isEqualTo(configuration.multipart());
        assertThat(withDefaults.unpacking()).isEqualTo(configuration.unpacking());
        var sessions = new SessionDeclaration().maxSessions(1);
        withDefaults.sessions(sessions, null);
        assertThat(sessions.maxSessions()).isEqualTo(100_000);
        assertThat(sessions.store()).isNull();
        assertThat(withDefaults.compression()).isEqualTo(configuration.compression());
        assertThat(withDefaults.login()).isEqualTo(configuration.login());
        assertThat(withDefaults.loginLimits()).isEqualTo(configuration.loginLimits());
        assertThat(withDefaults.digestAlgorithms()).isEmpty();
        for (Configuration each : new Configuration[] {configuration, withDefaults}) {
            each.set("openid.issuer", "https://login.example.org");
            each.set("openid.client-id", "shop");
        }
        assertThat(withDefaults.openId()).isEqualTo(configuration.openId());
        assertThat(withDefaults.staticFiles(BodyCoder.NONE)).isEqualTo(configuration.staticFiles(BodyCoder.NONE));
    }

    @Test
    void filtersThatAreToldNothingElseHaveTheirDocumentedDefaults() throws IOException {
        SWITCHED_ON.forEach(configuration::set);
        var withDefaults = new Configuration();
        DOCUMENTED
                .matcher(Files.readString(Path.of("../docs/configuration.md")))
                .results()
                .filter(row -> row.group(2) != null)
                .forEach(row -> withDefaults.set(row.group(1), row.group(2)));
        SWITCHED_ON.forEach(withDefaults::set);
        var filters = configuration.filters();
        assertThat(filters).hasSize(SWITCHED_ON.size() - 1);
        assertThat(withDefaults.filters())
                .usingRecursiveComparison()
                .ignoringFieldsMatchingRegexes("(.*\\.)?(values|began|nanoTime|refused|\\w*[sS]eed)")
                .isEqualTo(filters);
        try (var log = configuration.accessLog();
                var documented = withDefaults.accessLog()) {
            assertThat(documented)
                    .usingRecursiveComparison()
                    .comparingOnlyFields("queue", "target.maxBytes", "target.maxFiles", "target.isDaily")
                    .isEqualTo(log);
        }
    }

    @Test
    void filesAndCodingsAreReadFromTheirKeys() {
        configuration.set("static.cache-control", "/assets/* public, max-age=60; *.html no-cache;");
        configuration.set("static.precompressed", "br, x-gzip");
        configuration.set("static.text-charset", "utf8");
        var files = configuration.staticFiles(BodyCoder.NONE);
        assertThat(files.cacheControl())
                .containsExactly(
                        new StaticSettings.CacheControl("/assets/*", "public, max-age=60"),
                        new StaticSettings.CacheControl("*.html", "no-cache"));
        assertThat(files.precompressed()).containsExactly("br", "gzip");
        assertThat(files.textCharset()).isEqualTo("UTF-8");
        configuration.set("compression.enabled", "true");
        assertThat(configuration.compression().codings())
                .as("all are on the class path of the tests")
                .containsExactly(Coding.ZSTANDARD, Coding.BROTLI, Coding.GZIP);
        configuration.set("compression.codings", "gzip");
        assertThat(configuration.compression().codings()).containsExactly(Coding.GZIP);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        static.cache-control   | *.html                  | static.cache-control
        static.cache-control   | html no-cache           | static.cache-control
        static.precompressed   | lzma                    | static.precompressed
        static.text-charset    | no-such-charset         | static.text-charset
        static.max-ranges      | 0                       | static.max-ranges
        static.max-cached-file | 17m                     | static.max-cached-file
        compression.codings    | gzip, deflate           | compression.codings
        compression.level      | 10                      | compression.level
        compression.level      | 0                       | compression.level
        compression.max-request-ratio | 1                | compression.max-request-ratio
        """)
    void filesAndCodingsThatCannotBeAreRefusedByTheirKey(String key, String value, String named) {
        configuration.set(key, value);
        assertThatThrownBy(() -> {
                    configuration.compression();
                    configuration.staticFiles(BodyCoder.NONE);
                })
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }

    /** Numbers and times that bound nothing a client could use up. Whoever adds one says so here, or documents a finite default. */
    private static final Pattern NO_LIMIT = Pattern.compile(
            "(server|tls)\\.(https-|public-)?port|server\\.loops|socket\\..*|https-redirect\\.port|rate-limit\\.(requests|burst)");

    /** WebSocket sessions may be silent for ever by default, as the API has it; TCP keep-alive finds out who is gone. */
    private static final String FOR_EVER = "websocket.idle-timeout";

    @Test
    void everyLimitHasAFiniteDefaultThatIsDocumented() throws IOException {
        var defaults = new TreeMap<String, String>();
        DOCUMENTED
                .matcher(Files.readString(Path.of("../docs/configuration.md")))
                .results()
                .filter(row -> row.group(2) != null)
                .forEach(row -> defaults.put(row.group(1), row.group(2)));
        int limits = 0;
        for (String key : Configuration.keys()) {
            boolean isWord = Configuration.kind(key) == Configuration.Kind.TEXT
                    || Configuration.kind(key) == Configuration.Kind.SWITCH;
            if (isWord || NO_LIMIT.matcher(key).matches()) continue;
            assertThat(defaults).as("a finite default of the limit " + key).containsKey(key);
            if (key.equals(FOR_EVER)) continue;
            configuration.set(key, defaults.get(key));
            long bound = switch (configuration.value(key)) {
                case Long number -> number;
                case Duration time -> time.toMillis();
                case null, default -> throw new AssertionError(key + " is no number and no time: is it a limit?");
            };
            assertThat(bound).as(key).isPositive().isLessThan(1L << 40);
            limits++;
        }
        assertThat(limits).isGreaterThan(40);
    }

    @Test
    void everyKeyThatAnErrorOrAJavadocNamesCanBeSet() throws IOException {
        var named = new TreeSet<String>();
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            for (Path source :
                    sources.filter(f -> f.toString().endsWith(".java")).toList()) {
                NAMED.matcher(Files.readString(source)).results().forEach(key -> named.add(key.group(1)));
            }
        }
        assertThat(named).contains("multipart.max-parts", "deploy.max-entries", "http.max-head-bytes");
        assertThat(Configuration.keys()).containsAll(named);
    }
}
