package org.dormouse.servlet.security;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.dormouse.http.Fields;
import org.dormouse.identity.Caller;
import org.dormouse.identity.Logins;
import org.dormouse.identity.Users;
import org.jspecify.annotations.Nullable;

/**
 * The DIGEST scheme (RFC 7616) with {@code qop=auth}: the client proves that it knows a password without sending it. Each count of a nonce is
 * taken once. Safe for all threads.
 */
public final class DigestAuthenticator implements Authenticator {
    private static final int MAX_COUNT_DIGITS = 8;

    private final String realm;
    private final List<String> algorithms;
    private final Logins logins;
    private final NonceMemory nonces;
    /** In the place of the hash of somebody who is not there: nobody can know what it is the hash of. */
    private final String nobodysHash;

    /** @param algorithms of {@link MessageDigest}: SHA-256, MD5 or both, the preferred one first */
    public DigestAuthenticator(String realm, List<String> algorithms, Logins logins) {
        this(realm, algorithms, logins, System::nanoTime, NonceMemory.MAX_NONCES);
    }

    DigestAuthenticator(String realm, List<String> algorithms, Logins logins, LongSupplier nanoClock, int maxNonces) {
        this.realm = BasicAuthenticator.printable(realm);
        this.algorithms = List.copyOf(algorithms);
        this.logins = logins;
        this.nonces = new NonceMemory(nanoClock, maxNonces);
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        this.nobodysHash = HexFormat.of().formatHex(bytes);
    }

    @Override
    public String type() {
        return "DIGEST";
    }

    @Override
    public List<String> challenges(LoginRequest request) {
        Map<String, String> brought = parameters(request.fields());
        String old = brought == null ? null : brought.get("nonce");
        boolean isStale = old != null && nonces.look(old) != NonceMemory.Verdict.FINE;
        String nonce = nonces.next();
        var challenges = new ArrayList<String>();
        for (String algorithm : algorithms) {
            challenges.add("Digest realm=\"" + realm.replace("\\", "\\\\").replace("\"", "\\\"")
                    + "\", qop=\"auth\", algorithm=" + algorithm + ", nonce=\"" + nonce + "\", charset=UTF-8"
                    + (isStale ? ", stale=true" : ""));
        }
        return challenges;
    }

    @Override
    public @Nullable Caller authenticate(LoginRequest request) {
        Map<String, String> brought = parameters(request.fields());
        String name = brought == null ? null : name(brought);
        if (brought == null || name == null) return null;
        String algorithm = algorithm(brought.getOrDefault("algorithm", "MD5"));
        String nonce = brought.getOrDefault("nonce", "");
        String cnonce = brought.getOrDefault("cnonce", "");
        String nc = brought.getOrDefault("nc", "");
        String uri = brought.getOrDefault("uri", "");
        if (algorithm == null) return null;
        boolean isForUs = realm.equals(brought.get("realm"))
                && "auth".equals(brought.get("qop"))
                && !cnonce.isEmpty()
                && nc.length() == MAX_COUNT_DIGITS
                && nc.chars().allMatch(HexFormat::isHexDigit)
                && uri.equals(request.target())
                && !"true".equalsIgnoreCase(brought.get("userhash"));
        // A nonce that is too old is no failure of who brings it.
        if (!isForUs || nonces.look(nonce) != NonceMemory.Verdict.FINE) return null;
        return logins.check(name, request.client(), () -> {
            Users.Digested known = logins.users().digest(name, realm, algorithm);
            String ha1 = known == null ? nobodysHash : known.hash();
            String expected = response(algorithm, ha1, nonce, nc, cnonce, request.method(), uri);
            boolean isRight =
                    equal(expected, brought.getOrDefault("response", "").toLowerCase(Locale.ROOT));
            if (known == null || !isRight) return null;
            return nonces.use(nonce, Long.parseLong(nc, 16)) == NonceMemory.Verdict.FINE ? known.caller() : null;
        });
    }

    /** RFC 7616 §3.4.1, with {@code qop=auth}. */
    static String response(
            String algorithm, String ha1, String nonce, String nc, String cnonce, String method, String uri) {
        String ha2 = hash(algorithm, method + ":" + uri);
        return hash(algorithm, ha1 + ":" + nonce + ":" + nc + ":" + cnonce + ":auth:" + ha2);
    }

    static String hash(String algorithm, String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(algorithm + " is not in this JDK", e);
        }
    }

    private static boolean equal(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }

    private @Nullable String algorithm(String named) {
        for (String each : algorithms) if (each.equalsIgnoreCase(named)) return each;
        return null;
    }

    /** Null if there are none, more than one field, or they are malformed. */
    private static @Nullable Map<String, String> parameters(Fields fields) {
        int at = fields.find("Authorization", 0);
        if (at < 0 || fields.find("Authorization", at + 1) >= 0) return null;
        String value = fields.value(at);
        return value.regionMatches(true, 0, "Digest ", 0, 7) ? AuthParameters.parse(value.substring(7)) : null;
    }

    /** In UTF-8, as {@code username} or, percent-encoded, {@code username*}; null if both or none are there, or it is not UTF-8. */
    private static @Nullable String name(Map<String, String> brought) {
        String plain = brought.get("username");
        String extended = brought.get("username*");
        if ((plain == null) == (extended == null)) return null;
        try {
            String name = plain != null ? utf8(plain) : extended(extended);
            return name == null ? null : Normalizer.normalize(name, Normalizer.Form.NFC);
        } catch (CharacterCodingException | IllegalArgumentException e) {
            return null;
        }
    }

    /** Fields come as bytes, one for each character. */
    private static String utf8(String field) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(field.getBytes(StandardCharsets.ISO_8859_1)))
                .toString();
    }

    /** RFC 8187: {@code UTF-8''percent-encoded}. */
    private static @Nullable String extended(@Nullable String value) throws CharacterCodingException {
        if (value == null || !value.regionMatches(true, 0, "UTF-8'", 0, 6)) return null;
        int quote = value.indexOf('\'', 6);
        if (quote < 0) return null;
        String encoded = value.substring(quote + 1).replace("+", "%2B");
        return utf8(URLDecoder.decode(encoded, StandardCharsets.ISO_8859_1));
    }
}
