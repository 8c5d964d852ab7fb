package org.dormouse.http;

/**
 * Which bytes of a response body may leave: none where the response has no body, none beyond its content length. Every protocol counts
 * with this, so that the rule stands once (RFC 9110 §6.4.1 and §8.6, RFC 9112 §6.3). Belongs to the writer of the exchange.
 */
public final class ResponseBody {
    private final short status; // with the boolean behind it in what is padding otherwise
    private final boolean allowed;
    private final long contentLength;
    private long written;

    /**
     * @param contentLength as given to {@link Exchange#commit}: bytes, or -1 if only the end will tell
     */
    public ResponseBody(String method, int status, long contentLength) {
        if (contentLength < -1) throw new IllegalArgumentException("content length " + contentLength + " < -1");
        this.status = (short) status;
        this.allowed = isAllowed(method, status);
        this.contentLength = forbidsLength(status) ? -1 : status == 205 ? 0 : contentLength;
    }

    /**
     * Whether a response with {@code status} to {@code method} has a body at all: not after HEAD, not with 1xx, 204 and 304; and that of a 205
     * has to be empty, which its length says (RFC 9110 §15.3.6).
     */
    public static boolean isAllowed(String method, int status) {
        return status >= 200 && status != 204 && status != 205 && status != 304 && !method.equals("HEAD");
    }

    /** A 1xx or 204 has no Content-Length; an answer to HEAD and a 304 may have that of the body they leave out (RFC 9110 §8.6). */
    private static boolean forbidsLength(int status) {
        return status < 200 || status == 204;
    }

    public int status() {
        return status;
    }

    public boolean isAllowed() {
        return allowed;
    }

    /** The value of the Content-Length field; -1 if there is to be none. */
    public long contentLength() {
        return contentLength;
    }

    /** Whether there is a body and only its end tells its length: chunked in HTTP/1.1, closed in HTTP/1.0. */
    public boolean isOpenEnded() {
        return allowed && contentLength < 0;
    }

    /** How many of the next {@code length} bytes may leave, 0 to {@code length}; those beyond are dropped. */
    public int admits(int length) {
        if (!allowed) return 0;
        return contentLength < 0 ? length : (int) Math.min(length, contentLength - written);
    }

    /** Counts {@code length} admitted bytes that have left. */
    public void wrote(int length) {
        written += length;
    }

    /** Bytes that have left so far. */
    public long written() {
        return written;
    }

    /** Whether bytes of the content length are still missing: to end here breaks the framing, so the connection must not go on. */
    public boolean isShort() {
        return allowed && written < contentLength;
    }
}
