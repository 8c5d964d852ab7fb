package org.dormouse.websocket;

import jakarta.websocket.ClientEndpoint;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.dormouse.websocket.frame.DeflateSettings;
import org.dormouse.websocket.frame.DeflateTerms;
import org.jspecify.annotations.Nullable;

/** A client's endpoint on its way to a server: what is known of it before the connection, and the session that it becomes. One thread. */
public final class ClientConnection {
    private final DeployedEndpoint endpoint;
    private final ClientEndpointConfig config;
    private final Object instance;

    private ClientConnection(DeployedEndpoint endpoint, ClientEndpointConfig config, Object instance) {
        this.endpoint = endpoint;
        this.config = config;
        this.instance = instance;
    }

    static ClientConnection annotated(@Nullable Object instance, SessionContainer container, OpenSessions sessions)
            throws DeploymentException {
        if (instance == null) throw new DeploymentException("no endpoint is given");
        ClientEndpointConfig config = config(instance.getClass());
        return of(config, instance.getClass(), instance, container, sessions);
    }

    static ClientConnection annotated(@Nullable Class<?> type, SessionContainer container, OpenSessions sessions)
            throws DeploymentException {
        if (type == null) throw new DeploymentException("no endpoint is given");
        return of(config(type), type, null, container, sessions);
    }

    static ClientConnection programmatic(
            @Nullable Endpoint instance,
            @Nullable ClientEndpointConfig config,
            SessionContainer container,
            OpenSessions sessions)
            throws DeploymentException {
        if (instance == null) throw new DeploymentException("no endpoint is given");
        return of(given(config), instance.getClass(), instance, container, sessions);
    }

    static ClientConnection programmatic(
            @Nullable Class<? extends Endpoint> type,
            @Nullable ClientEndpointConfig config,
            SessionContainer container,
            OpenSessions sessions)
            throws DeploymentException {
        if (type == null) throw new DeploymentException("no endpoint is given");
        return of(given(config), type, null, container, sessions);
    }

    private static ClientConnection of(
            ClientEndpointConfig config,
            Class<?> type,
            @Nullable Object instance,
            SessionContainer container,
            OpenSessions sessions)
            throws DeploymentException {
        DeployedEndpoint endpoint = DeployedEndpoint.ofClient(config, type, container, sessions);
        return new ClientConnection(endpoint, config, instance == null ? make(type) : instance);
    }

    /** How the application wants to be connected. */
    public ClientEndpointConfig config() {
        return config;
    }

    /** For messages: the name of the endpoint's class. */
    public String name() {
        return endpoint.endpointClass().getName();
    }

    /** How messages may be compressed. */
    public DeflateSettings compression() {
        return endpoint.container().services().pools().settings();
    }

    /**
     * The server has agreed.
     *
     * @param requestUri what was asked for at last
     * @param subprotocol what both agreed on; empty if nothing
     * @param compression what both agreed on; null for none
     * @param executor runs the callbacks but for the first; called by the loop owner, must not block
     */
    public ClientUpgrade accepted(
            String requestUri, String subprotocol, DeflateTerms.@Nullable Answer compression, Executor executor) {
        Map<String, Object> properties = Collections.synchronizedMap(new HashMap<>(config.getUserProperties()));
        var result = new HandshakeResult(requestUri, Map.of(), null, subprotocol, compression, properties);
        return new ClientUpgrade(endpoint, instance, result, executor);
    }

    private static ClientEndpointConfig given(@Nullable ClientEndpointConfig config) {
        return config == null ? ClientEndpointConfig.Builder.create().build() : config;
    }

    private static ClientEndpointConfig config(Class<?> type) throws DeploymentException {
        ClientEndpoint annotation = type.getAnnotation(ClientEndpoint.class);
        if (annotation == null) throw new DeploymentException(type.getName() + " has no @ClientEndpoint");
        Class<? extends ClientEndpointConfig.Configurator> configurator = annotation.configurator();
        return ClientEndpointConfig.Builder.create()
                .preferredSubprotocols(List.of(annotation.subprotocols()))
                .encoders(List.of(annotation.encoders()))
                .decoders(List.of(annotation.decoders()))
                .configurator(
                        configurator == ClientEndpointConfig.Configurator.class
                                ? new ClientEndpointConfig.Configurator()
                                : make(configurator))
                .build();
    }

    private static <T> T make(Class<T> type) throws DeploymentException {
        try {
            Constructor<T> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (InvocationTargetException e) {
            throw new DeploymentException(type.getName() + " cannot be made: " + e.getCause(), e.getCause());
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new DeploymentException(type.getName() + " cannot be made: " + e, e);
        }
    }
}
