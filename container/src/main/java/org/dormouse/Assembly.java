package org.dormouse;

import jakarta.servlet.Filter;
import jakarta.websocket.DeploymentException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.dormouse.poller.BackendChoice;
import org.dormouse.poller.loop.CarriedThreads;
import org.dormouse.poller.loop.LoopSettings;
import org.dormouse.server.Configuration;
import org.dormouse.server.Hosted;
import org.dormouse.server.PushSupport;
import org.dormouse.server.RequestThreads;
import org.dormouse.server.Server;
import org.dormouse.server.ServerSettings;
import org.dormouse.server.WebSocketSupport;
import org.dormouse.servlet.DormouseContext;
import org.dormouse.websocket.WebSocketServices;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Puts a server together from what its builder was told, once, and later the applications that are added to it. One thread at a time. */
final class Assembly {
    private final Configuration configuration;
    private final @Nullable Execution asked;
    private final List<WebApp> applications;
    /** Applications with the same execution share its threads. */
    private final Map<Execution, RequestThreads> threads = new EnumMap<>(Execution.class);
    /** Likewise those with the same source of users. */
    private final SharedLogins logins;

    /** What sessions of all applications share: they are counted together. */
    private final WebSocketServices webSockets;

    private List<Filter> filters = List.of();
    private Execution execution = Execution.VIRTUAL;
    private boolean carries;

    Assembly(Configuration configuration, @Nullable Execution asked, List<WebApp> applications) {
        this.configuration = configuration;
        this.asked = asked;
        this.applications = applications;
        this.logins = new SharedLogins(configuration.loginLimits());
        this.webSockets = configuration.webSockets().services();
    }

    /** What the sessions of all applications share; closed after the server. */
    WebSocketServices webSockets() {
        return webSockets;
    }

    /** @throws RuntimeException if something of it cannot be had; nothing is left open then */
    Dormouse assemble() {
        List<DormouseContext> made = new ArrayList<>();
        try {
            return assemble(made);
        } catch (RuntimeException | Error e) {
            for (DormouseContext context : made.reversed()) context.stop();
            for (RequestThreads each : threads.values()) each.close();
            webSockets.close();
            throw e;
        }
    }

    private Dormouse assemble(List<DormouseContext> made) {
        ServerSettings settings = configuration.server();
        execution = asked == null ? defaultExecution() : asked;
        threads(beneath(execution), settings); // what cannot be had fails, also where every application has another
        checkBackend(settings.backend());
        var hosted = new ArrayList<Hosted>();
        filters = configuration.filters();
        for (WebApp application : applications) hosted.add(host(application, settings, made));
        carries = threads.containsKey(Execution.LOOP);
        LoopSettings loops = LoopSettings.defaults()
                .withLoops(settings.loops())
                .withBackend(settings.backend())
                .withCarryThreads(carries);
        return new Dormouse(Server.start(configuration, loops, hosted), this, configuration.host(), execution);
    }

    /**
     * One more application for the server that is there. Not started.
     *
     * @throws IllegalStateException if it cannot be had; nothing of it is left open then
     */
    synchronized Hosted host(WebApp application) {
        if (beneath(executionOf(application)) == Execution.LOOP && !carries) {
            throw new IllegalStateException("execution LOOP of application " + application.contextPath()
                    + "/ cannot be had: the loops of this server began without it");
        }
        List<DormouseContext> made = new ArrayList<>();
        try {
            return host(application, configuration.server(), made);
        } catch (RuntimeException | Error e) {
            for (DormouseContext context : made) context.stop();
            throw e;
        }
    }

    private Hosted host(WebApp application, ServerSettings settings, List<DormouseContext> made) {
        Execution own = executionOf(application);
        var deployment = new WebAppDeployment(application, configuration, logins).make();
        deployment.nonBlocking(own == Execution.INLINE);
        deployment.frontFilters().addAll(filters);
        deployment.attributes().putIfAbsent("org.dormouse.execution", own.name().toLowerCase(Locale.ROOT));
        deployment.attributes().putIfAbsent("org.dormouse.loops", settings.loops());
        PushSupport.install(deployment, configuration.push());
        var context = new DormouseContext(deployment);
        made.add(context);
        addEndpoints(application, WebSocketSupport.install(context, configuration.webSockets(), webSockets));
        return new Hosted(context, threads(beneath(own), settings));
    }

    private Execution executionOf(WebApp application) {
        return application.execution == null ? execution : application.execution;
    }

    /** Before an application starts. */
    private static void checkBackend(String name) {
        try {
            BackendChoice.of(name);
        } catch (UnsupportedOperationException e) {
            throw new IllegalArgumentException("server.backend: " + e.getMessage(), e);
        }
    }

    private static void addEndpoints(WebApp application, WebSocketSupport sockets) {
        try {
            for (Class<?> endpoint : application.endpoints) sockets.add(endpoint);
            for (var config : application.endpointConfigs) sockets.add(config);
        } catch (DeploymentException e) {
            throw new IllegalStateException(
                    "an endpoint of application " + application.contextPath() + "/ cannot be deployed: "
                            + e.getMessage(),
                    e);
        }
    }

    /** Where what may block runs. */
    private static Execution beneath(Execution execution) {
        if (execution != Execution.INLINE) return execution;
        return CarriedThreads.availability().isAvailable() ? Execution.LOOP : Execution.VIRTUAL;
    }

    private static Execution defaultExecution() {
        var availability = CarriedThreads.availability();
        if (availability.isAvailable()) return Execution.LOOP;
        LoggerFactory.getLogger(Dormouse.class).warn("execution is VIRTUAL instead of LOOP: {}", availability.reason());
        return Execution.VIRTUAL;
    }

    private RequestThreads threads(Execution execution, ServerSettings settings) {
        return threads.computeIfAbsent(execution, each -> make(each, settings));
    }

    private static RequestThreads make(Execution execution, ServerSettings settings) {
        return switch (execution) {
            case LOOP -> {
                var availability = CarriedThreads.availability();
                if (!availability.isAvailable()) {
                    throw new IllegalStateException("execution LOOP cannot be had: " + availability.reason());
                }
                yield RequestThreads.carried();
            }
            case HOST -> RequestThreads.carried();
            case VIRTUAL -> RequestThreads.virtual();
            case POOL -> RequestThreads.pooled(settings.poolThreads(), settings.poolQueue());
            case INLINE -> throw new AssertionError("it has no threads of its own, but those beneath it");
        };
    }
}
