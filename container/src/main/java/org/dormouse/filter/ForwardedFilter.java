package org.dormouse.filter;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Peer;
import org.dormouse.servlet.DormouseRequest;
import org.dormouse.transport.TrustedSources;
import org.jspecify.annotations.Nullable;

/**
 * Takes the word of trusted proxies for who the client is: by {@code X-Forwarded-For}, {@code -Proto}, {@code -Host} and {@code -Port}, or by
 * {@code Forwarded} (RFC 7239), never by both, since a proxy that sets one passes on what a client puts into the other. Then remote address,
 * scheme, security and server name of the request are those that the client knows; who really connected is in the attribute
 * {@code org.dormouse.forwarded.peer}. What others say is left alone. A field that cannot be read is answered 400.
 */
public final class ForwardedFilter extends ConfiguredFilter {
    private @Nullable TrustedSources trusted;
    private boolean isByRfc;

    public ForwardedFilter() {
        super("forwarded", Map.of("trusted", FilterSettings.Kind.TEXT, "header", FilterSettings.Kind.TEXT));
    }

    @Override
    public String main() {
        return "trusted";
    }

    @Override
    void configure(FilterSettings settings) {
        settings.required("trusted");
        trusted = settings.sources("trusted");
        isByRfc = switch (settings.text("header", "x-forwarded")) {
            case "forwarded" -> true;
            case "x-forwarded" -> false;
            default -> throw settings.wrong("header", "x-forwarded or forwarded");
        };
    }

    @Override
    void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        DormouseRequest own = DormouseRequest.of(request);
        Peer peer = own.exchange().peer();
        TrustedSources proxies = trusted;
        if (proxies != null && isTrusted(proxies, peer)) {
            try {
                var fields = own.exchange().request().fields();
                own.seenThrough(
                        isByRfc
                                ? ForwardedField.read(fields, proxies)
                                : XForwardedFields.read(
                                        fields, own.exchange().request().authority(), proxies));
            } catch (BadRequest e) {
                refuse(request, response, e.status(), String.valueOf(e.getMessage()));
                return;
            }
        }
        chain.doFilter(request, response);
    }

    static boolean isTrusted(TrustedSources sources, Peer peer) {
        return peer.isUnix() ? sources.includesUnix() : sources.contains(peer.remoteAddress());
    }
}
