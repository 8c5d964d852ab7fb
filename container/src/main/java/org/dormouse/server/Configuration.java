package org.dormouse.server;

import jakarta.servlet.Filter;
import jakarta.servlet.SessionTrackingMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.dormouse.compression.CompressionSettings;
import org.dormouse.deploy.UnpackLimits;
import org.dormouse.filter.AccessLog;
import org.dormouse.filter.SettingText;
import org.dormouse.http.BodyCoder;
import org.dormouse.http1.Http1Limits;
import org.dormouse.identity.LoginLimits;
import org.dormouse.openid.OpenIdSettings;
import org.dormouse.poller.Poller;
import org.dormouse.poller.socket.SocketOptions;
import org.dormouse.push.HubLimits;
import org.dormouse.servlet.RequestLimits;
import org.dormouse.servlet.ServletSettings;
import org.dormouse.servlet.SessionDeclaration;
import org.dormouse.servlet.StaticSettings;
import org.dormouse.servlet.multipart.MultipartLimits;
import org.dormouse.servlet.security.LoginSettings;
import org.dormouse.servlet.session.SessionStore;
import org.dormouse.transport.Balance;
import org.dormouse.transport.ConnectionLimits;
import org.dormouse.transport.ProxySettings;
import org.dormouse.transport.TrustedSources;
import org.jspecify.annotations.Nullable;

/**
 * Settings as text by key: what the command line, a properties file and the builder have in common. Turned into the records that cannot be
 * wrong when the server starts. Plain and mutable, one thread at a time. docs/configuration.md explains every key.
 */
public final class Configuration {
    private final Map<String, String> values = new HashMap<>();

    /** How the text of a value is read. */
    enum Kind {
        TEXT("text"),
        COUNT("a number"),
        BYTES("bytes, as in 65536, 64k or 2m"),
        DURATION("a time, as in 500ms, 30s, 5m or 2h"),
        SWITCH("true or false");

        final String expectation;

        Kind(String expectation) {
            this.expectation = expectation;
        }
    }

    private static final Map<String, Kind> KEYS = new TreeMap<>(SocketKeys.KINDS);

    static {
        KEYS.putAll(TlsKeys.KINDS);
        KEYS.putAll(CompressionKeys.KINDS);
        KEYS.putAll(StaticKeys.KINDS);
        KEYS.putAll(HttpKeys.KINDS);
        KEYS.putAll(LoginKeys.KINDS);
        KEYS.putAll(OpenIdKeys.KINDS);
        KEYS.putAll(SessionKeys.KINDS);
        KEYS.putAll(PushKeys.KINDS);
        KEYS.putAll(Map.ofEntries(
                Map.entry("server.host", Kind.TEXT),
                Map.entry("server.port", Kind.COUNT),
                Map.entry("server.https-port", Kind.COUNT),
                Map.entry("server.listen", Kind.TEXT),
                Map.entry("server.balance", Kind.TEXT),
                Map.entry("server.notify", Kind.SWITCH),
                Map.entry("server.unix-permissions", Kind.TEXT),
                Map.entry("server.loops", Kind.COUNT),
                Map.entry("server.backend", Kind.TEXT),
                Map.entry("server.admission", Kind.TEXT),
                Map.entry("server.max-requests-in-flight", Kind.COUNT),
                Map.entry("server.min-requests-in-flight", Kind.COUNT),
                Map.entry("server.queue-length", Kind.COUNT),
                Map.entry("server.queue-timeout", Kind.DURATION),
                Map.entry("server.pool-threads", Kind.COUNT),
                Map.entry("server.pool-queue", Kind.COUNT),
                Map.entry("server.drain-timeout", Kind.DURATION),
                Map.entry("proxy-protocol.trusted", Kind.TEXT),
                Map.entry("proxy-protocol.others", Kind.TEXT),
                Map.entry("proxy-protocol.max-header-bytes", Kind.BYTES),
                Map.entry("proxy-protocol.timeout", Kind.DURATION),
                Map.entry("connections.max", Kind.COUNT),
                Map.entry("connections.max-per-address", Kind.COUNT),
                Map.entry("connections.max-linger-bytes", Kind.BYTES),
                Map.entry("connections.linger-timeout", Kind.DURATION),
                Map.entry("connections.close-timeout", Kind.DURATION),
                Map.entry("connections.min-rate", Kind.BYTES),
                Map.entry("deploy.max-entries", Kind.COUNT),
                Map.entry("deploy.max-unpacked-bytes", Kind.BYTES)));
        KEYS.putAll(WebSocketKeys.KINDS);
        KEYS.putAll(FilterKeys.KINDS);
        KEYS.putAll(ServletKeys.KINDS);
    }

    /** Every key there is, in alphabetical order. */
    public static Set<String> keys() {
        return KEYS.keySet();
    }

    /**
     * Sets one value, in the place of an earlier one.
     *
     * @throws IllegalArgumentException if there is no such key or its value cannot be read; whether it is in range is told at the start
     */
    public void set(String key, String value) {
        Kind kind = kindOrNull(key);
        if (kind == null) throw new IllegalArgumentException("there is no setting " + key + "; " + near(key));
        read(key, kind, value.strip());
        values.put(key, value.strip());
    }

