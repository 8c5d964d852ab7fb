package org.dormouse.websocket.client;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers challenges with a user and a password: DIGEST (RFC 7616; SHA-256 before MD5) before BASIC (RFC 7617). Nothing is said before a server
 * has asked.
 */
final class Login {
    private static final String SHA_256 = "SHA-256";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String user;
    private final String password;

    Login(String user, String password) {
        this.user = user;
        this.password = password;
    }

    /** The value of {@code Authorization} for a GET of {@code target}; null if nothing among the challenges can be answered. */
    @Nullable
    String answer(List<Challenge> challenges, String target) {
        for (String algorithm : List.of(SHA_256, "MD5")) {
            for (Challenge each : challenges) {
                if (each.scheme().equals("digest") && algorithm.equalsIgnoreCase(algorithm(each))) {
                    String answer = digest(each, algorithm, target);
                    if (answer != null) return answer;
                }
            }
        }
        for (Challenge each : challenges) if (each.scheme().equals("basic")) return basic(user, password);
        return null;
    }

    /** Whether the server says that only its nonce is too old, not that the password is wrong. */
    static boolean isStale(List<Challenge> challenges) {
        for (Challenge each : challenges) {
            if (each.scheme().equals("digest")
                    && "true".equalsIgnoreCase(each.parameters().get("stale"))) return true;
        }
        return false;
    }

    static String basic(String user, String password) {
        byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(both);
    }

    private static String algorithm(Challenge challenge) {
        return challenge.parameters().getOrDefault("algorithm", "MD5");
    }

    private @Nullable String digest(Challenge challenge, String algorithm, String target) {
        String realm = challenge.parameters().get("realm");
        String nonce = challenge.parameters().get("nonce");
        if (realm == null || nonce == null) return null;
        String qop = challenge.parameters().get("qop");
        boolean hasQop = qop != null;
        if (qop != null && !List.of(qop.split("[ ,\t]+")).contains("auth")) return null;
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        String cnonce = HexFormat.of().formatHex(random);
        String secret = hash(algorithm, user + ":" + realm + ":" + password);
        String request = hash(algorithm, "GET:" + target);
        String middle = hasQop ? nonce + ":00000001:" + cnonce + ":auth" : nonce;
        String response = hash(algorithm, secret + ":" + middle + ":" + request);

        var text = new StringBuilder("Digest username=").append(quoted(user));
        text.append(", realm=").append(quoted(realm)).append(", nonce=").append(quoted(nonce));
        text.append(", uri=")
                .append(quoted(target))
                .append(", response=\"")
                .append(response)
                .append('"');
        if (challenge.parameters().containsKey("algorithm"))
            text.append(", algorithm=").append(algorithm);
        String opaque = challenge.parameters().get("opaque");
        if (opaque != null) text.append(", opaque=").append(quoted(opaque));
        if (hasQop)
            text.append(", qop=auth, nc=00000001, cnonce=\"").append(cnonce).append('"');
        return text.toString();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String hash(String algorithm, String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every JDK has both
        }
    }
}
