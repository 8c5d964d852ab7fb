package org.dormouse.tls;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an administrator says of the certificates of one host, or of those whose names tell which host they are for.
 *
 * @param keys of the configuration: what they begin with, {@code tls.} or {@code tls.host.NAME.}
 * @param names that it is asked for by, {@code *.example.org} for one label; none: those of the certificates
 * @param sources at least one
 * @param trust whose client certificates are taken; null: nobody's
 * @param protocols as the JDK names them
 * @param cipherSuites as the JDK names them, the best first
 */
public record HostSettings(
        String keys,
        List<String> names,
        List<KeySource> sources,
        @Nullable TrustSource trust,
        ClientAuthentication clientAuthentication,
        List<String> protocols,
        List<String> cipherSuites) {

    /** What JDK 25 has of AEAD suites with a key of its own for each connection; the order is that of Mozilla's intermediate profile. */
    public static final List<String> SUITES = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    public HostSettings {
        if (sources.isEmpty())
            throw new IllegalArgumentException(keys + "certificate and " + keys + "keystore are not set");
        if (clientAuthentication != ClientAuthentication.NONE && trust == null) throw noTrust(keys);
        names = names.stream().map(HostName::normal).toList();
        sources = List.copyOf(sources);
        protocols = List.copyOf(protocols);
        cipherSuites = List.copyOf(cipherSuites);
    }

    static IllegalArgumentException noTrust(String keys) {
        return new IllegalArgumentException("clients are asked for certificates (client-auth), but " + keys
                + "trust-store names no authority for them");
    }

    Set<Path> files() {
        var files = new LinkedHashSet<Path>();
        for (KeySource each : sources) files.addAll(each.files());
        if (trust != null) files.addAll(trust.files());
        return files;
    }

    List<Identity> identities(Instant now) throws BadKeyMaterial {
        var identities = new ArrayList<Identity>();
        for (KeySource each : sources) identities.addAll(each.read(now));
        return identities;
    }
}
