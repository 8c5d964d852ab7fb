package org.dormouse.websocket;

import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.server.ServerEndpointConfig;

/** An endpoint that can be connected to: what all its sessions share. Immutable but for the set of open sessions. */
final class DeployedEndpoint {
    private final ServerEndpointConfig config;
    private final Codecs codecs;
    private final EndpointModel model;
    private final EndpointContainer container;
    private final boolean looksAtHandshake;
    private final OpenSessions openSessions;
    private final Role role;

    private DeployedEndpoint(
            ServerEndpointConfig config,
            Codecs codecs,
            EndpointModel model,
            EndpointContainer container,
            OpenSessions openSessions,
            Role role) {
        this.config = config;
        this.codecs = codecs;
        this.model = model;
        this.container = container;
        this.openSessions = openSessions;
        this.role = role;
        this.looksAtHandshake = overridesModifyHandshake(config.getConfigurator());
    }

    /** @throws DeploymentException if the class is no endpoint, or a badly formed one */
    static DeployedEndpoint of(ServerEndpointConfig config, EndpointContainer container, OpenSessions openSessions)
            throws DeploymentException {
        return of(config, container, openSessions, Role.SERVER);
    }

    static DeployedEndpoint of(
            ServerEndpointConfig config, EndpointContainer container, OpenSessions openSessions, Role role)
            throws DeploymentException {
        Codecs codecs = Codecs.of(config);
        Class<?> endpointClass = config.getEndpointClass();
        EndpointModel model = Endpoint.class.isAssignableFrom(endpointClass)
                ? new ProgrammaticModel(endpointClass)
                : AnnotatedModel.of(endpointClass, codecs);
        return new DeployedEndpoint(config, codecs, model, container, openSessions, role);
    }

    /** On which side its sessions are. */
    Role role() {
        return role;
    }

    ServerEndpointConfig config() {
        return config;
    }

    Codecs codecs() {
        return codecs;
    }

    EndpointModel model() {
        return model;
    }

    EndpointContainer container() {
        return container;
    }

    /** Whether it is the same endpoint to the application, though perhaps configured anew for each request. */
    boolean isSameAs(DeployedEndpoint other) {
        return this == other
                || (config.getEndpointClass() == other.config.getEndpointClass()
                        && config.getPath().equals(other.config.getPath()));
    }

    OpenSessions openSessions() {
        return openSessions;
    }

    /** Whether its configurator has a {@code modifyHandshake} of its own; if not, nothing needs to be made for it. */
    boolean looksAtHandshake() {
        return looksAtHandshake;
    }

    private static boolean overridesModifyHandshake(ServerEndpointConfig.Configurator configurator) {
        try {
            return configurator
                            .getClass()
                            .getMethod(
                                    "modifyHandshake",
                                    ServerEndpointConfig.class,
                                    jakarta.websocket.server.HandshakeRequest.class,
                                    jakarta.websocket.HandshakeResponse.class)
                            .getDeclaringClass()
                    != ServerEndpointConfig.Configurator.class;
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e); // Configurator has it
        }
    }
}
