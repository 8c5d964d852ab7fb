package org.dormouse.websocket;

import jakarta.websocket.CloseReason;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.dormouse.push.Hub;
import org.jspecify.annotations.Nullable;

/**
 * The WebSocket endpoints of one application: the {@code ServerContainer} that stands as an attribute in its context. Endpoints may be
 * added at any time, while it runs too. Any thread.
 */
public final class EndpointContainer extends SessionContainer implements ServerContainer, Hub.Owner {
    /** Reaches from what the application calls a request to the connection that carries it: the one thing that needs to know servlets. */
    public interface Upgrader {
        /** See {@link ServerContainer#upgradeHttpToWebSocket}. */
        void upgrade(Object request, Object response, ServerEndpointConfig config, Map<String, String> pathParameters)
                throws IOException, DeploymentException;
    }

    private final Upgrader upgrader;
    private final Runnable whenFirstAdded;
    private final EndpointHost host;
    private final OpenSessions upgraded = new OpenSessions(); // of endpoints that are not deployed

    private final Set<Class<?>> deployedByAnnotation = new HashSet<>(); // guarded by this
    private volatile Map<PathTemplate, DeployedEndpoint> endpoints =
            Map.of(); // in order of precedence; replaced under this
    private volatile boolean closed;
    private @Nullable DeploymentException failure; // of the deployment; guarded by this

    /**
     * Begins without endpoints.
     *
     * @param services shared by the applications of a server
     * @param classLoader of the application: the context class loader of its callbacks
     * @param whenFirstAdded called once, before the first endpoint can be found: what serves them need not be there before
     * @param connector connects the clients of the application
     */
    public EndpointContainer(
            WebSocketServices services,
            ClassLoader classLoader,
            Upgrader upgrader,
            EndpointHost host,
            Runnable whenFirstAdded,
            Connector connector) {
        super(services, classLoader, connector);
        this.host = host;
        this.upgrader = upgrader;
        this.whenFirstAdded = whenFirstAdded;
    }

    EndpointHost host() {
        return host;
    }

    @Override
    public Hub hub() {
        return host.hub();
    }

    SessionLimits sessionLimits() {
        return services().sessions();
    }

    /** A class that is there already, found by a scan, is not deployed again (Jakarta WebSocket 2.2 §6.4). */
    @Override
    public synchronized void addEndpoint(Class<?> endpointClass) throws DeploymentException {
        if (deployedByAnnotation.contains(endpointClass) && failure == null) return;
        deploy(() -> {
            if (endpointClass == null) throw new DeploymentException("null is no endpoint");
            add(AnnotatedConfig.of(endpointClass));
            deployedByAnnotation.add(endpointClass);
        });
    }

    @Override
    public synchronized void addEndpoint(ServerEndpointConfig config) throws DeploymentException {
        deploy(() -> {
            if (config == null) throw new DeploymentException("null configures no endpoint");
            add(config);
        });
    }

    private interface Step {
        void run() throws DeploymentException;
    }

    /**
     * While the application is deployed, one bad endpoint takes all of them out of service, and no other gets in (Jakarta WebSocket 2.2
     * §5.2.1); later it hurts nobody else.
     */
    private void deploy(Step step) throws DeploymentException {
        if (failure != null) {
            throw new DeploymentException(
                    "no endpoint is deployed, because one of the application is badly formed: " + failure.getMessage(),
                    failure);
        }
        try {
            step.run();
        } catch (DeploymentException e) {
            if (host.isDeploying()) {
                failure = e;
                endpoints = Map.of();
            }
            throw e;
        }
    }

    private void add(ServerEndpointConfig config) throws DeploymentException {
        if (closed) throw new DeploymentException("the application has stopped");
        PathTemplate template = PathTemplate.of(config.getPath());
        DeployedEndpoint endpoint = DeployedEndpoint.of(config, this, new OpenSessions());
        for (Map.Entry<PathTemplate, DeployedEndpoint> present : endpoints.entrySet()) {
            if (!present.getKey().isEquivalentTo(template)) continue;
            throw new DeploymentException("path \"" + template + "\" of "
                    + config.getEndpointClass().getName() + " is that of "
                    + present.getValue().endpointClass().getName() + " (\"" + present.getKey() + "\")");
        }
        Map<PathTemplate, DeployedEndpoint> more = new TreeMap<>(endpoints);
        more.put(template, endpoint);
        if (endpoints.isEmpty()) whenFirstAdded.run();
        endpoints = more;
    }

    /**
     * Finds the endpoint for a request: an exact path first, then the template with the most literal beginning (Jakarta WebSocket 2.2
     * §4.1.1).
     *
     * @param path below the context path, decoded and canonical
     */
    public @Nullable EndpointMatch find(String path) {
        for (Map.Entry<PathTemplate, DeployedEndpoint> candidate : endpoints.entrySet()) {
            Map<String, String> parameters = candidate.getKey().match(path);
            if (parameters != null) return new EndpointMatch(candidate.getValue(), parameters);
        }
        return null;
    }

    /**
     * An endpoint that is not deployed, for one request: what {@link #upgradeHttpToWebSocket} connects to. Nothing of it is kept here but
     * its open session: a framework may make a configuration for each request.
     *
     * @throws DeploymentException if the endpoint is badly formed
     */
    public EndpointMatch match(ServerEndpointConfig config, Map<String, String> pathParameters)
            throws DeploymentException {
        return new EndpointMatch(
                DeployedEndpoint.of(config, this, upgraded),
                Collections.unmodifiableMap(new LinkedHashMap<>(pathParameters)));
    }

    @Override
    public void upgradeHttpToWebSocket(
            Object httpServletRequest,
            Object httpServletResponse,
            ServerEndpointConfig config,
            Map<String, String> pathParameters)
            throws IOException, DeploymentException {
        upgrader.upgrade(httpServletRequest, httpServletResponse, config, pathParameters);
    }

    /** The application stops: every session is closed with 1001. Endpoints cannot be added any more. */
    public synchronized void close() {
        closed = true;
        CloseReason reason = CloseStatus.reason(CloseStatus.GOING_AWAY, "the application stops");
        for (DeployedEndpoint endpoint : endpoints.values()) closeSessions(endpoint.openSessions(), reason);
        closeSessions(upgraded, reason);
        closeClients(reason);
    }

    /** Sessions that are open now. */
    public int openSessions() {
        int count = upgraded.size();
        for (DeployedEndpoint endpoint : endpoints.values())
            count += endpoint.openSessions().size();
        return count;
    }

    private static void closeSessions(OpenSessions sessions, CloseReason reason) {
        for (WebSocketSession session : sessions.copy()) session.closeByContainer(reason);
    }

    /** Whether {@code endpointClass} is annotated as an endpoint of a server. */
    public static boolean isAnnotated(Class<?> endpointClass) {
        return endpointClass.isAnnotationPresent(ServerEndpoint.class);
    }

    /** Whether a scan that finds {@code endpointClass} may deploy it: public and concrete (Jakarta WebSocket 2.2 §4.8). */
    public static boolean isDeployable(Class<?> endpointClass) {
        return AnnotatedConfig.isDeployable(endpointClass);
    }
}
