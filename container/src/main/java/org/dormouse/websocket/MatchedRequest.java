package org.dormouse.websocket;

import jakarta.websocket.server.HandshakeRequest;
import java.net.URI;
import java.security.Principal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The opening request as {@code modifyHandshake} sees it: what the path template found is among its parameters. */
record MatchedRequest(OpeningRequest request, Map<String, String> pathParameters) implements HandshakeRequest {
    /** Those of the query, and behind them the variables of the path. */
    @Override
    public Map<String, List<String>> getParameterMap() {
        if (pathParameters.isEmpty()) return request.getParameterMap();
        Map<String, List<String>> all = new LinkedHashMap<>(request.getParameterMap());
        pathParameters.forEach((name, value) -> all.putIfAbsent(name, List.of(value)));
        return Collections.unmodifiableMap(all);
    }

    @Override
    public Map<String, List<String>> getHeaders() {
        return request.getHeaders();
    }

    @Override
    public @Nullable Principal getUserPrincipal() {
        return request.getUserPrincipal();
    }

    @Override
    public URI getRequestURI() {
        return request.getRequestURI();
    }

    @Override
    public boolean isUserInRole(String role) {
        return request.isUserInRole(role);
    }

    @Override
    public @Nullable Object getHttpSession() {
        return request.getHttpSession();
    }

    @Override
    public @Nullable String getQueryString() {
        return request.getQueryString();
    }
}
