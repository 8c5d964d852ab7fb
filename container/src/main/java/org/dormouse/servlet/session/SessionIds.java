package org.dormouse.servlet.session;

import java.security.SecureRandom;
import java.util.Base64;

/** Session ids that cannot be guessed: 192 random bits as 32 characters of base64url, which a cookie and a path can hold as they are. */
final class SessionIds {
    private static final int BYTES = 24;

    private final SecureRandom random = new SecureRandom();

    String next() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
