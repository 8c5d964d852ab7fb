package org.dormouse.websocket;

import jakarta.websocket.ClientEndpoint;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.Objects;
import org.dormouse.poller.loop.FirstUse;
import org.jspecify.annotations.Nullable;

/** An endpoint that can be connected to: what all its sessions share. Immutable but for the set of open sessions. */
final class DeployedEndpoint {
    static {
        // What the loop of a session would be the first to use.
        FirstUse.of(
                WebSocketSession.class,
                WebSocketConnection.class,
                WebSocketOutput.class,
                FrameParser.class,
                MessageReader.class,
                MessageAssembly.class,
                Masking.class,
                Utf8.class,
                SessionDeflate.class,
                OutboundFrame.class,
                ParkedSender.class,
                CloseStatus.class,
                Breach.class,
                ProtocolViolation.class);
    }

    private final EndpointConfig config;
    private final Class<?> endpointClass;
    private final Codecs codecs;
    private final EndpointModel model;
    private final SessionContainer container;
    private final OpenSessions openSessions;
    private final @Nullable ServerSide server; // null on the side of a client

    private DeployedEndpoint(
            EndpointConfig config,
            Class<?> endpointClass,
            SessionContainer container,
            OpenSessions openSessions,
            @Nullable ServerSide server)
            throws DeploymentException {
        this.config = config;
        this.endpointClass = endpointClass;
        this.codecs = Codecs.of(config);
        this.model = model(endpointClass, codecs);
        this.container = container;
        this.openSessions = openSessions;
        this.server = server;
    }

    /** Annotated methods of a class that extends {@link Endpoint} too are called as well, if it is annotated itself. */
    private static EndpointModel model(Class<?> endpointClass, Codecs codecs) throws DeploymentException {
        if (!Endpoint.class.isAssignableFrom(endpointClass)) return AnnotatedModel.of(endpointClass, codecs);
        EndpointModel programmatic = new ProgrammaticModel(endpointClass);
        boolean isAnnotated = endpointClass.isAnnotationPresent(ServerEndpoint.class)
                || endpointClass.isAnnotationPresent(ClientEndpoint.class);
        return isAnnotated ? AnnotatedModel.of(endpointClass, codecs).otherwise(programmatic) : programmatic;
    }

    /** @throws DeploymentException if the class is no endpoint, or a badly formed one */
    static DeployedEndpoint of(ServerEndpointConfig config, EndpointContainer container, OpenSessions openSessions)
            throws DeploymentException {
        Class<?> endpointClass = config.getEndpointClass();
        if (endpointClass == null) throw new DeploymentException("no class for the endpoint at " + config.getPath());
        ServerSide server = ServerSide.of(config, container);
        return new DeployedEndpoint(config, endpointClass, container, openSessions, server);
    }

    /** @throws DeploymentException if the class is no endpoint, or a badly formed one */
    static DeployedEndpoint ofClient(
            ClientEndpointConfig config, Class<?> endpointClass, SessionContainer container, OpenSessions openSessions)
            throws DeploymentException {
        return new DeployedEndpoint(config, endpointClass, container, openSessions, null);
    }

    /** On which side its sessions are. */
    Role role() {
        return server == null ? Role.CLIENT : Role.SERVER;
    }

    EndpointConfig config() {
        return config;
    }

    /** Of an endpoint on the server's side. */
    ServerSide server() {
        return Objects.requireNonNull(server);
    }

    /** Gives up an instance that the container has made, and nobody else. */
    void release(Object instance) {
        if (server != null) server.release(instance);
    }

    Class<?> endpointClass() {
        return endpointClass;
    }

    Codecs codecs() {
        return codecs;
    }

    EndpointModel model() {
        return model;
    }

    SessionContainer container() {
        return container;
    }

    /** Whether it is the same endpoint to the application, though perhaps configured anew for each request. */
    boolean isSameAs(DeployedEndpoint other) {
        return this == other
                || (endpointClass == other.endpointClass
                        && role() == other.role()
                        && (server == null
                                || server.config()
                                        .getPath()
                                        .equals(other.server().config().getPath())));
    }

    OpenSessions openSessions() {
        return openSessions;
    }
}
