package org.dormouse.compression;

import java.util.List;
import java.util.Locale;

/**
 * What is coded and decoded. Keys are those of docs/configuration.md.
 *
 * @param encodes whether responses are coded ({@code compression.enabled})
 * @param codings that responses may have, the one to be preferred first ({@code compression.codings})
 * @param types media types that are worth it, in lower case; {@code text/*} and {@code application/*+json} stand for many ({@code compression.types})
 * @param minBytes of a response whose length is known; shorter ones stay as they are ({@code compression.min-bytes})
 * @param level 1, the fastest, to 9, the smallest ({@code compression.level})
 * @param decodes whether bodies of requests are decoded ({@code compression.requests})
 * @param maxRequestBytes that all codings of a body may make together ({@code compression.max-request-bytes})
 * @param maxRequestRatio of those to what came over the network ({@code compression.max-request-ratio})
 * @param maxRequestCodings one over the other ({@code compression.max-request-codings})
 */
public record CompressionSettings(
        boolean encodes,
        List<Coding> codings,
        List<String> types,
        int minBytes,
        int level,
        boolean decodes,
        long maxRequestBytes,
        int maxRequestRatio,
        int maxRequestCodings) {
    private static final List<String> TYPES = List.of(
            "text/html",
            "text/plain",
            "text/css",
            "text/javascript",
            "text/xml",
            "text/csv",
            "text/markdown",
            "application/json",
            "application/javascript",
            "application/xml",
            "application/*+json",
            "application/*+xml",
            "image/svg+xml");

    /** Off. */
    public static final CompressionSettings DEFAULT =
            new CompressionSettings(false, List.of(Coding.GZIP), TYPES, 1024, 4, false, 16L << 20, 100, 2);

    public CompressionSettings {
        if (codings.isEmpty()) throw new IllegalArgumentException("compression.codings is empty");
        for (Coding coding : codings) {
            if (encodes && !coding.isAvailable())
                throw new IllegalArgumentException("compression.codings: the library for " + coding.word()
                        + " is not on the class path, or does not run on this platform");
        }
        if (minBytes < 0) throw new IllegalArgumentException("compression.min-bytes " + minBytes + " < 0");
        if (level < 1 || level > 9)
            throw new IllegalArgumentException("compression.level " + level + " is not in 1 to 9");
        if (maxRequestBytes < 1)
            throw new IllegalArgumentException("compression.max-request-bytes " + maxRequestBytes + " < 1");
        if (maxRequestRatio < 2 || maxRequestRatio > 1 << 20)
            throw new IllegalArgumentException(
                    "compression.max-request-ratio " + maxRequestRatio + " is not in 2 to " + (1 << 20));
        if (maxRequestCodings < 1 || maxRequestCodings > 8)
            throw new IllegalArgumentException(
                    "compression.max-request-codings " + maxRequestCodings + " is not in 1 to 8");
        codings = List.copyOf(codings);
        types = types.stream().map(type -> type.toLowerCase(Locale.ROOT)).toList();
    }

    /** Whether responses of {@code contentType}, parameters and all, are worth it. */
    boolean isWorthIt(String contentType) {
        int semicolon = contentType.indexOf(';');
        int end = semicolon < 0 ? contentType.length() : semicolon;
        while (end > 0 && (contentType.charAt(end - 1) == ' ' || contentType.charAt(end - 1) == '\t')) end--;
        for (int i = 0; i < types.size(); i++) if (matches(types.get(i), contentType, end)) return true;
        return false;
    }

    private static boolean matches(String pattern, String type, int end) {
        int star = pattern.indexOf('*');
        if (star < 0) return end == pattern.length() && type.regionMatches(true, 0, pattern, 0, end);
        int behind = pattern.length() - star - 1;
        return end >= star + behind
                && type.regionMatches(true, 0, pattern, 0, star)
                && type.regionMatches(true, end - behind, pattern, star + 1, behind);
    }
}
