package org.dormouse.servlet.security;

import java.time.Duration;

/**
 * What a {@link LoginFlow} may cost before anybody has logged in.
 *
 * @param maxSavedRequest bytes of a request, its fields and its body, that is kept until its client has logged in; a request with a larger
 *     body is answered 413 (key {@code login.max-saved-request})
 * @param maxSavedBytes of all of one application; beyond that no request is kept, and who logs in arrives at the root of the application
 *     (key {@code login.max-saved-bytes})
 * @param timeout how long a request is kept, and a session that was made for the login alone lives (key {@code login.timeout})
 */
public record LoginSettings(int maxSavedRequest, long maxSavedBytes, Duration timeout) {
    public static final LoginSettings DEFAULT = new LoginSettings(16 * 1024, 32 * 1024 * 1024, Duration.ofMinutes(2));

    public LoginSettings {
        if (maxSavedRequest < 1)
            throw new IllegalArgumentException("login.max-saved-request " + maxSavedRequest + " < 1");
        if (maxSavedBytes < 1) throw new IllegalArgumentException("login.max-saved-bytes " + maxSavedBytes + " < 1");
        if (timeout.compareTo(Duration.ofSeconds(1)) < 0 || timeout.compareTo(Duration.ofHours(1)) > 0)
            throw new IllegalArgumentException("login.timeout " + timeout.toMillis() + "ms, must be 1s to 1h");
    }
}
