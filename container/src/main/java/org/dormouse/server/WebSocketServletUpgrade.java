package org.dormouse.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.dormouse.http.BadRequest;
import org.dormouse.servlet.DormouseRequest;
import org.dormouse.servlet.NonBlockingPromise;
import org.dormouse.websocket.EndpointContainer;
import org.dormouse.websocket.EndpointMatch;
import org.dormouse.websocket.HandshakeRefused;
import org.dormouse.websocket.WebSocketUpgrade;

/** Makes a WebSocket connection of a servlet request: what {@code ServerContainer.upgradeHttpToWebSocket} and the filter share. */
final class WebSocketServletUpgrade implements EndpointContainer.Upgrader {
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
            upgrade(match, http);
        } catch (HandshakeRefused e) {
            if (e.status() == 500) throw new DeploymentException(e.getMessage(), e);
            if (e.status() != 403) throw new IllegalStateException(e.getMessage(), e);
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
     * @throws HandshakeRefused if it is not to be upgraded; nothing has been answered then
     */
    static void upgrade(EndpointMatch match, HttpServletRequest request) throws HandshakeRefused {
        DormouseRequest own = DormouseRequest.of(request);
        if (!request.getProtocol().equals("HTTP/1.1")) {
            throw new HandshakeRefused(400, "WebSocket handshake over " + request.getProtocol());
        }
        if (!own.exchange().isBodyRead()) throw new HandshakeRefused(400, "WebSocket handshake with a body");
        WebSocketUpgrade upgrade = match.accept(new WebSocketOpeningRequest(request), executor(own));
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
        if (refused.status() < 500) {
            var reason = new BadRequest(refused.status(), String.valueOf(refused.getMessage()));
            DormouseRequest.of(request).exchange().refused(reason);
        }
        if (refused.status() == 426) {
            response.setHeader("Sec-WebSocket-Version", "13");
            response.setHeader("Upgrade", "websocket");
        }
        response.sendError(refused.status(), refused.getMessage());
    }
}
