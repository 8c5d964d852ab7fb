package org.dormouse.server;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.dormouse.http1.Http1Limits;
import org.dormouse.http1.Violation;
import org.dormouse.server.Configuration.Kind;
import org.dormouse.servlet.RequestLimits;
import org.dormouse.servlet.multipart.MultipartLimits;

/** The keys {@code http.*} and {@code multipart.*}: what one request, or the connection it comes on, may ask for. */
final class HttpKeys {
    static final Map<String, Kind> KINDS = new TreeMap<>(Map.ofEntries(
            Map.entry("http.max-head-bytes", Kind.BYTES),
            Map.entry("http.max-method-bytes", Kind.BYTES),
            Map.entry("http.max-target-bytes", Kind.BYTES),
            Map.entry("http.max-fields", Kind.COUNT),
            Map.entry("http.max-body-bytes", Kind.BYTES),
            Map.entry("http.max-trailer-bytes", Kind.BYTES),
            Map.entry("http.max-chunk-extension-bytes", Kind.BYTES),
            Map.entry("http.max-drain-bytes", Kind.BYTES),
            Map.entry("http.max-unsent-bytes", Kind.BYTES),
            Map.entry("http.max-requests-per-connection", Kind.COUNT),
            Map.entry("http.max-pipelined", Kind.COUNT),
            Map.entry("http.min-rate", Kind.BYTES),
            Map.entry("http.min-write-rate", Kind.BYTES),
            Map.entry("http.head-timeout", Kind.DURATION),
            Map.entry("http.keep-alive-timeout", Kind.DURATION),
            Map.entry("http.body-timeout", Kind.DURATION),
            Map.entry("http.write-timeout", Kind.DURATION),
            Map.entry("http.allow", Kind.TEXT),
            Map.entry("http.server-header", Kind.TEXT),
            Map.entry("http.max-parameters", Kind.COUNT),
            Map.entry("http.max-form-bytes", Kind.BYTES),
            Map.entry("http.max-cookies", Kind.COUNT),
            Map.entry("multipart.max-parts", Kind.COUNT),
            Map.entry("multipart.max-part-head-bytes", Kind.BYTES),
            Map.entry("multipart.max-field-bytes", Kind.BYTES),
            Map.entry("multipart.max-request-bytes", Kind.BYTES)));

    private HttpKeys() {}

    static Http1Limits http1(Configuration from) {
        var otherwise = Http1Limits.DEFAULT;
        Object allowed = from.value("http.allow");
        return new Http1Limits(
                from.count("http.max-head-bytes", otherwise.maxHeadBytes()),
                from.count("http.max-method-bytes", otherwise.maxMethodBytes()),
                from.count("http.max-target-bytes", otherwise.maxTargetBytes()),
                from.count("http.max-fields", otherwise.maxFields()),
                from.number("http.max-body-bytes", otherwise.maxBodyBytes()),
                from.count("http.max-trailer-bytes", otherwise.maxTrailerBytes()),
                from.count("http.max-chunk-extension-bytes", otherwise.maxChunkExtensionBytes()),
                from.count("http.max-drain-bytes", otherwise.maxDrainBytes()),
                from.count("http.max-unsent-bytes", otherwise.maxUnsentBytes()),
                from.count("http.max-requests-per-connection", otherwise.maxRequests()),
                from.count("http.max-pipelined", otherwise.maxPipelined()),
                from.count("http.min-rate", otherwise.minRate()),
                from.count("http.min-write-rate", otherwise.minWriteRate()),
                from.duration("http.head-timeout", otherwise.headTimeout()),
                from.duration("http.keep-alive-timeout", otherwise.keepAliveTimeout()),
                from.duration("http.body-timeout", otherwise.bodyTimeout()),
                from.duration("http.write-timeout", otherwise.writeTimeout()),
                allowed == null ? otherwise.allowed() : allowed((String) allowed));
    }

    private static Set<Violation> allowed(String words) {
        try {
            return words.equals("none") ? Set.of() : Violation.parse(words);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("http.allow: " + e.getMessage(), e);
        }
    }

    static RequestLimits requests(Configuration from) {
        var otherwise = RequestLimits.DEFAULT;
        return new RequestLimits(
                from.count("http.max-parameters", otherwise.maxParameters()),
                from.count("http.max-form-bytes", otherwise.maxFormBytes()),
                from.count("http.max-cookies", otherwise.maxCookies()));
    }

    static MultipartLimits multipart(Configuration from) {
        var otherwise = MultipartLimits.DEFAULT;
        return new MultipartLimits(
                from.count("multipart.max-parts", otherwise.maxParts()),
                from.count("multipart.max-part-head-bytes", otherwise.maxPartHeadBytes()),
                from.count("multipart.max-field-bytes", otherwise.maxFieldBytes()),
                from.number("multipart.max-request-bytes", otherwise.maxRequestBytes()));
    }
}
