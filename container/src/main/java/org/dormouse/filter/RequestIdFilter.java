package org.dormouse.filter;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.dormouse.servlet.DormouseRequest;
import org.dormouse.transport.TrustedSources;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Gives each request an id: the one that a trusted proxy brings, if it is 1 to 128 letters, digits, dots, hyphens and underscores; else a
 * random one of 32 hexadecimal digits. It identifies, and is no secret. It is in the attribute {@value #ATTRIBUTE}, in the response, in the
 * access log and, if wanted, in the MDC of the thread that runs filters and servlet.
 */
public final class RequestIdFilter extends ConfiguredFilter {
    /** A String. */
    public static final String ATTRIBUTE = DormouseRequest.REQUEST_ID;

    private static final int MAX_LENGTH = 128;

    private String header = "X-Request-ID";
    private @Nullable String mdc;
    private @Nullable TrustedSources trusted;

    public RequestIdFilter() {
        super(
                "request-id",
                Map.of(
                        "header",
                        FilterSettings.Kind.TEXT,
                        "trusted",
                        FilterSettings.Kind.TEXT,
                        "mdc",
                        FilterSettings.Kind.TEXT));
    }

    @Override
    void configure(FilterSettings settings) {
        header = settings.text("header", header);
        if (!FieldNames.isToken(header)) throw settings.wrong("header", "the name of a field");
        mdc = settings.text("mdc");
        trusted = settings.sources("trusted");
    }

    @Override
    void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String id = idOf(request);
        request.setAttribute(ATTRIBUTE, id);
        response.setHeader(header, id);
        String key = mdc;
        if (key == null) {
            chain.doFilter(request, response);
            return;
        }
        MDC.put(key, id);
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(key);
        }
    }

    private String idOf(HttpServletRequest request) {
        TrustedSources proxies = trusted;
        if (proxies != null
                && ForwardedFilter.isTrusted(
                        proxies, DormouseRequest.of(request).exchange().peer())) {
            String brought = request.getHeader(header);
            if (brought != null && isId(brought)) return brought;
        }
        var random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }

    private static boolean isId(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) return false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isLetterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!isLetterOrDigit && c != '.' && c != '-' && c != '_') return false;
        }
        return true;
    }
}
