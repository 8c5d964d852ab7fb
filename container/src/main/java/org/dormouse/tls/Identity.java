package org.dormouse.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A private key with the chain of its certificate: who the server is. Immutable.
 *
 * @param chain the certificate of the key first, then those that vouch for each other
 * @param source key of the configuration and file that it came from, for messages
 */
record Identity(PrivateKey key, List<X509Certificate> chain, String source) {
    private static final Logger LOG = LoggerFactory.getLogger("org.dormouse.tls");

    private static final String SAMPLE = "something to sign";
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    Identity {
        chain = List.copyOf(chain);
    }

    /**
     * Puts a key and what is said to be its chain together: finds the certificate of the key, follows who issued it, and warns of what is out of
     * order, missing or out of date.
     *
     * @throws BadKeyMaterial if none of {@code certificates} is that of the key
     */
    static Identity of(PrivateKey key, List<X509Certificate> certificates, String source, Instant now)
            throws BadKeyMaterial {
        X509Certificate leaf = null;
        for (X509Certificate each : certificates) {
            if (isPair(key, each.getPublicKey())) {
                leaf = each;
                break;
            }
        }
        if (leaf == null)
            throw new BadKeyMaterial("the private key (" + key.getAlgorithm() + ") does not match the certificate of "
                    + subject(certificates.getFirst()) + " ("
                    + certificates.getFirst().getPublicKey().getAlgorithm() + ")");
        List<X509Certificate> ordered = follow(leaf, certificates);
        if (!ordered.equals(certificates))
            LOG.warn(
                    "{}: the chain of {} is out of order or has certificates that do not belong to it; {} of {} are sent",
                    source,
                    subject(leaf),
                    ordered.size(),
                    certificates.size());
        for (X509Certificate each : ordered) warnIfOutOfDate(each, source, now);
        return new Identity(key, ordered, source);
    }

    private static List<X509Certificate> follow(X509Certificate leaf, Collection<X509Certificate> certificates) {
        var chain = new ArrayList<X509Certificate>(List.of(leaf));
        var left = new LinkedHashSet<>(certificates);
        left.remove(leaf);
        X509Certificate last = leaf;
        while (true) {
            X509Certificate issuer = issuerOf(last, left);
            if (issuer == null) return chain;
            chain.add(issuer);
            left.remove(issuer);
            last = issuer;
        }
    }

    private static @Nullable X509Certificate issuerOf(X509Certificate issued, Collection<X509Certificate> candidates) {
        for (X509Certificate each : candidates) {
            if (!each.getSubjectX500Principal().equals(issued.getIssuerX500Principal())) continue;
            try {
                issued.verify(each.getPublicKey());
                return each;
            } catch (GeneralSecurityException e) {
                LOG.debug("{} is not the issuer of {}", subject(each), subject(issued), e);
            }
        }
        return null;
    }

    private static void warnIfOutOfDate(X509Certificate certificate, String source, Instant now) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        if (now.isAfter(until))
            LOG.warn("{}: the certificate of {} has expired at {}", source, subject(certificate), until);
        if (now.isBefore(from))
            LOG.warn("{}: the certificate of {} is valid only from {}", source, subject(certificate), from);
    }

    /** Whether {@code certified} verifies what {@code key} signs. */
    private static boolean isPair(PrivateKey key, PublicKey certified) {
        if (!sameFamily(key, certified)) return false;
        if (key instanceof RSAKey own && certified instanceof RSAKey other)
            return own.getModulus().equals(other.getModulus());
        byte[] sample = SAMPLE.getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signature = Signature.getInstance(algorithm(key));
            signature.initSign(key);
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(sample);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            LOG.debug("{} and {} are no pair", key.getAlgorithm(), certified.getAlgorithm(), e);
            return false;
        }
    }

    private static boolean sameFamily(Key one, Key other) {
        return family(one).equals(family(other));
    }

    private static String family(Key key) {
        return switch (key.getAlgorithm()) {
            case "RSA", "RSASSA-PSS" -> "RSA";
            case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
            default -> key.getAlgorithm();
        };
    }

    private static String algorithm(Key key) {
        return family(key).equals("EdDSA") ? "EdDSA" : "SHA256withECDSA";
    }

    X509Certificate certificate() {
        return chain.getFirst();
    }

    /** RSA, EC, EdDSA or RSASSA-PSS: a client knows some of them, so that one name may have a certificate of each. */
    String keyType() {
        return key.getAlgorithm();
    }

    /** The names that the certificate is for, in lower case: DNS names and addresses of its SANs. The CN is none (RFC 9525 §2). */
    Set<String> names() {
        var names = new LinkedHashSet<String>();
        try {
            Collection<List<?>> alternatives = certificate().getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> each : alternatives) {
                    int type = (Integer) each.get(0);
                    if (type == DNS_NAME || type == IP_ADDRESS) names.add(HostName.normal(String.valueOf(each.get(1))));
                }
            }
        } catch (CertificateParsingException e) {
            LOG.warn(
                    "{}: the alternative names of {} cannot be read: {}",
                    source,
                    subject(certificate()),
                    e.getMessage());
        }
        return names;
    }

    /** Whether the certificate is for {@code name}, itself or by a wildcard. */
    boolean covers(String name) {
        Set<String> names = names();
        String parent = HostName.parent(name);
        return names.contains(name) || (parent != null && names.contains("*." + parent));
    }

    static String subject(X509Certificate certificate) {
        String name = certificate.getSubjectX500Principal().getName();
        return name.isEmpty() ? "an unnamed subject" : name;
    }

    /** Never the key. */
    @Override
    public String toString() {
        return keyType() + " of " + subject(certificate());
    }
}
