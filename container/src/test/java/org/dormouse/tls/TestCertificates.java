package org.dormouse.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Certificates made when tests run: an authority, servers with RSA and EC keys, a client. Keys are made once in a JVM; any thread.
 *
 * <pre>{@code
 * Identity server = TestCertificates.issue("EC", "www.example.org", "localhost", "127.0.0.1");
 * SSLContext context = TestCertificates.serverContext(server, TestCertificates.SERVER_RSA);
 * SSLContext client = TestCertificates.clientContext(TestCertificates.CLIENT);
 * }</pre>
 */
public final class TestCertificates {
    /** Of every key store that is made here, and of the keys inside. */
    public static final String PASSWORD = "changeit";

    private static final AtomicLong SERIALS = new AtomicLong(System.nanoTime());
    private static final Duration AGE = Duration.ofHours(1);
    private static final Duration LIFE = Duration.ofDays(30);

    /** Signs all others. */
    public static final Identity AUTHORITY = authority("Dormouse Test CA");

    /** For localhost, 127.0.0.1, a.example.org and *.wild.example.org. */
    public static final Identity SERVER_EC =
            issue("EC", "localhost", "localhost", "127.0.0.1", "a.example.org", "*.wild.example.org");

    /** For the same names. */
    public static final Identity SERVER_RSA =
            issue("RSA", "localhost", "localhost", "127.0.0.1", "a.example.org", "*.wild.example.org");

    /** For b.example.org only. */
    public static final Identity OTHER_SERVER = issue("EC", "b.example.org", "b.example.org");

    public static final Identity CLIENT = issue("EC", "Test Client");

    private TestCertificates() {}

    /**
     * A key and who vouches for it.
     *
     * @param chain its certificate first, the authority's last
     */
    public record Identity(PrivateKey key, List<X509Certificate> chain) {
        public X509Certificate certificate() {
            return chain.getFirst();
        }

        /** As PKCS12, under the alias {@code key}. */
        public KeyStore keyStore() {
            return keyStoreOf(this);
        }

        /** The bytes of a PKCS12 file. */
        public byte[] pkcs12() {
            return bytesOf(keyStore());
        }

        /** The bytes of a JKS file. */
        public byte[] jks() {
            try {
                KeyStore store = KeyStore.getInstance("JKS");
                store.load(null, null);
                store.setKeyEntry("key", key, PASSWORD.toCharArray(), chain.toArray(X509Certificate[]::new));
                return bytesOf(store);
            } catch (GeneralSecurityException | IOException e) {
                throw new AssertionError(e);
            }
        }

        public String chainPem() {
            var pem = new StringBuilder();
            for (X509Certificate each : chain) {
                try {
                    pem.append(pem("CERTIFICATE", each.getEncoded()));
                } catch (GeneralSecurityException e) {
                    throw new AssertionError(e);
                }
            }
            return pem.toString();
        }

        /** PKCS 8, not encrypted. */
        public String keyPem() {
            return pem("PRIVATE KEY", key.getEncoded());
        }
    }

    /** A certificate that signs itself and may sign others. */
    public static Identity authority(String name) {
        KeyPair keys = keys("EC");
        Instant now = Instant.now();
        X509Certificate own = sign(
                keys.getPrivate(),
                keys.getPublic(),
                name,
                name,
                now.minus(AGE),
                now.plus(LIFE),
                List.of(authorityOnly()));
        return new Identity(keys.getPrivate(), List.of(own));
    }

    /**
     * A certificate of {@link #AUTHORITY}, valid now.
     *
     * @param algorithm {@code EC} or {@code RSA}
     * @param names DNS names and IPv4 addresses that it is for
     */
    public static Identity issue(String algorithm, String commonName, String... names) {
        Instant now = Instant.now();
        return issue(AUTHORITY, algorithm, commonName, now.minus(AGE), now.plus(LIFE), names);
    }

