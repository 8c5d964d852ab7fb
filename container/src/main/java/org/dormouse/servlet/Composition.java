package org.dormouse.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletRequestListener;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dormouse.servlet.mapping.ServletMappings;
import org.dormouse.servlet.mapping.ServletMatch;
import org.dormouse.servlet.mapping.UrlPattern;
import org.jspecify.annotations.Nullable;

/**
 * An application's servlets, filters and listeners put together for the way of a request: pattern to plan to chain. Immutable; made at
 * start, and again when the container installs a filter late.
 */
final class Composition {
    private final ServletMappings<ServletPlan> mappings;
    private final Map<String, ServletPlan> byName;
    private final boolean hasWelcomeFiles;
    private final Deployment deployment;

    Composition(
            Deployment deployment,
            Map<String, RunningServlet> servlets,
            Map<String, RunningFilter> filters,
            ServletRequestListener[] requestListeners,
            @Nullable SecurityGate gate,
            RunningServlet missing) {
        this.deployment = deployment;
        List<FilterMapping> filterMappings = ordered(deployment.filterMappings(), deployment.lastFilterMappings());
        ServletPlan.Front front = (type, chain) -> front(type, chain, requestListeners, gate);
        var builder = ServletMappings.<ServletPlan>builder();
        byName = new HashMap<>();
        boolean hasDefault = false;
        for (ServletDeclaration declaration : deployment.servlets()) {
            RunningServlet servlet = servlets.get(declaration.name());
            if (servlet == null) continue;
            for (String pattern : declaration.patterns()) {
                var plan = new ServletPlan(servlet, UrlPattern.of(pattern), filterMappings, filters, front);
                builder.add(pattern, declaration.name(), plan);
                hasDefault |= pattern.equals("/");
            }
            byName.put(declaration.name(), new ServletPlan(servlet, null, filterMappings, filters, front));
        }
        if (!hasDefault) {
            builder.add(
                    "/", missing.name(), new ServletPlan(missing, UrlPattern.of("/"), filterMappings, filters, front));
        }
        mappings = builder.build();
        hasWelcomeFiles = !deployment.welcomeFiles().isEmpty();
    }

    /** By URL pattern first, then by servlet name (Servlet 6.1 §6.2.4), then those of the container. */
    private static List<FilterMapping> ordered(List<FilterMapping> declared, List<FilterMapping> last) {
        var mappings = new ArrayList<FilterMapping>();
        for (FilterMapping mapping : declared) if (!mapping.byServletName()) mappings.add(mapping);
        for (FilterMapping mapping : declared) if (mapping.byServletName()) mappings.add(mapping);
        mappings.addAll(last);
        return mappings;
    }

    private static FilterChain front(
            DispatcherType type, FilterChain chain, ServletRequestListener[] listeners, @Nullable SecurityGate gate) {
        boolean fromClient = type == DispatcherType.REQUEST;
        FilterChain front = chain;
        if (gate != null && fromClient) front = new Chain.FilterLink(gate, front);
        if (listeners.length > 0 && (fromClient || type == DispatcherType.ASYNC)) {
            front = new RequestListenersLink(listeners, front);
        }
        return front;
    }

    /**
     * Finds what answers {@code path}; there always is something, if only a 404.
     *
     * @param path canonical, below the context path, begins with {@code /}
     */
    ServletMatch<ServletPlan> find(String path) {
        ServletMatch<ServletPlan> match = mappings.find(path);
        if (match == null) throw new AssertionError("no default servlet for " + path);
        return match;
    }

    /**
     * What a path that came from a client means: one that ends with a slash may mean a welcome file (Servlet 6.1 §10.10).
     *
     * @return {@code path} itself where it does not
     */
    String welcome(String path) {
        boolean folder = hasWelcomeFiles && path.charAt(path.length() - 1) == '/';
        if (!folder || !find(path).getPattern().equals("/")) return path;
        for (String file : deployment.welcomeFiles()) {
            Resources.Resource found = deployment.resources().find(path + file);
            if (found != null && !found.isDirectory()) return path + file;
        }
        for (String file : deployment.welcomeFiles()) {
            if (find(path + file).getPattern().equals(path + file)) return path + file;
        }
        return path;
    }

    @Nullable
    ServletPlan named(String servlet) {
        return byName.get(servlet);
    }
}
