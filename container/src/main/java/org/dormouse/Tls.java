package org.dormouse;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dormouse.tls.ClientAuthentication;

/**
 * The certificates of a server, and what else there is to say about TLS. A plain list of settings, used by one thread; files are read when
 * the server starts, and again when they change.
 *
 * <pre>{@code
 * Dormouse.builder().https(8443, Tls.pem(Path.of("chain.pem"), Path.of("key.pem")))
 * }</pre>
 */
public final class Tls {
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final Map<String, Tls> hosts = new LinkedHashMap<>();
    private final List<String> certificates = new ArrayList<>();
    private final List<String> privateKeys = new ArrayList<>();

    private Tls() {}

    /**
     * A certificate with its chain, its own first, and its private key (PKCS#8, PKCS#1, SEC1) in PEM.
     *
     * <p>Plain PKCS#8, {@code BEGIN PRIVATE KEY}, needs nothing else; the other forms need the library
     * {@code org.bouncycastle:bcpkix-jdk18on}.
     */
    public static Tls pem(Path chain, Path privateKey) {
        return new Tls().andPem(chain, privateKey);
    }

    /** Every key of a PKCS#12 or JKS key store. */
    public static Tls keyStore(Path file, String password) {
        return new Tls().set("keystore", path(file)).set("keystore-password", password);
    }

    /** The same with a password from the first line of a file. */
    public static Tls keyStore(Path file, Path passwordFile) {
        return new Tls().set("keystore", path(file)).set("keystore-password-file", passwordFile.toString());
    }

    /**
     * One more certificate: for other names, which clients choose by (SNI), or for the same with another type of key. The first is for clients
     * that name no host.
     */
    public Tls andPem(Path chain, Path privateKey) {
        certificates.add(path(chain));
        privateKeys.add(path(privateKey));
        set("certificate", String.join(",", certificates));
        return set("private-key", String.join(",", privateKeys));
    }

    /** The password of encrypted private keys. */
    public Tls privateKeyPassword(String password) {
        return set("private-key-password", password);
    }

    /** Uses only this key of the key store. */
    public Tls alias(String alias) {
        return set("alias", alias);
    }

    /**
     * What is used for one name, whatever names the certificates have.
     *
     * @param name {@code www.example.org}, or {@code *.example.org} for every name with one more label
     */
    public Tls host(String name, Tls tls) {
        if (!tls.hosts.isEmpty()) throw new IllegalArgumentException("host " + name + " has hosts of its own");
        hosts.put(name, tls);
        return this;
    }

    /** Asks clients for certificates; {@link #trust} says whose are taken. */
    public Tls clientAuth(ClientAuthentication asked) {
        return set("client-auth", asked.name().toLowerCase(java.util.Locale.ROOT));
    }

    /** Authorities whose certificates of clients are taken, in PEM. */
    public Tls trust(Path authorities) {
        return set("trust-store", authorities.toString());
    }

    /** Authorities whose certificates of clients are taken, from a key store. */
    public Tls trust(Path store, String password) {
        return trust(store).set("trust-store-password", password);
    }

    /** Files with revocation lists, one for each authority: a client whose status cannot be told is refused. */
    public Tls revoked(Path... lists) {
        var files = new ArrayList<String>();
        for (Path each : lists) files.add(path(each));
        return set("crl", String.join(",", files));
    }

    /** Refuses clients that name no host, or none of those that there are. */
    public Tls strictSni() {
        return set("strict-sni", "true");
    }

    /** The time between two looks at the files, zero for none; 10 seconds if not called. */
    public Tls reloadInterval(Duration interval) {
        return set("reload-interval", interval.toMillis() + "ms");
    }

    /** Sets what docs/configuration.md lists as {@code tls.KEY}. */
    public Tls set(String key, String value) {
        settings.put(key, value);
        return this;
    }

    private static String path(Path file) {
        String text = file.toString();
        if (text.indexOf(',') >= 0) throw new IllegalArgumentException("a comma in file name " + text);
        return text;
    }

    /** As docs/configuration.md has them. */
    Map<String, String> settings() {
        var all = new LinkedHashMap<String, String>();
        settings.forEach((key, value) -> all.put("tls." + key, value));
        hosts.forEach(
                (name, host) -> host.settings.forEach((key, value) -> all.put("tls.host." + name + "." + key, value)));
        return all;
    }
}