    public ServerSettings server() {
        int cores = Runtime.getRuntime().availableProcessors();
        return new ServerSettings(
                text("server.host", "0.0.0.0"),
                count("server.port", 8080),
                count("server.loops", Math.min(cores, ServerSettings.MAX_LOOPS)),
                text("server.backend", Poller.AUTO),
                count("server.pool-threads", 200),
                count("server.pool-queue", 1000),
                duration("server.drain-timeout", Duration.ofSeconds(30)));
    }

    AdmissionSettings admission() {
        return new AdmissionSettings(
                choice("server.admission", Limit.FIXED) == Limit.ADAPTIVE,
                count("server.max-requests-in-flight", 10_000),
                count("server.min-requests-in-flight", 10),
                count("server.queue-length", 1000),
                duration("server.queue-timeout", Duration.ofSeconds(1)));
    }

    private enum Limit {
        FIXED,
        ADAPTIVE
    }

    /** What listening sockets, and so their connections, are to have. */
    public SocketOptions sockets() {
        return SocketKeys.options(this);
    }

    ListenSettings listening() {
        return new ListenSettings(
                points(),
                choice("server.balance", Balance.REUSE_PORT),
                ListenSettings.permissions(text("server.unix-permissions", "660")),
                sockets(),
                SocketKeys.areSet(this),
                Boolean.TRUE.equals(value("server.notify")),
                proxies(),
                values.containsKey("proxy-protocol.trusted"));
    }

    private List<ListenPoint> points() {
        String listen = values.get("server.listen");
        boolean hasHttps = values.containsKey("server.https-port");
        if (listen != null && hasHttps)
            throw new IllegalArgumentException(
                    "server.https-port and server.listen are both set; tls behind an address of server.listen says the same");
        if (listen != null) return ListenPoint.parseAll(listen);
        ServerSettings server = server();
        var points = new ArrayList<ListenPoint>();
        if (!hasHttps || values.containsKey("server.port"))
            points.add(ListenPoint.plain(new ListenAddress.Tcp(server.host(), server.port())));
        if (hasHttps) {
            int port = count("server.https-port", 0);
            ServerSettings.within("server.https-port", port, 0, 65535);
            points.add(ListenPoint.tls(new ListenAddress.Tcp(server.host(), port)));
        }
        return List.copyOf(points);
    }

    TlsSetup tls() {
        return TlsKeys.read(this);
    }

    /** Whether or not anybody's word is taken. */
    private ProxySettings proxies() {
        Others others = choice("proxy-protocol.others", Others.PLAIN);
        int maxHeaderBytes = count("proxy-protocol.max-header-bytes", 4096);
        Duration timeout = duration("proxy-protocol.timeout", Duration.ofSeconds(5));
        try {
            TrustedSources sources = TrustedSources.parse(text("proxy-protocol.trusted", "unix"));
            return new ProxySettings(sources, others == Others.REFUSE, maxHeaderBytes, timeout);
        } catch (IllegalArgumentException e) {
            boolean isNamed = e.getMessage() != null && e.getMessage().startsWith("proxy-protocol.");
            throw isNamed ? e : new IllegalArgumentException("proxy-protocol.trusted: " + e.getMessage(), e);
        }
    }

    /** Connections of those who are not trusted to speak for others. */
    private enum Others {
        PLAIN,
        REFUSE
    }

    /** The host of the first address that is listened on, or what stands for it where it has none. */
    public String host() {
        ListenAddress first = listening().points().getFirst().address();
        return first instanceof ListenAddress.Tcp tcp ? tcp.host() : first.toString();
    }

    public ConnectionLimits connections() {
        var otherwise = ConnectionLimits.DEFAULT;
        return new ConnectionLimits(
                count("connections.max", otherwise.maxConnections()),
                count("connections.max-per-address", otherwise.maxPerAddress()),
                count("connections.max-linger-bytes", otherwise.maxLingerBytes()),
                duration("connections.linger-timeout", otherwise.lingerTimeout()),
                duration("connections.close-timeout", otherwise.closeTimeout()),
                count("connections.min-rate", otherwise.minRate()));
    }

    public Http1Limits http1() {
        return HttpKeys.http1(this);
    }

    public RequestLimits requests() {
        return HttpKeys.requests(this);
    }

    public MultipartLimits multipart() {
        return HttpKeys.multipart(this);
    }

    /** What a login by pages may cost. */
    public LoginSettings login() {
        return LoginKeys.settings(this);
    }

    /** What guessing meets. */
    public LoginLimits loginLimits() {
        return LoginKeys.limits(this);
    }

    /** The provider by which callers log in; null if none is named. */
    public @Nullable OpenIdSettings openId() {
        return OpenIdKeys.read(this);
    }

    /** With which hashes callers may log in by DIGEST; none: they may not. */
    public List<String> digestAlgorithms() {
        return LoginKeys.digestAlgorithms(this);
    }

