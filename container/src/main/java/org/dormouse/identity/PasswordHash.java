package org.dormouse.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A password as a source of users keeps it, with PBKDF2 (RFC 8018 §5.2 with HMAC-SHA-256), {@code
 * {pbkdf2-sha256}iterations$salt$hash} in base64, or with Argon2id (RFC 9106) in the form that its libraries write, {@code
 * $argon2id$v=19$m=19456,t=2,p=1$salt$hash}. Immutable.
 */
final class PasswordHash {
    static final int DEFAULT_ITERATIONS = 600_000;
    static final int MAX_ITERATIONS = 10_000_000;
    private static final int MIN_ITERATIONS = 1_000;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final String SCHEME = "{pbkdf2-sha256}";

    private static final String ARGON2 = "$argon2id$";
    private static final Pattern ARGON2_FORM = Pattern.compile(
            "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,2})\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");
    private static final int MAX_ARGON2_KIBIBYTES = 256 * 1024;
    private static final int MAX_ARGON2_PASSES = 100;
    private static final int MAX_ARGON2_LANES = 16;
    /** What OWASP recommends: 19 MiB, two passes. */
    private static final Cost DEFAULT_ARGON2 = new Cost(0, 19 * 1024, 2);

    /** Iterations and passes over a kibibyte done so far in this JVM. */
    private static final LongAdder SPENT = new LongAdder();

    /**
     * What one check costs.
     *
     * @param iterations of PBKDF2
     * @param kibibytes of Argon2
     * @param passes over them
     */
    record Cost(int iterations, int kibibytes, int passes) {
        static final Cost NONE = new Cost(0, 0, 0);

        /** That of the dearer one in each of the two. */
        Cost most(Cost other) {
            boolean mine = (long) kibibytes * passes >= (long) other.kibibytes * other.passes;
            return new Cost(
                    Math.max(iterations, other.iterations),
                    mine ? kibibytes : other.kibibytes,
                    mine ? passes : other.passes);
        }

        /** What is missing in {@code part} to this. */
        Cost minus(Cost part) {
            long missing = (long) kibibytes * passes - (long) part.kibibytes * part.passes;
            int more = kibibytes == 0 ? 0 : (int) Math.max(0, Math.round((double) missing / kibibytes));
            return new Cost(Math.max(0, iterations - part.iterations), kibibytes, more);
        }
    }

    private final Cost cost;
    private final int lanes;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(Cost cost, int lanes, byte[] salt, byte[] hash) {
        this.cost = cost;
        this.lanes = lanes;
        this.salt = salt;
        this.hash = hash;
    }

    static boolean isHashed(String text) {
        return text.startsWith("{") || text.startsWith(ARGON2);
    }

    /** Hashes with a new salt. */
    static PasswordHash of(String password, int iterations, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new PasswordHash(new Cost(iterations, 0, 0), 0, salt, derive(password, salt, iterations));
    }

    /**
     * The same with Argon2id.
     *
     * @throws IllegalArgumentException if that is not to be had
     */
    static PasswordHash argon2(String password, SecureRandom random) {
        checkArgon2();
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new PasswordHash(DEFAULT_ARGON2, 1, salt, derive(password, salt, DEFAULT_ARGON2, 1, HASH_BYTES));
    }

    /** @throws IllegalArgumentException if {@code text} is no such form; the message does not repeat it */
    static PasswordHash parse(String text) {
        if (text.startsWith(ARGON2)) return parseArgon2(text);
        int close = text.indexOf('}');
        if (!text.startsWith(SCHEME)) {
            String scheme = close < 0 ? "{" : text.substring(0, close + 1);
            throw new IllegalArgumentException(
                    "unknown password scheme " + scheme + ", known are " + SCHEME + " and " + ARGON2);
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
        return new PasswordHash(new Cost(iterations, 0, 0), 0, salt, hash);
    }

    private static PasswordHash parseArgon2(String text) {
        Matcher form = ARGON2_FORM.matcher(text);
        if (!form.matches())
            throw new IllegalArgumentException("expected $argon2id$v=19$m=kibibytes,t=passes,p=lanes$salt$hash");
        int kibibytes = within("memory", form.group(1), 8, MAX_ARGON2_KIBIBYTES);
        int passes = within("passes", form.group(2), 1, MAX_ARGON2_PASSES);
        int lanes = within("lanes", form.group(3), 1, MAX_ARGON2_LANES);
        byte[] salt = base64("salt", form.group(4));
        byte[] hash = base64("hash", form.group(5));
        if (salt.length < 8 || salt.length > 64)
            throw new IllegalArgumentException("salt of " + salt.length + " bytes, 8 to 64");
        if (hash.length < 16 || hash.length > 64)
            throw new IllegalArgumentException("hash of " + hash.length + " bytes, 16 to 64");
        checkArgon2();
        return new PasswordHash(new Cost(0, kibibytes, passes), lanes, salt, hash);
    }

    private static void checkArgon2() {
        try {
            Class.forName("org.bouncycastle.crypto.generators.Argon2BytesGenerator");
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(
                    "Argon2 needs Bouncy Castle (org.bouncycastle:bcprov-jdk18on) on the class path", e);
        }
    }

    private static int within(String what, String text, int least, int most) {
        int value = Integer.parseInt(text);
        if (value < least || value > most)
            throw new IllegalArgumentException(
                    what + " " + value + " of a password with Argon2, must be " + least + " to " + most);
        return value;
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

    Cost cost() {
        return cost;
    }

    private boolean isArgon2() {
        return cost.kibibytes > 0;
    }

    /** Whether {@code password} is the one that was hashed; compares in constant time. */
    boolean matches(String password) {
        byte[] derived =
                isArgon2() ? derive(password, salt, cost, lanes, hash.length) : derive(password, salt, cost.iterations);
        return MessageDigest.isEqual(hash, derived);
    }

    /** Takes as long as {@link #matches} of hashes that cost so much. */
    static void spend(String password, Cost missing) {
        byte[] salt = new byte[SALT_BYTES];
        if (missing.iterations > 0) derive(password, salt, missing.iterations);
        if (missing.passes > 0 && missing.kibibytes > 0) derive(password, salt, missing, 1, HASH_BYTES);
    }

    static long iterationsSpent() {
        return SPENT.sum();
    }

    private static byte[] derive(String password, byte[] salt, Cost cost, int lanes, int bytes) {
        SPENT.add((long) cost.kibibytes * cost.passes);
        return Argon2.derive(normalized(password), salt, cost.kibibytes, cost.passes, lanes, bytes);
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
        if (isArgon2()) {
            var base64 = Base64.getEncoder().withoutPadding();
            return ARGON2 + "v=19$m=" + cost.kibibytes + ",t=" + cost.passes + ",p=" + lanes + "$"
                    + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
        }
        var base64 = Base64.getEncoder();
        return SCHEME + cost.iterations + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
    }
}
