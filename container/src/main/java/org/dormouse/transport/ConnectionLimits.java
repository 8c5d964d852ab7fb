package org.dormouse.transport;

import java.time.Duration;

/**
 * What connections of every protocol are held to. Every limit is finite; the configuration key is in brackets.
 *
 * @param maxConnections open connections of the whole server; more wait in the kernel [connections.max]
 * @param maxPerAddress open connections of one client address, the first 64 bits of IPv6; more are closed at once [connections.max-per-address]
 * @param maxLingerBytes bytes that are read and dropped after the last answer, so that it reaches a client that is still sending
 *     [connections.max-linger-bytes]
 * @param lingerTimeout for how long that is done [connections.linger-timeout]
 * @param closeTimeout for which the last bytes wait for the peer to take them, before the connection is cut [connections.close-timeout]
 * @param minRate bytes per second with which the peer may take longer for the last bytes [connections.min-rate]
 */
public record ConnectionLimits(
        int maxConnections,
        int maxPerAddress,
        int maxLingerBytes,
        Duration lingerTimeout,
        Duration closeTimeout,
        int minRate) {
    public static final ConnectionLimits DEFAULT = new ConnectionLimits(
            1_000_000, 65_536, 16 * 1024 * 1024, Duration.ofSeconds(5), Duration.ofSeconds(30), 240);

    public ConnectionLimits {
        if (maxConnections < 1) throw wrong("connections.max", maxConnections, "at least 1");
        if (maxPerAddress < 1) throw wrong("connections.max-per-address", maxPerAddress, "at least 1");
        if (maxLingerBytes < 0) throw wrong("connections.max-linger-bytes", maxLingerBytes, "at least 0");
        if (lingerTimeout.isNegative() || lingerTimeout.compareTo(Duration.ofHours(1)) > 0) {
            throw wrong("connections.linger-timeout", lingerTimeout, "0 to 1 h");
        }
        if (closeTimeout.isNegative() || closeTimeout.isZero() || closeTimeout.compareTo(Duration.ofDays(1)) > 0) {
            throw wrong("connections.close-timeout", closeTimeout, "more than 0 to 1 d");
        }
        if (minRate < 1) throw wrong("connections.min-rate", minRate, "at least 1");
    }

    private static IllegalArgumentException wrong(String key, Object value, String allowed) {
        return new IllegalArgumentException(key + " is " + value + ", allowed is " + allowed);
    }
}
