package org.dormouse.websocket;

import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.util.List;

/** Makes the configuration that {@link ServerEndpoint} stands for. */
final class AnnotatedConfig {
    private AnnotatedConfig() {}

    /** @throws DeploymentException if the class is not annotated, or not public and concrete, or its configurator cannot be made */
    static ServerEndpointConfig of(Class<?> endpointClass) throws DeploymentException {
        ServerEndpoint annotation = endpointClass.getAnnotation(ServerEndpoint.class);
        if (annotation == null) throw new DeploymentException(endpointClass.getName() + " has no @ServerEndpoint");
        if (!isDeployable(endpointClass))
            throw new DeploymentException(endpointClass.getName() + " is not both public and concrete");
        try {
            return ServerEndpointConfig.Builder.create(endpointClass, annotation.value())
                    .subprotocols(List.of(annotation.subprotocols()))
                    .encoders(List.of(annotation.encoders()))
                    .decoders(List.of(annotation.decoders()))
                    .configurator(configurator(annotation.configurator()))
                    .build();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new DeploymentException(endpointClass.getName() + ": " + e.getMessage(), e);
        }
    }

    /** Whether it is public and concrete (Jakarta WebSocket 2.2 §4.1): what a scan finds besides is passed over (§4.8). */
    static boolean isDeployable(Class<?> endpointClass) {
        int modifiers = endpointClass.getModifiers();
        return Modifier.isPublic(modifiers) && !Modifier.isAbstract(modifiers);
    }

    private static ServerEndpointConfig.Configurator configurator(
            Class<? extends ServerEndpointConfig.Configurator> type) throws DeploymentException {
        if (type == ServerEndpointConfig.Configurator.class) return new DefaultConfigurator();
        try {
            Constructor<? extends ServerEndpointConfig.Configurator> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new DeploymentException("configurator " + type.getName() + " cannot be made: " + e, e);
        }
    }
}