    /** A certificate of {@code issuer}, which is an {@linkplain #authority authority}. */
    public static Identity issue(
            Identity issuer, String algorithm, String commonName, Instant from, Instant until, String... names) {
        KeyPair keys = keys(algorithm);
        List<byte[]> extensions = names.length == 0 ? List.of() : List.of(alternativeNames(names));
        String issuerName =
                issuer.certificate().getSubjectX500Principal().getName().substring("CN=".length());
        X509Certificate own = sign(issuer.key(), keys.getPublic(), issuerName, commonName, from, until, extensions);
        var chain = new ArrayList<X509Certificate>();
        chain.add(own);
        chain.addAll(issuer.chain());
        return new Identity(keys.getPrivate(), List.copyOf(chain));
    }

    /** A context of a server with these certificates, which trusts clients of {@link #AUTHORITY}. */
    public static SSLContext serverContext(Identity... identities) {
        return context(identities);
    }

    /** A context of a client that trusts {@link #AUTHORITY}. */
    public static SSLContext clientContext(@Nullable Identity identity) {
        return identity == null ? context() : context(identity);
    }

    /** A key store with nothing but the certificate of {@link #AUTHORITY}, as PKCS12. */
    public static KeyStore trustStore() {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", AUTHORITY.certificate());
            return trusted;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    public static byte[] bytesOf(KeyStore store) {
        try {
            var bytes = new ByteArrayOutputStream();
            store.store(bytes, PASSWORD.toCharArray());
            return bytes.toByteArray();
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private static KeyStore keyStoreOf(Identity... identities) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int i = 0; i < identities.length; i++)
                store.setKeyEntry(
                        i == 0 ? "key" : "key" + i,
                        identities[i].key(),
                        PASSWORD.toCharArray(),
                        identities[i].chain().toArray(X509Certificate[]::new));
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private static SSLContext context(Identity... identities) {
        try {
            var keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keyManagers.init(keyStoreOf(identities), PASSWORD.toCharArray());
            var trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trustManagers.init(trustStore());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    // --- RFC 5280 §4.1

    private static KeyPair keys(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("EC")) generator.initialize(new ECGenParameterSpec("secp256r1"));
            else generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** By a key of EC, as those of authorities are. */
    private static X509Certificate sign(
            PrivateKey by,
            PublicKey subjectKey,
            String issuer,
            String subject,
            Instant from,
            Instant until,
            List<byte[]> extensions) {
        byte[] algorithm = Der.sequence(Der.oid("1.2.840.10045.4.3.2")); // ecdsa-with-SHA256
        byte[] body = Der.sequence(
                Der.tagged(0xa0, Der.integer(BigInteger.TWO)), // version 3
                Der.integer(BigInteger.valueOf(SERIALS.incrementAndGet()).abs()),
                algorithm,
                name(issuer),
                Der.sequence(Der.time(from), Der.time(until)),
                name(subject),
                subjectKey.getEncoded(),
                extensions.isEmpty() ? new byte[0] : Der.tagged(0xa3, Der.sequence(extensions.toArray(byte[][]::new))));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(by);
            signature.update(body);
            byte[] certificate = Der.sequence(body, algorithm, Der.bits(signature.sign()));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] name(String commonName) {
        return Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.text(commonName))));
    }

    private static byte[] authorityOnly() {
        return Der.sequence(Der.oid("2.5.29.19"), Der.bool(true), Der.octets(Der.sequence(Der.bool(true))));
    }

    private static byte[] alternativeNames(String... names) {
        byte[][] all = new byte[names.length][];
        for (int i = 0; i < names.length; i++) {
            boolean isAddress = names[i].matches("[0-9.]+");
            all[i] = isAddress
                    ? Der.tagged(0x87, address(names[i]))
                    : Der.tagged(0x82, names[i].getBytes(StandardCharsets.US_ASCII));
        }
        return Der.sequence(Der.oid("2.5.29.17"), Der.octets(Der.sequence(all)));
    }

    private static byte[] address(String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String pem(String what, byte[] der) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n";
    }
}
