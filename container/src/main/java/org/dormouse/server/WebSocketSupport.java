package org.dormouse.server;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import org.dormouse.push.Hub;
import org.dormouse.servlet.Deployment;
import org.dormouse.servlet.DormouseContext;
import org.dormouse.servlet.ListenerDeclaration;
import org.dormouse.websocket.EndpointContainer;
import org.dormouse.websocket.EndpointHost;
import org.dormouse.websocket.WebSocketServices;
import org.dormouse.websocket.client.HandshakeClient;

/**
 * Gives an application its {@code ServerContainer}, the context attribute {@value #ATTRIBUTE}. What serves endpoints, a filter behind those
 * of the application, is installed with the first of them, be it before the start or late; an application without endpoints pays nothing.
 *
 * <pre>{@code
 * var settings = configuration.webSockets();
 * WebSocketSupport sockets = WebSocketSupport.install(context, settings, settings.services());   // before context.start()
 * sockets.add(ChatEndpoint.class);
 * }</pre>
 */
public final class WebSocketSupport {
    /** Name of the context attribute (Jakarta WebSocket 2.2 §7.1). */
    public static final String ATTRIBUTE = "jakarta.websocket.server.ServerContainer";

    private static final String FILTER = "org.dormouse.websocket";

    private final DormouseContext context;
    private final WebSocketSettings settings;
    private final EndpointContainer endpoints;

    private WebSocketSupport(DormouseContext context, WebSocketSettings settings, WebSocketServices services) {
        this.context = context;
        this.settings = settings;
        this.endpoints = new EndpointContainer(
                services,
                context.deployment().classLoader(),
                new WebSocketServletUpgrade(this::container),
                new ApplicationAround(context),
                this::installFilter,
                new HandshakeClient());
    }

    /**
     * Prepares {@code context}, which has not been started. When it stops, its sessions are closed with 1001.
     *
     * @param services of all applications of the server
     */
    public static WebSocketSupport install(
            DormouseContext context, WebSocketSettings settings, WebSocketServices services) {
        WebSocketSupport support = new WebSocketSupport(context, settings, services);
        Deployment deployment = context.deployment();
        deployment.attributes().put(ATTRIBUTE, support.endpoints);
        deployment.listeners().addFirst(ListenerDeclaration.of(new CloseAtStop(support.endpoints)));
        return support;
    }

    /**
     * Adds a class annotated with {@code @ServerEndpoint}.
     *
     * @throws DeploymentException if it is badly formed, or its path is taken
     */
    public void add(Class<?> annotatedEndpoint) throws DeploymentException {
        endpoints.addEndpoint(annotatedEndpoint);
    }

    /**
     * Adds an endpoint by its configuration.
     *
     * @throws DeploymentException if it is badly formed, or its path is taken
     */
    public void add(ServerEndpointConfig config) throws DeploymentException {
        endpoints.addEndpoint(config);
    }

    /** What the application sees as its {@link ServerContainer}. */
    public EndpointContainer container() {
        return endpoints;
    }

    private void installFilter() {
        try {
            context.installFilter(FILTER, new WebSocketFilter(endpoints, settings.origins()), "/*");
        } catch (ServletException e) {
            throw new IllegalStateException("the filter for endpoints cannot be installed", e);
        }
    }

    /** Endpoints get what servlets get. */
    private record ApplicationAround(DormouseContext context) implements EndpointHost {
        @Override
        public Hub hub() {
            return Hub.of(context);
        }

        @Override
        public boolean isDeploying() {
            return !context.isRunning();
        }

        @Override
        public void prepare(Object endpoint) throws ReflectiveOperationException {
            context.deployment().instances().prepare(endpoint);
        }

        @Override
        public void release(Object endpoint) {
            context.deployment().instances().release(endpoint);
        }
    }

    /** The last listener to hear of the end: what the others do at their end can still send. */
    private record CloseAtStop(EndpointContainer endpoints) implements ServletContextListener {
        @Override
        public void contextDestroyed(ServletContextEvent event) {
            endpoints.close();
        }
    }
}
