package org.dormouse.websocket;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.server.ServerEndpointConfig;

/** An endpoint that can be connected to: what all its sessions share. Immutable but for the set of open sessions. */
final class DeployedEndpoint {
    private final EndpointConfig config;
    private final Class<?> endpointClass;
    private final Codecs codecs;
    private final EndpointModel model;
    private final SessionContainer container;
    private final boolean looksAtHandshake;
    private final OpenSessions openSessions;
    private final Role role;

    private DeployedEndpoint(
            EndpointConfig config,
            Class<?> endpointClass,
            SessionContainer container,
            OpenSessions openSessions,
            Role role)
            throws DeploymentException {
        this.config = config;
        this.endpointClass = endpointClass;
        this.codecs = Codecs.of(config);
        this.model = Endpoint.class.isAssignableFrom(endpointClass)
                ? new ProgrammaticModel(endpointClass)
                : AnnotatedModel.of(endpointClass, codecs);
        this.container = container;
        this.openSessions = openSessions;
        this.role = role;
        this.looksAtHandshake =
                config instanceof ServerEndpointConfig server && overridesModifyHandshake(server.getConfigurator());
    }

    /** @throws DeploymentException if the class is no endpoint, or a badly formed one */
    static DeployedEndpoint of(ServerEndpointConfig config, EndpointContainer container, OpenSessions openSessions)
            throws DeploymentException {
        return new DeployedEndpoint(config, config.getEndpointClass(), container, openSessions, Role.SERVER);
    }

    /** @throws DeploymentException if the class is no endpoint, or a badly formed one */
    static DeployedEndpoint ofClient(
            ClientEndpointConfig config, Class<?> endpointClass, SessionContainer container, OpenSessions openSessions)
            throws DeploymentException {
        return new DeployedEndpoint(config, endpointClass, container, openSessions, Role.CLIENT);
    }

    /** On which side its sessions are. */
    Role role() {
        return role;
    }

    EndpointConfig config() {
        return config;
    }

    /** Of an endpoint on the server's side. */
    ServerEndpointConfig serverConfig() {
        return (ServerEndpointConfig) config;
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
                        && role == other.role
                        && (role == Role.CLIENT
                                || serverConfig()
                                        .getPath()
                                        .equals(other.serverConfig().getPath())));
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
