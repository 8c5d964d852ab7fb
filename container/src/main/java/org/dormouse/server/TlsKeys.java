package org.dormouse.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.dormouse.server.Configuration.Kind;
import org.dormouse.tls.ClientAuthentication;
import org.dormouse.tls.HostSettings;
import org.dormouse.tls.KeySource;
import org.dormouse.tls.Password;
import org.dormouse.tls.SessionSettings;
import org.dormouse.tls.TlsSettings;
import org.dormouse.tls.TrustSource;
import org.jspecify.annotations.Nullable;

/**
 * The keys {@code tls.*}: what an administrator writes of certificates becomes {@link HostSettings}. Those of a host can be said of one name
 * alone, {@code tls.host.www.example.org.certificate}; what is not said there holds as it does for all.
 */
final class TlsKeys {
    private static final String ALL = "tls.";
    private static final String HOST = "tls.host.";

    /** Of a host: with {@code tls.} or {@code tls.host.NAME.} in front. */
    private static final Map<String, Kind> OF_HOSTS = new TreeMap<>(Map.ofEntries(
            Map.entry("certificate", Kind.TEXT),
            Map.entry("private-key", Kind.TEXT),
            Map.entry("private-key-password", Kind.TEXT),
            Map.entry("private-key-password-file", Kind.TEXT),
            Map.entry("keystore", Kind.TEXT),
            Map.entry("keystore-type", Kind.TEXT),
            Map.entry("keystore-password", Kind.TEXT),
            Map.entry("keystore-password-file", Kind.TEXT),
            Map.entry("alias", Kind.TEXT),
            Map.entry("client-auth", Kind.TEXT),
            Map.entry("trust-store", Kind.TEXT),
            Map.entry("trust-store-type", Kind.TEXT),
            Map.entry("trust-store-password", Kind.TEXT),
            Map.entry("trust-store-password-file", Kind.TEXT),
            Map.entry("crl", Kind.TEXT),
            Map.entry("ocsp", Kind.SWITCH),
            Map.entry("protocols", Kind.TEXT),
            Map.entry("cipher-suites", Kind.TEXT)));

    static final Map<String, Kind> KINDS = kinds();

    private final Configuration configuration;

    private TlsKeys(Configuration configuration) {
        this.configuration = configuration;
    }

    private static Map<String, Kind> kinds() {
        var kinds = new TreeMap<String, Kind>();
        OF_HOSTS.forEach((key, kind) -> kinds.put(ALL + key, kind));
        kinds.put("tls.strict-sni", Kind.SWITCH);
        kinds.put(TlsSettings.MAX_HANDSHAKES, Kind.COUNT);
        kinds.put(TlsSettings.HANDSHAKE_TIMEOUT, Kind.DURATION);
        kinds.put(TlsSettings.MAX_HELLO_BYTES, Kind.BYTES);
        kinds.put(TlsSettings.MAX_HANDSHAKE_BYTES, Kind.BYTES);
        kinds.put("tls.session-cache-size", Kind.COUNT);
        kinds.put("tls.session-timeout", Kind.DURATION);
        kinds.put("tls.reload-interval", Kind.DURATION);
        kinds.put("tls.public-port", Kind.COUNT);
        return kinds;
    }

    /** How the value of {@code tls.host.NAME.key} is read; null if it is no such key. */
    static @Nullable Kind kindOfHost(String key) {
        String name = nameOf(key);
        return name == null || name.isEmpty() ? null : OF_HOSTS.get(key.substring(HOST.length() + name.length() + 1));
    }

    /** NAME of {@code tls.host.NAME.key}: it has dots, the key has none. */
    private static @Nullable String nameOf(String key) {
        int dot = key.lastIndexOf('.');
        return key.startsWith(HOST) && dot > HOST.length() ? key.substring(HOST.length(), dot) : null;
    }

    /**
     * What is set about TLS.
     *
     * @throws IllegalArgumentException with the key, if a value is out of its range, or another one is missing
     */
    static TlsSetup read(Configuration configuration) {
        return new TlsKeys(configuration).read();
    }

    private TlsSetup read() {
        var limits = TlsSettings.DEFAULT;
        var sessions = SessionSettings.DEFAULT;
        return new TlsSetup(
                hosts(),
                Boolean.TRUE.equals(configuration.value("tls.strict-sni")),
                new SessionSettings(
                        configuration.count("tls.session-cache-size", sessions.cacheSize()),
                        configuration.duration("tls.session-timeout", sessions.timeout())),
                new TlsSettings(
                        configuration.count(TlsSettings.MAX_HANDSHAKES, limits.maxHandshakes()),
                        configuration.duration(TlsSettings.HANDSHAKE_TIMEOUT, limits.handshakeTimeout()),
                        configuration.count(TlsSettings.MAX_HELLO_BYTES, limits.maxHelloBytes()),
                        configuration.count(TlsSettings.MAX_HANDSHAKE_BYTES, limits.maxHandshakeBytes())),
                configuration.duration("tls.reload-interval", Duration.ofSeconds(10)),
                configuration.count("tls.public-port", 0));
    }

    /** That of all names first. */
    private List<HostSettings> hosts() {
        var hosts = new ArrayList<HostSettings>();
        List<KeySource> sources = sources(ALL);
        if (!sources.isEmpty()) hosts.add(host(ALL, List.of(), sources));
        var names = new TreeSet<String>();
        for (String key : configuration.keysThatAreSet()) {
            String name = nameOf(key);
            if (name != null) names.add(name);
        }
        for (String name : names) {
            String keys = HOST + name + ".";
            List<KeySource> own = sources(keys);
            List<KeySource> used = own.isEmpty() ? sources : own;
            if (used.isEmpty())
                throw new IllegalArgumentException(
                        keys + "certificate and " + keys + "keystore are not set, nor are those for all names");
            hosts.add(host(keys, List.of(name), used));
        }
        return hosts;
    }

