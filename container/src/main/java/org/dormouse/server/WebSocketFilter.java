package org.dormouse.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.dormouse.filter.OriginRules;
import org.dormouse.servlet.DormouseRequest;
import org.dormouse.websocket.EndpointContainer;
import org.dormouse.websocket.EndpointMatch;
import org.dormouse.websocket.HandshakeRefused;

/** Connects opening handshakes to the endpoint at their path; every other request goes on. Behind all filters of the application. */
final class WebSocketFilter extends HttpFilter {
    private static final long serialVersionUID = 1;

    private final transient EndpointContainer endpoints;
    private final transient OriginRules origins;

    /** @param origins whose pages may connect beside those of the server's own */
    WebSocketFilter(EndpointContainer endpoints, OriginRules origins) {
        this.endpoints = endpoints;
        this.origins = origins;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        EndpointMatch match = WebSocketServletUpgrade.asksForWebSocket(request) ? endpoints.find(path(request)) : null;
        if (match == null) {
            chain.doFilter(request, response);
            return;
        }
        try {
            WebSocketServletUpgrade.upgrade(match, request, origins);
        } catch (HandshakeRefused e) {
            WebSocketServletUpgrade.refuse(request, response, e);
        }
    }

    /** The path that security constraints and mappings looked at, not one that a wrapper shows. */
    private static String path(HttpServletRequest request) {
        DormouseRequest own = DormouseRequest.of(request);
        String info = own.getPathInfo();
        return info == null ? own.getServletPath() : own.getServletPath() + info;
    }
}
