package org.dormouse.servlet.security;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.atomic.LongAdder;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A password as the users file keeps it: {@code {pbkdf2-sha256}iterations$salt$hash}, salt and hash in base64 (RFC 8018 §5.2 with
 * HMAC-SHA-256). Immutable.
 */
final class PasswordHash {
    static final int DEFAULT_ITERATIONS = 600_000;
    static final int MAX_ITERATIONS = 10_000_000;
    private static final int MIN_ITERATIONS = 1_000;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final String SCHEME = "{pbkdf2-sha256}";

    /** Iterations done so far in this JVM. */
    private static final LongAdder SPENT = new LongAdder();

    private final int iterations;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash) {
        this.iterations = iterations;
        this.salt = salt;
        this.hash = hash;
    }

    static boolean isHashed(String text) {
        return text.startsWith("{");
    }

    /** Hashes with a new salt. */
    static PasswordHash of(String password, int iterations, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new PasswordHash(iterations, salt, derive(password, salt, iterations));
    }

    /** @throws IllegalArgumentException if {@code text} is no such form; the message does not repeat it */
    static PasswordHash parse(String text) {
        int close = text.indexOf('}');
        if (!text.startsWith(SCHEME)) {
            String scheme = close < 0 ? "{" : text.substring(0, close + 1);
            throw new IllegalArgumentException("unknown password scheme " + scheme + ", known is " + SCHEME);
        }
        String[] parts = text.substring(SCHEME.length()).split("\\$", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException(
                    "expected " + SCHEME + "iterations$salt$hash, found " + parts.length + " parts");
        }
        int iterations = iterations(parts[0]);
        byte[] salt = base64("salt", parts[1]);
        byte[] hash = base64("hash", parts[2]);
        if (salt.length < 8 || salt.length > 64)
            throw new IllegalArgumentException("salt of " + salt.length + " bytes, 8 to 64");
        if (hash.length != HASH_BYTES)
            throw new IllegalArgumentException("hash of " + hash.length + " bytes, not " + HASH_BYTES);
        return new PasswordHash(iterations, salt, hash);
    }

    private static int iterations(String text) {
        int iterations;
        try {
            iterations = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("iterations is not a number", e);
        }
        if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
            throw new IllegalArgumentException(
                    iterations + " iterations, must be " + MIN_ITERATIONS + " to " + MAX_ITERATIONS);
        }
        return iterations;
    }

    private static byte[] base64(String what, String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(what + " is not base64", e);
        }
    }

    int iterations() {
        return iterations;
    }

    /** Whether {@code password} is the one that was hashed; compares in constant time. */
    boolean matches(String password) {
        return MessageDigest.isEqual(hash, derive(password, salt, iterations));
    }

    /** Takes as long as {@link #matches} of a hash with so many iterations. */
    static void spend(String password, int iterations) {
        if (iterations > 0) derive(password, new byte[SALT_BYTES], iterations);
    }

    static long iterationsSpent() {
        return SPENT.sum();
    }

    private static byte[] derive(String password, byte[] salt, int iterations) {
        // The key factory turns characters into UTF-8. An empty password is refused by it: nobody has one.
        SPENT.add(iterations);
        char[] characters = normalized(password).toCharArray();
        var spec = new PBEKeySpec(characters, salt, iterations, HASH_BYTES * 8);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("PBKDF2WithHmacSHA256 is not in this JDK", e);
        } finally {
            spec.clearPassword();
            Arrays.fill(characters, '\0');
        }
    }

    /** Both sides in one form, so that it does not matter how the keyboard made an accent (RFC 7617 §2.1). */
    static String normalized(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    /** Compares two plain passwords without telling by the time how much of them is equal. */
    static boolean equal(String a, String b) {
        return MessageDigest.isEqual(sha256(normalized(a)), sha256(normalized(b)));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256 is not in this JDK", e);
        }
    }

    @Override
    public String toString() {
        var base64 = Base64.getEncoder();
        return SCHEME + iterations + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
    }
}