    private HostSettings host(String keys, List<String> names, List<KeySource> sources) {
        return new HostSettings(
                keys, names, sources, trust(keys), clientAuthentication(keys), protocols(keys), cipherSuites(keys));
    }

    // --- keys and certificates

    private List<KeySource> sources(String keys) {
        var sources = new ArrayList<KeySource>();
        List<Path> chains = paths(keys + "certificate");
        List<Path> privateKeys = paths(keys + "private-key");
        if (chains.size() != privateKeys.size())
            throw new IllegalArgumentException(keys + "certificate has " + files(chains) + ", and " + keys
                    + "private-key " + files(privateKeys) + ": each chain needs its key, in the same order");
        Password keyPassword = password(keys, "private-key-password");
        for (int i = 0; i < chains.size(); i++)
            sources.add(new KeySource.Pem(keys, chains.get(i), privateKeys.get(i), keyPassword));
        List<Path> stores = paths(keys + "keystore");
        Password password = password(keys, "keystore-password");
        if (!stores.isEmpty() && password == null)
            throw new IllegalArgumentException(keys + "keystore is set, but neither " + keys
                    + "keystore-password-file nor " + keys + "keystore-password");
        for (Path each : stores) {
            sources.add(new KeySource.Store(
                    keys,
                    each,
                    text(keys + "keystore-type"),
                    java.util.Objects.requireNonNull(password),
                    keyPassword,
                    text(keys + "alias")));
        }
        return sources;
    }

    private static String files(List<Path> files) {
        return files.size() == 1 ? "1 file" : files.size() + " files";
    }

    private @Nullable Password password(String keys, String key) {
        String text = text(keys + key);
        String file = text(keys + key + "-file");
        if (text != null && file != null)
            throw new IllegalArgumentException(keys + key + " and " + keys + key + "-file are both set");
        if (text != null) return new Password(keys + key, text, null);
        return file == null ? null : new Password(keys + key + "-file", null, path(keys + key + "-file", file));
    }

    // --- clients

    private @Nullable TrustSource trust(String keys) {
        String from = text(keys + "trust-store") == null ? ALL : keys;
        String file = text(from + "trust-store");
        String lists = text(keys + "crl") == null ? ALL : keys;
        List<Path> revoked = paths(lists + "crl");
        boolean asksOcsp = Boolean.TRUE.equals(inherited(keys, "ocsp"));
        if (file == null) {
            if (!revoked.isEmpty() || asksOcsp)
                throw new IllegalArgumentException(keys + (asksOcsp ? "ocsp" : "crl") + " is set, but " + keys
                        + "trust-store is not: nobody's certificates are taken");
            return null;
        }
        return new TrustSource(
                from,
                path(from + "trust-store", file),
                text(from + "trust-store-type"),
                password(from, "trust-store-password"),
                revoked,
                asksOcsp);
    }

    private ClientAuthentication clientAuthentication(String keys) {
        String word = (String) inherited(keys, "client-auth");
        if (word == null) return ClientAuthentication.NONE;
        for (ClientAuthentication each : ClientAuthentication.values())
            if (each.name().toLowerCase(Locale.ROOT).equals(word)) return each;
        throw new IllegalArgumentException(
                keys + "client-auth is \"" + word + "\", expected is one of none, want, need");
    }

    // --- what is spoken

    private List<String> protocols(String keys) {
        List<String> wanted = words(keys, "protocols");
        if (wanted == null) return HostSettings.PROTOCOLS;
        for (String each : wanted) {
            if (HostSettings.PROTOCOLS.contains(each)) continue;
            boolean isOld = each.startsWith("SSL") || each.equals("TLSv1") || each.equals("TLSv1.1");
            throw new IllegalArgumentException(keys + "protocols has " + each
                    + (isOld ? ", which must not be offered any more (RFC 8996)" : ", which is not known")
                    + "; expected is TLSv1.3, TLSv1.2 or both");
        }
        return wanted;
    }

    private List<String> cipherSuites(String keys) {
        List<String> wanted = words(keys, "cipher-suites");
        return wanted == null ? HostSettings.SUITES : wanted;
    }

    private @Nullable List<String> words(String keys, String key) {
        String text = (String) inherited(keys, key);
        if (text == null) return null;
        var words = new ArrayList<String>();
        for (String each : text.split(",", -1)) {
            if (each.isBlank()) throw new IllegalArgumentException(keys + key + " has an empty entry");
            words.add(each.strip());
        }
        if (new HashSet<>(words).size() < words.size())
            throw new IllegalArgumentException(keys + key + " has an entry twice");
        return words;
    }

    // --- values

    private @Nullable Object inherited(String keys, String key) {
        Object own = configuration.value(keys + key);
        return own == null ? configuration.value(ALL + key) : own;
    }

    private @Nullable String text(String key) {
        return (String) configuration.value(key);
    }

    private List<Path> paths(String key) {
        String text = text(key);
        if (text == null) return List.of();
        var paths = new ArrayList<Path>();
        for (String each : text.split(",", -1)) paths.add(path(key, each.strip()));
        return paths;
    }

    private static Path path(String key, String text) {
        if (text.isEmpty()) throw new IllegalArgumentException(key + " has an empty file name");
        try {
            return Path.of(text);
        } catch (java.nio.file.InvalidPathException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }
}
