package org.dormouse.servlet;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.dormouse.http.Peer;
import org.jspecify.annotations.Nullable;

/** Attributes of requests that tell how their connection is encrypted (Servlet 6.1 §3.10), found out when asked for. Pure functions. */
final class EncryptionAttributes {
    private static final String PROTOCOL = "jakarta.servlet.request.secure_protocol";
    private static final String CIPHER_SUITE = "jakarta.servlet.request.cipher_suite";
    private static final String KEY_SIZE = "jakarta.servlet.request.key_size";
    private static final String SESSION_ID = "jakarta.servlet.request.ssl_session_id";
    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

    private EncryptionAttributes() {}

    /** Null for any other name, and for what the connection does not have. */
    static @Nullable Object find(String name, Peer peer) {
        return switch (name) {
            case PROTOCOL, CIPHER_SUITE, KEY_SIZE, SESSION_ID, CERTIFICATES -> {
                SSLSession session = peer.tlsSession();
                yield session == null ? null : find(name, session);
            }
            default -> null;
        };
    }

    private static @Nullable Object find(String name, SSLSession session) {
        return switch (name) {
            case PROTOCOL -> session.getProtocol();
            case CIPHER_SUITE -> session.getCipherSuite();
            case KEY_SIZE -> keySize(session.getCipherSuite());
            case SESSION_ID -> HexFormat.of().formatHex(session.getId());
            default -> certificates(session);
        };
    }

    /** The names of those that {@code peer} has. */
    static List<String> names(Peer peer) {
        SSLSession session = peer.tlsSession();
        if (session == null) return List.of();
        boolean hasCertificates = certificates(session) != null;
        return hasCertificates
                ? List.of(PROTOCOL, CIPHER_SUITE, KEY_SIZE, SESSION_ID, CERTIFICATES)
                : List.of(PROTOCOL, CIPHER_SUITE, KEY_SIZE, SESSION_ID);
    }

    /** Bits of the symmetric key; null of a suite without encryption that is known here. */
    static @Nullable Integer keySize(String suite) {
        if (suite.contains("AES_256") || suite.contains("CHACHA20")) return 256;
        return suite.contains("AES_128") ? 128 : null;
    }

    /** The client's chain, its own certificate first; null if it has shown none. */
    static X509Certificate @Nullable [] certificates(SSLSession session) {
        Certificate[] shown;
        try {
            shown = session.getPeerCertificates();
        } catch (SSLPeerUnverifiedException e) {
            return null; // the JDK's way to say that there are none
        }
        X509Certificate[] chain = Arrays.stream(shown)
                .filter(X509Certificate.class::isInstance)
                .map(X509Certificate.class::cast)
                .toArray(X509Certificate[]::new);
        return chain.length == 0 ? null : chain;
    }
}
