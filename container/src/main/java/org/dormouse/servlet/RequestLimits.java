package org.dormouse.servlet;

/**
 * Limits on what the servlet layer keeps of a request. What is beyond is answered 413 (form), 400 (parameters) or 431 (cookies).
 *
 * @param maxParameters parameters of query and body together (key {@code http.max-parameters})
 * @param maxFormBytes bytes of an {@code application/x-www-form-urlencoded} body (key {@code http.max-form-bytes})
 * @param maxCookies cookies of one request, malformed ones included (key {@code http.max-cookies})
 */
public record RequestLimits(int maxParameters, int maxFormBytes, int maxCookies) {
    public static final RequestLimits DEFAULT = new RequestLimits(1000, 2 * 1024 * 1024, 200);

    public RequestLimits {
        if (maxParameters < 1) throw new IllegalArgumentException("http.max-parameters " + maxParameters + " < 1");
        if (maxCookies < 1) throw new IllegalArgumentException("http.max-cookies " + maxCookies + " < 1");
        if (maxFormBytes < 1) throw new IllegalArgumentException("http.max-form-bytes " + maxFormBytes + " < 1");
    }
}