    /** The file that describes the source of users of applications that name none; null if there is none. */
    public @Nullable Path usersSource() {
        return LoginKeys.usersSource(this);
    }

    /** What is coded and decoded. */
    public CompressionSettings compression() {
        return CompressionKeys.read(this);
    }

    /** What groups and event streams of one application may cost. */
    public HubLimits push() {
        return PushKeys.limits(this);
    }

    /** How files are served; {@code coder} makes copies of those that are kept. */
    public StaticSettings staticFiles(BodyCoder coder) {
        return StaticKeys.read(this, coder);
    }

    public UnpackLimits unpacking() {
        var otherwise = UnpackLimits.DEFAULT;
        return new UnpackLimits(
                count("deploy.max-entries", otherwise.maxEntries()),
                number("deploy.max-unpacked-bytes", otherwise.maxBytes()));
    }

    public WebSocketSettings webSockets() {
        return WebSocketKeys.read(this);
    }

    /**
     * What stands in front of every application, in this order; already started.
     *
     * @throws IllegalArgumentException with the key, if a value cannot be read, or one that others need is missing
     */
    public List<Filter> filters() {
        return FilterKeys.filters(this);
    }

    /** A new log with a line for each request; null if none is asked for. */
    @Nullable
    AccessLog accessLog() {
        return FilterKeys.accessLog(this);
    }

    /** What was set behind {@code family} and a dot, by what stands behind that. */
    Map<String, String> family(String family) {
        var found = new TreeMap<String, String>();
        String start = family + ".";
        values.forEach((key, value) -> {
            if (key.startsWith(start)) found.put(key.substring(start.length()), value);
        });
        return found;
    }

    /** The value of the Server field; null for none. */
    public @Nullable String serverHeader() {
        return values.get("http.server-header");
    }

    public ServletSettings servlets() {
        return ServletKeys.read(this);
    }

    /** How sessions are tracked where an application does not say. */
    public Set<SessionTrackingMode> trackingModes() {
        return ServletKeys.trackingModes(this);
    }

    /**
     * Limits and store of an application's sessions.
     *
     * @param own the store that the application has been given; null for that of the keys
     */
    public void sessions(SessionDeclaration sessions, SessionStore.@Nullable Opener own) {
        SessionKeys.apply(this, sessions, own);
    }

    /** What was set, as a String, Long, Boolean or Duration; null if nothing was. */
    @Nullable
    Object value(String key) {
        String value = values.get(key);
        return value == null ? null : read(key, kind(key), value);
    }

    /** Keys that have been set. */
    Set<String> keysThatAreSet() {
        return Set.copyOf(values.keySet());
    }

    private String text(String key, String otherwise) {
        return values.getOrDefault(key, otherwise);
    }

    /** One of the constants of an enum, written as in {@code reuse-port}. */
    private <E extends Enum<E>> E choice(String key, E otherwise) {
        String value = values.get(key);
        if (value == null) return otherwise;
        var words = new ArrayList<String>();
        for (E each : otherwise.getDeclaringClass().getEnumConstants()) {
            String word = each.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (word.equals(value)) return each;
            words.add(word);
        }
        throw new IllegalArgumentException(
                key + " is \"" + value + "\", expected is one of " + String.join(", ", words));
    }

    int count(String key, int otherwise) {
        long number = number(key, otherwise);
        if (number != (int) number) throw new IllegalArgumentException(key + " is " + number + ", which is too large");
        return (int) number;
    }

    long number(String key, long otherwise) {
        String value = values.get(key);
        return value == null ? otherwise : (Long) read(key, kind(key), value);
    }

    Duration duration(String key, Duration otherwise) {
        String value = values.get(key);
        return value == null ? otherwise : (Duration) read(key, kind(key), value);
    }

    static Kind kind(String key) {
        return Objects.requireNonNull(kindOrNull(key), key);
    }

    private static @Nullable Kind kindOrNull(String key) {
        Kind kind = KEYS.get(key);
        return kind == null ? TlsKeys.kindOfHost(key) : kind;
    }

    /** A String, Long, Boolean or Duration. */
    private static Object read(String key, Kind kind, String value) {
        Object read = switch (kind) {
            case TEXT -> value;
            case COUNT -> SettingText.wholeNumber(value, 1);
            case BYTES -> SettingText.bytes(value);
            case DURATION -> SettingText.time(value);
            case SWITCH -> SettingText.onOrOff(value);
        };
        if (read == null) {
            throw new IllegalArgumentException(key + " is \"" + value + "\", expected is " + kind.expectation);
        }
        return read;
    }

    /** The keys of the same section, or where all of them are. */
    private static String near(String key) {
        int dot = key.indexOf('.');
        String section = dot < 0 ? key + "." : key.substring(0, dot + 1);
        var found =
                KEYS.keySet().stream().filter(each -> each.startsWith(section)).toList();
        return found.isEmpty() ? "docs/configuration.md lists them all" : "near it: " + String.join(", ", found);
    }
}
