package org.dormouse.http1;

import java.time.Duration;
import java.util.Set;

/**
 * What a client of HTTP/1.1 may ask for, and how long it may take. Every limit is finite; the configuration key of each is in brackets,
 * and the answer to a request beyond a limit names it.
 *
 * @param maxHeadBytes bytes of request line and fields together, with line ends; more is answered 431 [http.max-head-bytes]
 * @param maxMethodBytes bytes of the method; more is answered 501, no such method is implemented [http.max-method-bytes]
 * @param maxTargetBytes bytes of the request target; more is answered 414 [http.max-target-bytes]
 * @param maxFields fields of a head, and of the trailers of a body; more is answered 431 [http.max-fields]
 * @param maxBodyBytes bytes of a request body after decoding; more is answered 413 [http.max-body-bytes]
 * @param maxTrailerBytes bytes of the trailers of a chunked body; more is answered 431 [http.max-trailer-bytes]
 * @param maxChunkExtensionBytes bytes of all chunk extensions of one body; more is answered 400 [http.max-chunk-extension-bytes]
 * @param maxDrainBytes bytes of a body that the application left unread and that are read and dropped to keep the connection; with more
 *     the connection is closed [http.max-drain-bytes]
 * @param maxUnsentBytes bytes of a response that wait in memory for a client that reads slowly; then the writer waits
 *     [http.max-unsent-bytes]
 * @param maxRequests requests of one connection; the answer to the last of them says that it closes [http.max-requests-per-connection]
 * @param maxPipelined answers of one connection that wait to be sent together, or for a client that does not take them; no further request
 *     is begun before they are sent [http.max-pipelined]
 * @param minRate bytes per second that a client must send of a body on average while the server waits for it, beyond the first timeout
 *     [http.min-rate]
 * @param minWriteRate bytes per second that a client must take of a response on average while the server waits for it, beyond the first
 *     timeout [http.min-write-rate]
 * @param headTimeout from the first byte of a head, or the start of a connection, to the end of the head; then 408, or close where no
 *     byte has come [http.head-timeout]
 * @param keepAliveTimeout from the end of a response to the first byte of the next head; then close [http.keep-alive-timeout]
 * @param bodyTimeout for which a read waits for the next byte of a body; then the read fails and the connection is closed
 *     [http.body-timeout]
 * @param writeTimeout for which output waits for the client to take a byte; then the write fails and the connection is cut
 *     [http.write-timeout]
 * @param allowed violations that are let through and counted [http.allow]
 */
public record Http1Limits(
        int maxHeadBytes,
        int maxMethodBytes,
        int maxTargetBytes,
        int maxFields,
        long maxBodyBytes,
        int maxTrailerBytes,
        int maxChunkExtensionBytes,
        int maxDrainBytes,
        int maxUnsentBytes,
        int maxRequests,
        int maxPipelined,
        int minRate,
        int minWriteRate,
        Duration headTimeout,
        Duration keepAliveTimeout,
        Duration bodyTimeout,
        Duration writeTimeout,
        Set<Violation> allowed) {

    private static final Duration LONGEST = Duration.ofDays(7);

    public static final Http1Limits DEFAULT = new Http1Limits(
            16 * 1024,
            64,
            8 * 1024,
            100,
            256L * 1024 * 1024,
            8 * 1024,
            4 * 1024,
            256 * 1024,
            64 * 1024,
            50_000,
            100,
            240,
            240,
            Duration.ofSeconds(20),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Violation.allowedByDefault());

    public Http1Limits {
        within("http.max-head-bytes", maxHeadBytes, 256, 1 << 20);
        within("http.max-method-bytes", maxMethodBytes, 16, 1024);
        within("http.max-target-bytes", maxTargetBytes, 16, 1 << 20);
        within("http.max-fields", maxFields, 1, 10_000);
        within("http.max-body-bytes", maxBodyBytes, 0, Long.MAX_VALUE / 4);
        within("http.max-trailer-bytes", maxTrailerBytes, 0, 1 << 20);
        within("http.max-chunk-extension-bytes", maxChunkExtensionBytes, 0, 1 << 20);
        within("http.max-drain-bytes", maxDrainBytes, 0, 1 << 30);
        within("http.max-unsent-bytes", maxUnsentBytes, 1024, 1 << 30);
        within("http.max-requests-per-connection", maxRequests, 1, Character.MAX_VALUE);
        within("http.max-pipelined", maxPipelined, 1, Byte.MAX_VALUE);
        within("http.min-rate", minRate, 1, 1 << 30);
        within("http.min-write-rate", minWriteRate, 1, 1 << 30);
        positive("http.head-timeout", headTimeout);
        positive("http.keep-alive-timeout", keepAliveTimeout);
        positive("http.body-timeout", bodyTimeout);
        positive("http.write-timeout", writeTimeout);
        allowed = Set.copyOf(allowed);
    }

    private static void within(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(key + " is " + value + ", allowed are " + least + " to " + most);
        }
    }

    private static void positive(String key, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(key + " is " + value + ", allowed is more than zero up to " + LONGEST);
        }
    }
}
