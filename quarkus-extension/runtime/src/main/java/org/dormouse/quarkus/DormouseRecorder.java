package org.dormouse.quarkus;

import io.quarkus.arc.runtime.BeanContainer;
import io.quarkus.runtime.ExecutorRecorder;
import io.quarkus.runtime.RuntimeValue;
import io.quarkus.runtime.ShutdownContext;
import io.quarkus.runtime.annotations.Recorder;
import io.quarkus.virtual.threads.VirtualThreadsRecorder;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.MultipartConfigElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.dormouse.Dormouse;
import org.dormouse.Execution;
import org.dormouse.WebApp;

/** What the build records and the start replays: describe the servlets, then start them behind the router. */
@Recorder
public class DormouseRecorder {
    private final RuntimeValue<DormouseRunTimeConfig> runTime;

    /** Called by Quarkus. */
    public DormouseRecorder(RuntimeValue<DormouseRunTimeConfig> runTime) {
        this.runTime = runTime;
    }

    /** Begins an empty description. */
    public RuntimeValue<ServletApplication> describe() {
        return new RuntimeValue<>(new ServletApplication());
    }

    /** Adds a servlet that takes no multipart bodies. */
    public void addServlet(
            RuntimeValue<ServletApplication> application,
            String name,
            Class<?> type,
            List<String> patterns,
            int loadOnStartup,
            boolean asyncSupported,
            Map<String, String> initParams) {
        application
                .getValue()
                .add(new ServletApplication.DeclaredServlet(
                        name, type, patterns, loadOnStartup, asyncSupported, initParams, null));
    }

    /** Adds a servlet that takes multipart bodies. */
    public void addMultipartServlet(
            RuntimeValue<ServletApplication> application,
            String name,
            Class<?> type,
            List<String> patterns,
            int loadOnStartup,
            boolean asyncSupported,
            Map<String, String> initParams,
            String location,
            long maxFileSize,
            long maxRequestSize,
            int fileSizeThreshold) {
        var multipart = new MultipartConfigElement(location, maxFileSize, maxRequestSize, fileSizeThreshold);
        application
                .getValue()
                .add(new ServletApplication.DeclaredServlet(
                        name, type, patterns, loadOnStartup, asyncSupported, initParams, multipart));
    }

    /**
     * Adds a filter.
     *
     * @param mappings three strings each: {@code pattern} or {@code servlet}, which one, and the kind of dispatch
     */
    public void addFilter(
            RuntimeValue<ServletApplication> application,
            String name,
            Class<?> type,
            boolean asyncSupported,
            Map<String, String> initParams,
            List<String> mappings) {
        var declared = new ArrayList<ServletApplication.DeclaredMapping>();
        for (int i = 0; i < mappings.size(); i += 3) {
            declared.add(new ServletApplication.DeclaredMapping(
                    mappings.get(i).equals("servlet"),
                    mappings.get(i + 1),
                    DispatcherType.valueOf(mappings.get(i + 2))));
        }
        application
                .getValue()
                .add(new ServletApplication.DeclaredFilter(name, type, asyncSupported, initParams, declared));
    }

    /** Adds a listener. */
    public void addListener(RuntimeValue<ServletApplication> application, Class<?> type) {
        application.getValue().addListener(type);
    }

    /** Adds an initializer with the classes its {@code onStartup} is given. */
    public void addInitializer(RuntimeValue<ServletApplication> application, Class<?> type, List<Class<?>> handled) {
        application.getValue().add(new ServletApplication.DeclaredInitializer(type, handled));
    }

    /** Starts the application and returns what serves it. It stops with Quarkus, once its requests have ended. */
    public Handler<RoutingContext> start(
            RuntimeValue<ServletApplication> application,
            String contextPath,
            Map<String, String> contextParams,
            Map<String, Object> contextAttributes,
            Set<String> staticFiles,
            BeanContainer beans,
            ShutdownContext shutdown) {
        DormouseRunTimeConfig config = runTime.getValue();
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        WebApp app = WebApp.at(contextPath)
                .classLoader(loader)
                .resources(new ClassPathResources(loader, staticFiles))
                .sessionTimeout(config.sessionTimeout());
        contextParams.forEach(app::contextParam);
        contextAttributes.forEach(app::attribute);
        application.getValue().addTo(app, beans);
        Dormouse server = Dormouse.builder()
                .execution(Execution.HOST)
                .drainTimeout(config.drainTimeout())
                .deploy(app)
                .prepare();
        shutdown.addShutdownTask(server::close);
        return new VertxDoor(
                server::handle,
                threads(config.threads()),
                Math.toIntExact(config.maxHeldBody().asLongValue()),
                config.maxUnsentResponse().asLongValue());
    }

    /** Asked for each task: both are replaced when an application is reloaded. */
    private static Executor threads(DormouseRunTimeConfig.Threads threads) {
        return switch (threads) {
            case VIRTUAL -> task -> VirtualThreadsRecorder.getCurrent().execute(task);
            case WORKER -> task -> ExecutorRecorder.getCurrent().execute(task);
        };
    }
}
