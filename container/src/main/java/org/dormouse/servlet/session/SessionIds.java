package org.dormouse.servlet.session;

import java.security.SecureRandom;
import java.util.Base64;

/** Session ids that cannot be guessed: 192 random bits as 32 characters of base64url, which a cookie and a path can hold as they are. */
final class SessionIds {
    private static final int BYTES = 24;

    /** Made with the first session: finding the JDK's providers costs an application without sessions 30 ms of its start. */
    private static final class Source {
        static final SecureRandom RANDOM = new SecureRandom();
    }

    String next() {
        byte[] bytes = new byte[BYTES];
        Source.RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
