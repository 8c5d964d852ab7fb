package org.dormouse.websocket;

import jakarta.websocket.DeploymentException;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint of a server has beside what its sessions share with those of clients.
 *
 * @param configurator asked for once: a configuration may make a new one for each who asks
 * @param looksAtHandshake whether the configurator has a {@code modifyHandshake} of its own; if not, nothing needs to be made for it
 * @param makesInstances whether the configurator has a {@code getEndpointInstance} of its own
 */
record ServerSide(
        ServerEndpointConfig config,
        ServerEndpointConfig.Configurator configurator,
        boolean looksAtHandshake,
        boolean makesInstances,
        EndpointContainer container) {

    /** @throws DeploymentException if no client could ever get an instance of the endpoint */
    static ServerSide of(ServerEndpointConfig config, EndpointContainer container) throws DeploymentException {
        ServerEndpointConfig.@Nullable Configurator given = config.getConfigurator();
        ServerEndpointConfig.Configurator configurator = given == null ? new DefaultConfigurator() : given;
        boolean makesInstances = overrides(configurator, "getEndpointInstance", Class.class);
        if (!makesInstances) requireConstructor(config.getEndpointClass());
        boolean looksAtHandshake = overrides(
                configurator,
                "modifyHandshake",
                ServerEndpointConfig.class,
                HandshakeRequest.class,
                HandshakeResponse.class);
        return new ServerSide(config, configurator, looksAtHandshake, makesInstances, container);
    }

    /** What can be known at the deployment is not left to the first client. */
    private static void requireConstructor(Class<?> endpointClass) throws DeploymentException {
        if (Modifier.isAbstract(endpointClass.getModifiers()))
            throw new DeploymentException(endpointClass.getName() + " is abstract");
        for (Constructor<?> each : endpointClass.getDeclaredConstructors()) if (each.getParameterCount() == 0) return;
        throw new DeploymentException(endpointClass.getName() + " has no constructor without parameters");
    }

    private static boolean overrides(
            ServerEndpointConfig.Configurator configurator, String method, Class<?>... parameters) {
        try {
            Class<?> owner =
                    configurator.getClass().getMethod(method, parameters).getDeclaringClass();
            return owner != ServerEndpointConfig.Configurator.class && owner != DefaultConfigurator.class;
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e); // Configurator has it
        }
    }

    /** Gives up an instance that the container has made. Not one of a configurator: that may be anybody's. */
    void release(Object instance) {
        if (!makesInstances) container.host().release(instance);
    }
}
