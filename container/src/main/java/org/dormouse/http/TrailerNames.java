package org.dormouse.http;

import java.util.Locale;
import java.util.Set;

/**
 * Which fields may follow a body (RFC 9110 §6.5.1): not those that frame the message, say where it goes, who sends it or what its content
 * is, since whoever reads them behind the body has decided about all that before. Pure.
 */
public final class TrailerNames {
    private static final Set<String> FORBIDDEN = Set.of(
            // framing and the connection
            "connection",
            "content-length",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            // routing and what modifies a request or a response
            "age",
            "cache-control",
            "date",
            "expect",
            "expires",
            "host",
            "if-match",
            "if-modified-since",
            "if-none-match",
            "if-range",
            "if-unmodified-since",
            "location",
            "max-forwards",
            "pragma",
            "range",
            "retry-after",
            "vary",
            // who it is
            "authorization",
            "cookie",
            "proxy-authenticate",
            "proxy-authorization",
            "set-cookie",
            "www-authenticate",
            // what the content is
            "content-encoding",
            "content-range",
            "content-type");

    private TrailerNames() {}

    /** Whether a field called {@code name} may be sent behind a body. */
    public static boolean isAllowed(String name) {
        return !FORBIDDEN.contains(name.toLowerCase(Locale.ROOT));
    }
}
