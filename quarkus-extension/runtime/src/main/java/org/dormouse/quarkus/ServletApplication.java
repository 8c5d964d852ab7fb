package org.dormouse.quarkus;

import io.quarkus.arc.runtime.BeanContainer;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.EventListener;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dormouse.WebApp;
import org.jspecify.annotations.Nullable;

/** What the build found: the servlets, filters and listeners of one application. Registers them, as beans where they are beans. */
public final class ServletApplication {
    private final List<DeclaredServlet> servlets = new ArrayList<>();
    private final List<DeclaredFilter> filters = new ArrayList<>();
    private final List<Class<?>> listeners = new ArrayList<>();
    private final List<DeclaredInitializer> initializers = new ArrayList<>();

    /** Adds a servlet. */
    void add(DeclaredServlet servlet) {
        servlets.add(servlet);
    }

    /** Adds a filter; the order of the additions is that of the chain. */
    void add(DeclaredFilter filter) {
        filters.add(filter);
    }

    /** Adds a listener. */
    void addListener(Class<?> type) {
        listeners.add(type);
    }

    /** Adds an initializer. */
    void add(DeclaredInitializer initializer) {
        initializers.add(initializer);
    }

    /** Lets {@code app} register everything when it starts, the initializers last. */
    void addTo(WebApp app, BeanContainer beans) {
        app.initializer(registration(beans));
        for (DeclaredInitializer each : initializers) {
            var instance = (ServletContainerInitializer)
                    beans.beanInstanceFactory(each.type()).create().get();
            app.initializer(instance, each.handledTypes().toArray(Class<?>[]::new));
        }
    }

    /** The request scope is active around all of it. */
    private ServletContainerInitializer registration(BeanContainer beans) {
        return new ServletContainerInitializer() {
            @Override
            public void onStartup(@Nullable Set<Class<?>> types, ServletContext context) throws ServletException {
                var scope = context.addFilter("quarkus-request-scope", new RequestScopeFilter(beans.requestContext()));
                scope.setAsyncSupported(true);
                scope.addMappingForUrlPatterns(
                        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR), false, "/*");
                for (Class<?> listener : listeners) {
                    context.addListener((EventListener)
                            beans.beanInstanceFactory(listener).create().get());
                }
                for (DeclaredServlet servlet : servlets) servlet.register(context, beans);
                for (DeclaredFilter filter : filters) filter.register(context, beans);
            }
        };
    }

    /**
     * One servlet.
     *
     * @param loadOnStartup negative for the first request
     */
    record DeclaredServlet(
            String name,
            Class<?> type,
            List<String> patterns,
            int loadOnStartup,
            boolean asyncSupported,
            Map<String, String> initParams,
            @Nullable MultipartConfigElement multipart) {

        void register(ServletContext context, BeanContainer beans) throws ServletException {
            var servlet = (Servlet) beans.beanInstanceFactory(type).create().get();
            ServletRegistration.Dynamic registration = context.addServlet(name, servlet);
            if (registration == null) throw new ServletException("two servlets are called " + name);
            registration.setLoadOnStartup(loadOnStartup);
            registration.setAsyncSupported(asyncSupported);
            registration.setInitParameters(initParams);
            if (multipart != null) registration.setMultipartConfig(multipart);
            Set<String> taken = registration.addMapping(patterns.toArray(String[]::new));
            if (!taken.isEmpty()) {
                throw new ServletException("servlet " + name + ": another one has the pattern " + taken);
            }
        }
    }

    /** One filter with its mappings, in their order. */
    record DeclaredFilter(
            String name,
            Class<?> type,
            boolean asyncSupported,
            Map<String, String> initParams,
            List<DeclaredMapping> mappings) {

        void register(ServletContext context, BeanContainer beans) throws ServletException {
            var filter = (Filter) beans.beanInstanceFactory(type).create().get();
            FilterRegistration.Dynamic registration = context.addFilter(name, filter);
            if (registration == null) throw new ServletException("two filters are called " + name);
            registration.setAsyncSupported(asyncSupported);
            registration.setInitParameters(initParams);
            for (DeclaredMapping mapping : mappings) {
                var dispatch = EnumSet.of(mapping.dispatch());
                if (mapping.isServletName()) registration.addMappingForServletNames(dispatch, true, mapping.target());
                else registration.addMappingForUrlPatterns(dispatch, true, mapping.target());
            }
        }
    }

    /** One initializer with the classes it is given. */
    record DeclaredInitializer(Class<?> type, List<Class<?>> handledTypes) {}

    /** @param target a URL pattern or the name of a servlet */
    record DeclaredMapping(boolean isServletName, String target, DispatcherType dispatch) {}
}
