package org.dormouse.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.net.URI;
import java.security.Principal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dormouse.filter.OriginRules;
import org.dormouse.servlet.DormouseRequest;
import org.dormouse.servlet.session.MemorySession;
import org.dormouse.websocket.OpeningRequest;
import org.dormouse.websocket.RequestUri;
import org.jspecify.annotations.Nullable;

/** A servlet request as the opening handshake sees it. Lives as long as the handshake. */
final class WebSocketOpeningRequest implements OpeningRequest {
    private final HttpServletRequest request;
    private final @Nullable OriginRules origins;

    /** @param origins whose pages may connect beside those of the request's own; null for any */
    WebSocketOpeningRequest(HttpServletRequest request, @Nullable OriginRules origins) {
        this.request = request;
        this.origins = origins;
    }

    @Override
    public boolean isAllowedOrigin(String origin) {
        return origins == null || OriginRules.isOwn(origin, request) || origins.allows(origin);
    }

    @Override
    public @Nullable String clientAddress() {
        return request.getRemoteAddr();
    }

    @Override
    public @Nullable Login login() {
        if (request.getUserPrincipal() == null) return null;
        return DormouseRequest.of(request).getSession(false) instanceof MemorySession session ? session::follow : null;
    }

    @Override
    public String method() {
        return request.getMethod();
    }

    /** As in {@code http://host/path}: the schemes differ in their first letters only. */
    @Override
    public String requestUri() {
        String url = "ws" + request.getRequestURL().substring("http".length());
        String query = request.getQueryString();
        return query == null ? url : url + "?" + query;
    }

    @Override
    public Map<String, List<String>> getHeaders() {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : Collections.list(request.getHeaderNames())) {
            headers.put(name, List.copyOf(Collections.list(request.getHeaders(name))));
        }
        return Collections.unmodifiableMap(headers);
    }

    @Override
    public @Nullable Principal getUserPrincipal() {
        return request.getUserPrincipal();
    }

    @Override
    public URI getRequestURI() {
        return RequestUri.of(requestUri());
    }

    @Override
    public boolean isUserInRole(String role) {
        return request.isUserInRole(role);
    }

    /** The session the request belongs to; null if it has none. */
    @Override
    public @Nullable HttpSession getHttpSession() {
        return request.getSession(false);
    }

    @Override
    public Map<String, List<String>> getParameterMap() {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        request.getParameterMap().forEach((name, values) -> parameters.put(name, List.of(values)));
        return Collections.unmodifiableMap(parameters);
    }

    @Override
    public @Nullable String getQueryString() {
        return request.getQueryString();
    }
}
