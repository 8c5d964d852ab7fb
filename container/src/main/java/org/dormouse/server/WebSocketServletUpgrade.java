package org.dormouse.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.dormouse.filter.OriginRules;
import org.dormouse.http.BadRequest;
import org.dormouse.servlet.DormouseRequest;
import org.dormouse.servlet.NonBlockingPromise;
import org.dormouse.websocket.EndpointContainer;
import org.dormouse.websocket.EndpointMatch;
import org.dormouse.websocket.HandshakeRefused;
import org.dormouse.websocket.WebSocketUpgrade;
import org.jspecify.annotations.Nullable;

/** Makes a WebSocket connection of a servlet request: what {@code ServerContainer.upgradeHttpToWebSocket} and the filter share. */
final class WebSocketServletUpgrade implements EndpointContainer.Upgrader {
    /** Sessions live long: who is refused a place need not ask for one each second. */
    private static final String RETRY_SECONDS = "10";

    private final Supplier<EndpointContainer> endpoints;

    WebSocketServletUpgrade(Supplier<EndpointContainer> endpoints) {
        this.endpoints = endpoints;
    }

    @Override
    public void upgrade(
            Object request, Object response, ServerEndpointConfig config, Map<String, String> pathParameters)
            throws IOException, DeploymentException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            throw new IllegalArgumentException("not a servlet request and response: " + request + ", " + response);
        }
        EndpointMatch match = endpoints.get().match(config, pathParameters);
        try {
            upgrade(match, http, null);
        } catch (HandshakeRefused e) {
            if (e.status() == 500) throw new DeploymentException(e.getMessage(), e);
            boolean isRefusal = e.status() == 403 || e.status() == 503;
            if (!isRefusal) throw new IllegalStateException(e.getMessage(), e);
            refuse(http, answer, e);
        }
    }

    static boolean asksForWebSocket(HttpServletRequest request) {
        String upgrade = request.getHeader("Upgrade");
        return upgrade != null && upgrade.toLowerCase(java.util.Locale.ROOT).contains("websocket");
    }

    /**
     * Checks the handshake by what {@code request} shows, wrapped as it may be, and upgrades the connection beneath it.
     *
     * @param origins whose pages may connect beside those of the server's own; null where the application has looked at that itself, before
     *     it asked for the upgrade
     * @throws HandshakeRefused if it is not to be upgraded; nothing has been answered then
     */
    static void upgrade(EndpointMatch match, HttpServletRequest request, @Nullable OriginRules origins)
            throws HandshakeRefused {
        DormouseRequest own = DormouseRequest.of(request);
        if (!request.getProtocol().equals("HTTP/1.1")) {
            throw new HandshakeRefused(400, "WebSocket handshake over " + request.getProtocol());
        }
        if (!own.exchange().isBodyRead()) throw new HandshakeRefused(400, "WebSocket handshake with a body");
        WebSocketUpgrade upgrade = match.accept(new WebSocketOpeningRequest(request, origins), executor(own));
        own.upgrade(upgrade.fields(), upgrade);
    }

    /** Endpoints are as the rest of their application, whatever the servlet at their path has promised. */
    private static Executor executor(DormouseRequest request) {
        if (!(request.executor() instanceof InlineRequest inline)) return request.executor();
        NonBlockingPromise promise = request.servletContext().promiseOfEndpoints();
        return promise == null ? inline.forBlocking() : inline.forSockets(promise);
    }

    static void refuse(HttpServletRequest request, HttpServletResponse response, HandshakeRefused refused)
            throws IOException {
        if (refused.status() < 500 || refused.status() == 503) {
            var reason = new BadRequest(refused.status(), String.valueOf(refused.getMessage()));
            DormouseRequest.of(request).exchange().refused(reason);
        }
        if (refused.status() == 426) {
            response.setHeader("Sec-WebSocket-Version", "13");
            response.setHeader("Upgrade", "websocket");
        }
        if (refused.status() == 503) response.setHeader("Retry-After", RETRY_SECONDS);
        response.sendError(refused.status(), refused.getMessage());
    }
}
