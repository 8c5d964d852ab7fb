package org.dormouse.tls;

import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSessionContext;

/**
 * For how long and how many TLS sessions can be resumed. Configuration keys are in brackets.
 *
 * @param cacheSize sessions kept for each host, for clients that take no tickets [tls.session-cache-size]
 * @param timeout from a full handshake to the last resumption [tls.session-timeout]
 */
public record SessionSettings(int cacheSize, Duration timeout) {
    public static final SessionSettings DEFAULT = new SessionSettings(20_000, Duration.ofHours(1));

    public SessionSettings {
        // 0 would be without limit for the JDK.
        if (cacheSize < 1 || cacheSize > 10_000_000)
            throw new IllegalArgumentException("tls.session-cache-size " + cacheSize + " is not in 1 to 10000000");
        // RFC 8446 §4.6.1: a ticket lives for seven days at most.
        if (timeout.toSeconds() < 1 || timeout.compareTo(Duration.ofDays(7)) > 0)
            throw new IllegalArgumentException("tls.session-timeout " + timeout + " is not in PT1S to P7D");
    }

    void applyTo(SSLContext context) {
        SSLSessionContext sessions = context.getServerSessionContext();
        sessions.setSessionCacheSize(cacheSize);
        sessions.setSessionTimeout((int) timeout.toSeconds());
    }
}
