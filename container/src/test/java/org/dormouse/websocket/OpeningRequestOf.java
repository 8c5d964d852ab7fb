package org.dormouse.websocket;

import java.net.URI;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An opening handshake as a client of RFC 6455 sends it; fields can be changed. */
final class OpeningRequestOf implements OpeningRequest {
    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final String uri;
    String method = "GET";

    @Nullable
    Principal principal;

    @Nullable
    String clientAddress;

    @Nullable
    Login login;

    String allowedOrigin = "";

    OpeningRequestOf(String uri) {
        this.uri = uri;
        headers.put("Host", List.of("localhost"));
        headers.put("Upgrade", List.of("websocket"));
        headers.put("Connection", List.of("keep-alive, Upgrade"));
        headers.put("Sec-WebSocket-Key", List.of("dGhlIHNhbXBsZSBub25jZQ=="));
        headers.put("Sec-WebSocket-Version", List.of("13"));
    }

    OpeningRequestOf with(String name, String... values) {
        headers.put(name, List.of(values));
        return this;
    }

    OpeningRequestOf without(String name) {
        headers.remove(name);
        return this;
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String requestUri() {
        return uri;
    }

    @Override
    public boolean isAllowedOrigin(String origin) {
        return origin.equals(allowedOrigin);
    }

    @Override
    public @Nullable String clientAddress() {
        return clientAddress;
    }

    @Override
    public @Nullable Login login() {
        return login;
    }

    @Override
    public Map<String, List<String>> getHeaders() {
        return headers;
    }

    @Override
    public Principal getUserPrincipal() {
        return principal;
    }

    @Override
    public URI getRequestURI() {
        return URI.create(uri);
    }

    @Override
    public boolean isUserInRole(String role) {
        return false;
    }

    @Override
    public Object getHttpSession() {
        return null;
    }

    @Override
    public Map<String, List<String>> getParameterMap() {
        return Map.of();
    }

    @Override
    public String getQueryString() {
        return getRequestURI().getRawQuery();
    }
}
