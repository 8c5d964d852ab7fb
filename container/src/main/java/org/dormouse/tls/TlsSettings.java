package org.dormouse.tls;

import java.time.Duration;

/**
 * What handshakes are held to. Every limit is finite; the configuration key is in brackets.
 *
 * @param maxHandshakes handshakes at once, counted from the whole ClientHello on, in this JVM; a client beyond it is closed. Each takes some
 *     18 KB, nearly all of it the engine's [tls.max-handshakes]
 * @param handshakeTimeout from the accept to the end of the handshake [tls.handshake-timeout]
 * @param maxHelloBytes of the ClientHello [tls.max-hello-bytes]
 * @param maxHandshakeBytes that a client may send until the handshake ends, its certificates included [tls.max-handshake-bytes]
 */
public record TlsSettings(int maxHandshakes, Duration handshakeTimeout, int maxHelloBytes, int maxHandshakeBytes) {
    public static final String MAX_HANDSHAKES = "tls.max-handshakes";
    public static final String HANDSHAKE_TIMEOUT = "tls.handshake-timeout";
    public static final String MAX_HELLO_BYTES = "tls.max-hello-bytes";
    public static final String MAX_HANDSHAKE_BYTES = "tls.max-handshake-bytes";

    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final int LEAST_HELLO_BYTES = 512;
    private static final int MOST_HELLO_BYTES = 64 * 1024;
    private static final int MOST_HANDSHAKE_BYTES = 16 * 1024 * 1024;

    public static final TlsSettings DEFAULT = new TlsSettings(10_000, Duration.ofSeconds(10), 16 * 1024, 256 * 1024);

    public TlsSettings {
        check(MAX_HANDSHAKES, maxHandshakes, 1, 1_000_000);
        check(MAX_HELLO_BYTES, maxHelloBytes, LEAST_HELLO_BYTES, MOST_HELLO_BYTES);
        check(MAX_HANDSHAKE_BYTES, maxHandshakeBytes, maxHelloBytes, MOST_HANDSHAKE_BYTES);
        if (handshakeTimeout.isNegative() || handshakeTimeout.isZero() || handshakeTimeout.compareTo(LONGEST) > 0)
            throw new IllegalArgumentException(
                    HANDSHAKE_TIMEOUT + " " + handshakeTimeout + " is not above 0 and up to " + LONGEST);
    }

    private static void check(String key, int value, int least, int most) {
        if (value < least || value > most)
            throw new IllegalArgumentException(key + " " + value + " is not in " + least + " to " + most);
    }
}
