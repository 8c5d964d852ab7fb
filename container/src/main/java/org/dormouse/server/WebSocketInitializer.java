package org.dormouse.server;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.HandlesTypes;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.server.ServerApplicationConfig;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deploys the endpoints that were found in a WAR: all annotated ones, or those that its {@code ServerApplicationConfig}s choose (Jakarta
 * WebSocket 2.2 §6.2). Given to the deployment of WARs only: what is embedded names its endpoints.
 */
@HandlesTypes({ServerEndpoint.class, Endpoint.class, ServerApplicationConfig.class})
public final class WebSocketInitializer implements ServletContainerInitializer {
    @Override
    public void onStartup(@Nullable Set<Class<?>> found, ServletContext context) throws ServletException {
        if (found == null || found.isEmpty()) return;
        if (!(context.getAttribute(WebSocketSupport.ATTRIBUTE) instanceof ServerContainer endpoints)) {
            throw new ServletException(
                    "endpoints in " + context.getContextPath() + ", but no " + WebSocketSupport.ATTRIBUTE);
        }
        Set<Class<?>> annotated = new LinkedHashSet<>();
        Set<Class<? extends Endpoint>> programmatic = new LinkedHashSet<>();
        Set<Class<? extends ServerApplicationConfig>> choosers = new LinkedHashSet<>();
        for (Class<?> type : found) {
            if (Modifier.isAbstract(type.getModifiers())) continue;
            if (type.isAnnotationPresent(ServerEndpoint.class)) annotated.add(type);
            if (Endpoint.class.isAssignableFrom(type)) programmatic.add(type.asSubclass(Endpoint.class));
            if (ServerApplicationConfig.class.isAssignableFrom(type))
                choosers.add(type.asSubclass(ServerApplicationConfig.class));
        }
        try {
            if (choosers.isEmpty()) {
                for (Class<?> endpoint : annotated) endpoints.addEndpoint(endpoint);
            } else {
                deployChosen(endpoints, annotated, programmatic, choosers);
            }
        } catch (DeploymentException e) {
            throw new ServletException(e.getMessage(), e);
        }
    }

    private static void deployChosen(
            ServerContainer endpoints,
            Set<Class<?>> annotated,
            Set<Class<? extends Endpoint>> programmatic,
            Set<Class<? extends ServerApplicationConfig>> choosers)
            throws DeploymentException, ServletException {
        Set<Class<?>> chosen = new LinkedHashSet<>();
        Set<ServerEndpointConfig> configs = new LinkedHashSet<>();
        for (Class<? extends ServerApplicationConfig> type : choosers) {
            ServerApplicationConfig chooser = make(type);
            Set<Class<?>> classes = chooser.getAnnotatedEndpointClasses(Set.copyOf(annotated));
            if (classes != null) chosen.addAll(classes);
            Set<ServerEndpointConfig> made = chooser.getEndpointConfigs(Set.copyOf(programmatic));
            if (made != null) configs.addAll(made);
        }
        for (Class<?> endpoint : chosen) endpoints.addEndpoint(endpoint);
        for (ServerEndpointConfig config : configs) endpoints.addEndpoint(config);
    }

    private static ServerApplicationConfig make(Class<? extends ServerApplicationConfig> type) throws ServletException {
        try {
            Constructor<? extends ServerApplicationConfig> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new ServletException(type.getName() + " cannot be made: " + e, e);
        }
    }
}
