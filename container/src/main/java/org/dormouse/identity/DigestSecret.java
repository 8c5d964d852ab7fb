package org.dormouse.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a source may keep in the place of a password for who logs in with DIGEST, {@code {ha1}realm$hash} or {@code {ha1}realm$hash$hash}:
 * the hash of {@code name:realm:password} in hexadecimal, with SHA-256 or MD5, which its length tells. Whoever knows it can log in with DIGEST.
 * Immutable.
 */
record DigestSecret(
        String realm, @Nullable String sha256, @Nullable String md5) {
    private static final String SCHEME = "{ha1}";

    static boolean isOne(String text) {
        return text.startsWith(SCHEME);
    }

    /** @throws IllegalArgumentException if {@code text} is no such form; the message does not repeat it */
    static DigestSecret parse(String text) {
        String[] parts = text.substring(SCHEME.length()).split("\\$", -1);
        if (parts.length < 2 || parts.length > 3 || parts[0].isEmpty())
            throw new IllegalArgumentException("expected " + SCHEME + "realm$hash or " + SCHEME + "realm$hash$hash");
        String sha256 = null;
        String md5 = null;
        for (int i = 1; i < parts.length; i++) {
            String hash = parts[i].toLowerCase(Locale.ROOT);
            boolean isHex = hash.chars().allMatch(HexFormat::isHexDigit);
            if (isHex && hash.length() == 64 && sha256 == null) sha256 = hash;
            else if (isHex && hash.length() == 32 && md5 == null) md5 = hash;
            else
                throw new IllegalArgumentException("hash of " + hash.length() + " characters behind " + SCHEME
                        + ", 64 for SHA-256 and 32 for MD5");
        }
        return new DigestSecret(parts[0], sha256, md5);
    }

    /** Null if there is none for that. */
    @Nullable
    String find(String wantedRealm, String algorithm) {
        if (!realm.equals(wantedRealm)) return null;
        return algorithm.equals("MD5") ? md5 : sha256;
    }

    /** Whether {@code password} is the one; compares in constant time. */
    boolean matches(String name, String password) {
        String known = sha256 != null ? sha256 : md5;
        String algorithm = sha256 != null ? "SHA-256" : "MD5";
        return known != null && PasswordHash.equal(known, of(name, realm, password, algorithm));
    }

    static String of(String name, String realm, String password, String algorithm) {
        try {
            byte[] text = (name + ":" + realm + ":" + password).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(algorithm + " is not in this JDK", e);
        }
    }
}
