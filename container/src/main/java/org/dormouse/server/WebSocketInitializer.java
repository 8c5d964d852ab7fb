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
import java.security.CodeSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.dormouse.websocket.EndpointContainer;
import org.jspecify.annotations.Nullable;

/**
 * Deploys the endpoints that were found in a WAR: all annotated ones, or those that its {@code ServerApplicationConfig}s choose (Jakarta
 * WebSocket 2.2 §6.2), each from what stands in its own archive. Given to the deployment of WARs only: what is embedded names its endpoints.
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
        Map<Object, Archive> archives = new LinkedHashMap<>();
        for (Class<?> type : found) {
            if (!EndpointContainer.isDeployable(type)) continue;
            archives.computeIfAbsent(archiveOf(type), a -> new Archive()).add(type);
        }
        try {
            deploy(endpoints, archives.values());
        } catch (DeploymentException e) {
            throw new ServletException(e.getMessage(), e);
        }
    }

    /** What was found in one JAR, or among the classes of the WAR itself. */
    private static final class Archive {
        final Set<Class<?>> annotated = new LinkedHashSet<>();
        final Set<Class<? extends Endpoint>> programmatic = new LinkedHashSet<>();
        final Set<Class<? extends ServerApplicationConfig>> choosers = new LinkedHashSet<>();

        void add(Class<?> type) {
            if (EndpointContainer.isAnnotated(type)) annotated.add(type);
            if (Endpoint.class.isAssignableFrom(type)) programmatic.add(type.asSubclass(Endpoint.class));
            if (ServerApplicationConfig.class.isAssignableFrom(type))
                choosers.add(type.asSubclass(ServerApplicationConfig.class));
        }
    }

    private static Object archiveOf(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null || source.getLocation() == null
                ? ""
                : source.getLocation().toExternalForm();
    }

    private static void deploy(ServerContainer endpoints, Collection<Archive> archives)
            throws DeploymentException, ServletException {
        boolean isChosen = archives.stream().anyMatch(archive -> !archive.choosers.isEmpty());
        Set<Class<?>> classes = new LinkedHashSet<>();
        Set<ServerEndpointConfig> configs = new LinkedHashSet<>();
        for (Archive archive : archives) {
            if (!isChosen) classes.addAll(archive.annotated);
            for (Class<? extends ServerApplicationConfig> type : archive.choosers) {
                ServerApplicationConfig chooser = make(type);
                Set<Class<?>> chosen = chooser.getAnnotatedEndpointClasses(new LinkedHashSet<>(archive.annotated));
                if (chosen != null) classes.addAll(chosen);
                Set<ServerEndpointConfig> made = chooser.getEndpointConfigs(new LinkedHashSet<>(archive.programmatic));
                if (made != null) configs.addAll(made);
            }
        }
        for (Class<?> endpoint : classes) endpoints.addEndpoint(endpoint);
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
