package org.dormouse.websocket;

import jakarta.websocket.Session;
import java.net.URI;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a session knows of the request that opened it: nothing but this is kept of it. Any thread. */
abstract class SessionOpening implements Session {
    private final String requestUri;
    private final Map<String, String> pathParameters;
    private final @Nullable Principal principal;
    private final String subprotocol;

    SessionOpening(HandshakeResult handshake) {
        this.requestUri = handshake.requestUri();
        this.pathParameters = handshake.pathParameters();
        this.principal = handshake.principal();
        this.subprotocol = handshake.subprotocol();
    }

    /** @throws IllegalStateException if {@code onClose} has returned */
    abstract void requireOpen();

    final @Nullable String pathParameter(String name) {
        return pathParameters.get(name);
    }

    @Override
    public final String getProtocolVersion() {
        requireOpen();
        return "13";
    }

    @Override
    public final String getNegotiatedSubprotocol() {
        requireOpen();
        return subprotocol;
    }

    @Override
    public final boolean isSecure() {
        requireOpen();
        return requestUri.startsWith("wss:");
    }

    @Override
    public final URI getRequestURI() {
        requireOpen();
        return RequestUri.of(requestUri);
    }

    @Override
    public final Map<String, List<String>> getRequestParameterMap() {
        return QueryParameters.parse(getQueryString());
    }

    @Override
    public final @Nullable String getQueryString() {
        requireOpen();
        int mark = requestUri.indexOf('?');
        return mark < 0 ? null : requestUri.substring(mark + 1);
    }

    @Override
    public final Map<String, String> getPathParameters() {
        requireOpen();
        return pathParameters;
    }

    @Override
    public final @Nullable Principal getUserPrincipal() {
        requireOpen();
        return principal;
    }
}
