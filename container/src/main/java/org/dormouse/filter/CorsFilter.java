package org.dormouse.filter;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.dormouse.filter.FilterSettings.Kind;

/**
 * Tells browsers which other origins may read responses (Fetch, CORS protocol). Answers preflights itself: 204, or 403 where the origin, the
 * method or a field is not allowed. Of other requests with an origin that is not allowed, only opening handshakes of WebSocket are refused
 * (403), because there no browser asks; the rest goes on, without the fields that would let a page read the answer.
 */
public final class CorsFilter extends ConfiguredFilter {
    private static final String ANY = "*";

    private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";
    private static final String ALLOW_CREDENTIALS = "Access-Control-Allow-Credentials";

    /** Methods and fields that need no permission (Fetch §2.2.1 and §2.2.2). */
    private static final Set<String> SIMPLE_METHODS = Set.of("GET", "HEAD", "POST");

    private static final Set<String> SIMPLE_FIELDS =
            Set.of("accept", "accept-language", "content-language", "content-type", "range");

    private OriginRules origins = OriginRules.of(List.of());
    private Set<String> methods = Set.of();
    private boolean isAnyMethod;
    private Set<String> fields = Set.of();
    private boolean isAnyField;
    private String exposed = "";
    private boolean withCredentials;
    private boolean toPrivateNetwork;
    private String maxAge = "";

    public CorsFilter() {
        super("cors", names());
    }

    private static Map<String, Kind> names() {
        var names = new HashMap<String, Kind>();
        names.put("allowed-origins", Kind.TEXT);
        names.put("allowed-methods", Kind.TEXT);
        names.put("allowed-headers", Kind.TEXT);
        names.put("exposed-headers", Kind.TEXT);
        names.put("allow-credentials", Kind.SWITCH);
        names.put("allow-private-network", Kind.SWITCH);
        names.put("max-age", Kind.DURATION);
        return names;
    }

    @Override
    public String main() {
        return "allowed-origins";
    }

    @Override
    void configure(FilterSettings settings) {
        settings.required("allowed-origins");
        withCredentials = settings.isOn("allow-credentials", false);
        toPrivateNetwork = settings.isOn("allow-private-network", false);
        configureOrigins(settings);
        methods = new HashSet<>(tokens(settings, "allowed-methods", "GET, HEAD, POST"));
        isAnyMethod = methods.contains(ANY);
        fields = new HashSet<>();
        for (String field : tokens(settings, "allowed-headers", "")) fields.add(field.toLowerCase(Locale.ROOT));
        isAnyField = fields.contains(ANY);
        exposed = String.join(", ", tokens(settings, "exposed-headers", ""));
        maxAge = Long.toString(settings.duration("max-age", Duration.ofMinutes(10), Duration.ZERO, Duration.ofDays(1))
                .toSeconds());
    }

    private void configureOrigins(FilterSettings settings) {
        try {
            origins = OriginRules.of(settings.list("allowed-origins", ""));
        } catch (IllegalArgumentException e) {
            throw settings.wrong("allowed-origins", OriginRules.EXPECTED);
        }
        if (origins.isAny() && withCredentials) {
            throw new IllegalArgumentException(
                    "cors.allow-credentials with cors.allowed-origins * would let every page act for the user:"
                            + " name the origins");
        }
        if (origins.hasOpaque() && withCredentials) {
            throw new IllegalArgumentException(
                    "cors.allow-credentials with null among cors.allowed-origins would let every page act for the user:"
                            + " each can make itself a frame whose origin is null");
        }
    }

    private static List<String> tokens(FilterSettings settings, String name, String otherwise) {
        List<String> tokens = settings.list(name, otherwise);
        for (String token : tokens) if (!FieldNames.isToken(token)) throw settings.wrong(name, "names with commas");
        return tokens;
    }

    @Override
    void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        boolean isSameForAll = origins.isAny();
        if (!isSameForAll) response.addHeader("Vary", "Origin");
        String origin = request.getHeader("Origin");
        // Browsers send an Origin with requests to the page's own, too.
        if (origin == null || OriginRules.isOwn(origin, request)) {
            if (isSameForAll) allowOrigin(response, ANY);
            chain.doFilter(request, response);
            return;
        }
        boolean allowed = origins.allows(origin) && isOnly(request);
        String method = request.getHeader("Access-Control-Request-Method");
        if (request.getMethod().equals("OPTIONS") && method != null) {
            preflight(request, response, origin, allowed, method);
            return;
        }
        if (!allowed && "websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            String line = "no WebSocket for pages of that origin (cors.allowed-origins)";
            refuse(request, response, 403, line, line + ": " + origin);
            return;
        }
        if (allowed) {
            allowOrigin(response, isSameForAll ? ANY : origin);
            if (!exposed.isEmpty()) response.setHeader("Access-Control-Expose-Headers", exposed);
        }
        chain.doFilter(request, response);
    }

    /** Several are nobody's. */
    private static boolean isOnly(HttpServletRequest request) {
        var values = request.getHeaders("Origin");
        values.nextElement();
        return !values.hasMoreElements();
    }

    private void allowOrigin(HttpServletResponse response, String origin) {
        response.setHeader(ALLOW_ORIGIN, origin);
        if (withCredentials) response.setHeader(ALLOW_CREDENTIALS, "true");
    }

    private void preflight(
            HttpServletRequest request, HttpServletResponse response, String origin, boolean allowed, String method)
            throws IOException {
        response.addHeader("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers");
        String asked = request.getHeader("Access-Control-Request-Headers");
        List<String> askedFields = asked == null || asked.isEmpty() ? List.of() : FieldNames.tokens(asked);
        if (!allowed) {
            String line = "pages of that origin may not (cors.allowed-origins)";
            refuse(request, response, 403, line, line + ": " + origin);
        } else if (!isMethodAllowed(method)) {
            String line = "other origins may not use that method (cors.allowed-methods)";
            refuse(request, response, 403, line, line + ": " + method);
        } else if (askedFields == null || !areAllowed(askedFields)) {
            String line = "other origins may not send one of these fields (cors.allowed-headers)";
            refuse(request, response, 403, line, line + ": " + asked);
        } else {
            allow(request, response, origin, method, askedFields);
        }
    }

    private boolean isMethodAllowed(String method) {
        return SIMPLE_METHODS.contains(method)
                || methods.contains(method)
                || (isAnyMethod && FieldNames.isToken(method));
    }

    private boolean areAllowed(List<String> asked) {
        if (isAnyField) return true;
        for (String field : asked) {
            String name = field.toLowerCase(Locale.ROOT);
            if (!fields.contains(name) && !SIMPLE_FIELDS.contains(name)) return false;
        }
        return true;
    }

    /** With credentials, a star in these fields is a name like any other (Fetch §3.2.3): what was asked for is named. */
    private void allow(
            HttpServletRequest request,
            HttpServletResponse response,
            String origin,
            String method,
            List<String> askedFields) {
        allowOrigin(response, origins.isAny() ? ANY : origin);
        response.setHeader("Access-Control-Allow-Methods", isAnyMethod ? method : String.join(", ", sorted(methods)));
        if (!askedFields.isEmpty()) response.setHeader("Access-Control-Allow-Headers", String.join(", ", askedFields));
        response.setHeader("Access-Control-Max-Age", maxAge);
        if (toPrivateNetwork && "true".equals(request.getHeader("Access-Control-Request-Private-Network")))
            response.setHeader("Access-Control-Allow-Private-Network", "true");
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }

    private static List<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }
}
