package org.dormouse.quarkus;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Map;
import org.dormouse.http.Headers;
import org.dormouse.http.TextHead;
import org.dormouse.http.Version;
import org.jspecify.annotations.Nullable;

/** Turns the head of a request of Vert.x into ours. */
final class VertxHead {
    private VertxHead() {}

    /** @throws IllegalArgumentException if a part of it cannot have come out of a strict parser */
    static TextHead of(HttpServerRequest request) {
        var fields = new Headers();
        for (Map.Entry<String, String> field : request.headers()) fields.add(field.getKey(), field.getValue());
        return TextHead.of(
                request.method().name(),
                originForm(request.uri()),
                version(request.version()),
                authority(request),
                fields,
                contentLength(request, fields));
    }

    private static Version version(HttpVersion version) {
        return switch (version) {
            case HTTP_1_0 -> Version.HTTP_1_0;
            case HTTP_1_1 -> Version.HTTP_1_1;
            case HTTP_2 -> Version.HTTP_2;
        };
    }

    /** Vert.x hands over a target in absolute-form as it came (RFC 9112 §3.2.2); its authority is in {@link #authority} already. */
    private static String originForm(String target) {
        if (target.startsWith("/")) return target;
        int scheme = target.indexOf("://");
        if (scheme < 0) return target;
        int end = scheme + 3;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') end++;
        String rest = target.substring(end);
        return rest.startsWith("/") ? rest : "/" + rest;
    }

    private static @Nullable String authority(HttpServerRequest request) {
        var authority = request.authority();
        return authority == null ? null : authority.toString();
    }

    /** Vert.x has framed the body, so the field is what it says; without one the end tells, unless it has come already. */
    private static long contentLength(HttpServerRequest request, Headers fields) {
        if (fields.has("Transfer-Encoding")) return -1;
        String value = fields.first("Content-Length");
        if (value != null) return Long.parseLong(value);
        if (request.version() != HttpVersion.HTTP_2) return 0;
        return request.isEnded() ? 0 : -1;
    }
}
