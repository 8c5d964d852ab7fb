package org.dormouse.transport;

import java.time.Duration;

/**
 * From whom the PROXY protocol is taken. Configuration keys are in brackets.
 *
 * @param trusted whose connections must begin with a header [proxy-protocol.trusted]
 * @param refusesOthers whether those of anybody else are closed at once; else they are taken for what they are, and a header is no HTTP
 *     [proxy-protocol.others]
 * @param maxHeaderBytes of version 2; version 1 has 107 [proxy-protocol.max-header-bytes]
 * @param timeout from the accept to the end of the header [proxy-protocol.timeout]
 */
public record ProxySettings(TrustedSources trusted, boolean refusesOthers, int maxHeaderBytes, Duration timeout) {
    static final String MAX_BYTES = "proxy-protocol.max-header-bytes";

    /** Two paths of Unix domain sockets fit. */
    private static final int LEAST_BYTES = 232;

    private static final int MOST_BYTES = 16 + 65535;

    public ProxySettings {
        if (maxHeaderBytes < LEAST_BYTES || maxHeaderBytes > MOST_BYTES)
            throw new IllegalArgumentException(
                    MAX_BYTES + " " + maxHeaderBytes + " is not in " + LEAST_BYTES + " to " + MOST_BYTES);
        if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(Duration.ofMinutes(10)) > 0)
            throw new IllegalArgumentException("proxy-protocol.timeout " + timeout + " is not above 0 and up to PT10M");
    }

    /** The same, trusting others. */
    public ProxySettings trusting(TrustedSources others) {
        return new ProxySettings(others, refusesOthers, maxHeaderBytes, timeout);
    }
}
