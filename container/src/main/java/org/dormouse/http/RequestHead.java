package org.dormouse.http;

import org.jspecify.annotations.Nullable;

/**
 * The head of one request (RFC 9112 §3), immutable. Strings are made when asked for. It points into an array of its own, never into
 * the buffer of a loop.
 */
public interface RequestHead {
    String method();

    /** The path of the target as it was sent, still encoded, without query; {@code "*"} for {@code OPTIONS *} (RFC 9112 §3.2.4). */
    String rawPath();

    /** What follows the first {@code ?} of the target, still encoded; null where there is none. */
    @Nullable
    String query();

    Version version();

    /** Host and port the request is for: of the absolute-form target if that was sent, else the Host field; null for HTTP/1.0 without. */
    @Nullable
    String authority();

    Fields fields();

    /** Length of the body in bytes: 0 where there is none, -1 where only its end will tell (chunked, HTTP/2 without a length). */
    long contentLength();
}
