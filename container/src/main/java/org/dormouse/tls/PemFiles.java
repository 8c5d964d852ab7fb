package org.dormouse.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Certificates and private keys as text (RFC 7468). Certificates and plain PKCS#8 are read by the JDK, all other forms of private keys by
 * Bouncy Castle where that is there. Pure functions of what the files hold.
 */
final class PemFiles {
    private static final String BEGIN = "-----BEGIN ";
    private static final String DASHES = "-----";

    private static final int MAX_CERTIFICATES = 10_000;

    /** Each is tried: the JDK has no other way to have the algorithm read from the key. */
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

    /** One {@code -----BEGIN type-----} to its end. */
    record Block(String type, String pem, String content) {}

    private PemFiles() {}

    static boolean isPem(byte[] bytes) {
        int length = Math.min(bytes.length, 64 * 1024);
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1).contains(BEGIN);
    }

    private static List<Block> blocks(String text) throws BadKeyMaterial {
        var blocks = new ArrayList<Block>();
        int begin = text.indexOf(BEGIN);
        while (begin >= 0) {
            int typeEnd = text.indexOf(DASHES, begin + BEGIN.length());
            if (typeEnd < 0) throw new BadKeyMaterial("a block in it has no type");
            String type = text.substring(begin + BEGIN.length(), typeEnd);
            String endLine = "-----END " + type + DASHES;
            int end = text.indexOf(endLine, typeEnd);
            if (end < 0) throw new BadKeyMaterial("a block in it has no end");
            int next = end + endLine.length();
            blocks.add(new Block(type, text.substring(begin, next), text.substring(typeEnd + DASHES.length(), end)));
            begin = text.indexOf(BEGIN, next);
        }
        return blocks;
    }

    /** All certificates of the file, in its order; at least one. */
    static List<X509Certificate> certificates(Path file) throws BadKeyMaterial {
        return certificates(SecretFiles.readText(file));
    }

    static List<X509Certificate> certificates(String text) throws BadKeyMaterial {
        var certificates = new ArrayList<X509Certificate>();
        for (Block block : blocks(text)) {
            if (!block.type.equals("CERTIFICATE") && !block.type.equals("X509 CERTIFICATE")) continue;
            if (certificates.size() == MAX_CERTIFICATES)
                throw new BadKeyMaterial("it has more than " + MAX_CERTIFICATES + " certificates");
            certificates.add(certificate(block, certificates.size() + 1));
        }
        if (certificates.isEmpty()) throw new BadKeyMaterial("it has no certificate (-----BEGIN CERTIFICATE-----)");
        return certificates;
    }

    private static X509Certificate certificate(Block block, int number) throws BadKeyMaterial {
        try {
            byte[] pem = block.pem.getBytes(StandardCharsets.ISO_8859_1);
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
        } catch (CertificateException e) {
            throw new BadKeyMaterial("certificate " + number + " in it cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The one private key of the file.
     *
     * @param password for an encrypted one
     */
    static PrivateKey privateKey(Path file, @Nullable Password password) throws BadKeyMaterial {
        List<Block> keys = blocks(SecretFiles.readText(file)).stream()
                .filter(block -> block.type.endsWith("PRIVATE KEY"))
                .toList();
        if (keys.isEmpty()) throw new BadKeyMaterial("it has no private key (-----BEGIN PRIVATE KEY-----)");
        if (keys.size() > 1) throw new BadKeyMaterial("it has " + keys.size() + " private keys, expected is one");
        Block key = keys.getFirst();
        return fromPkcs8(key.type.equals("PRIVATE KEY") ? bytes(key) : otherForm(key, password));
    }

    private static byte[] bytes(Block key) throws BadKeyMaterial {
        try {
            return Base64.getMimeDecoder().decode(key.content);
        } catch (IllegalArgumentException e) {
            throw new BadKeyMaterial("its private key is not base64", e);
        }
    }

    private static byte[] otherForm(Block key, @Nullable Password password) throws BadKeyMaterial {
        try {
            return BouncyKeys.pkcs8(key.pem, password);
        } catch (NoClassDefFoundError e) {
            throw new BadKeyMaterial(
                    "a private key of the form \"" + key.type + "\" needs the library org.bouncycastle:bcpkix-jdk18on,"
                            + " which is not there; without it: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW",
                    e);
        }
    }

    private static PrivateKey fromPkcs8(byte[] encoded) throws BadKeyMaterial {
        var spec = new PKCS8EncodedKeySpec(encoded);
        GeneralSecurityException refusal = null;
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException | NoSuchAlgorithmException e) {
                refusal = e;
            }
        }
        throw new BadKeyMaterial(
                "its private key is damaged, or none of " + String.join(", ", ALGORITHMS),
                refusal == null ? new AssertionError() : refusal);
    }
}
