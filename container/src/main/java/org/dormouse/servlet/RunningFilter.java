package org.dormouse.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One filter of a running application with its configuration. Made and initialised at start. */
final class RunningFilter implements FilterConfig {
    private final DormouseContext context;
    private final FilterDeclaration declaration;
    private final Map<String, String> initParameters;
    private final Filter filter;

    RunningFilter(DormouseContext context, FilterDeclaration declaration) throws ServletException {
        this.context = context;
        this.declaration = declaration;
        this.initParameters = Map.copyOf(declaration.initParameters());
        this.filter = make();
        try {
            filter.init(this);
        } catch (Throwable e) {
            giveUp();
            if (e instanceof Error error) throw error;
            throw new ServletException("filter " + name() + " of " + context.name() + " failed to start", e);
        }
    }

    private Filter make() throws ServletException {
        Filter instance = declaration.instance();
        if (instance != null) return instance;
        String what = "filter " + declaration.name();
        String className = declaration.className();
        if (className == null) throw new ServletException(what + " has no class");
        Class<? extends Filter> type = declaration.type();
        if (type == null) type = context.load(className, Filter.class, what);
        return context.create(type, what);
    }

    String name() {
        return declaration.name();
    }

    Filter filter() {
        return filter;
    }

    boolean isAsyncSupported() {
        return declaration.asyncSupported();
    }

    void stop() {
        context.quietly("destroy of filter " + name(), filter::destroy);
        giveUp();
    }

    private void giveUp() {
        if (declaration.instance() == null) {
            context.quietly("release of filter " + name(), () -> context.release(filter));
        }
    }

    @Override
    public String getFilterName() {
        return declaration.name();
    }

    @Override
    public ServletContext getServletContext() {
        return context;
    }

    @Override
    public @Nullable String getInitParameter(String name) {
        return initParameters.get(name);
    }

    @Override
    public Enumeration<String> getInitParameterNames() {
        return Collections.enumeration(initParameters.keySet());
    }
}
