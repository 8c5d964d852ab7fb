package org.dormouse.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.MappingMatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.dormouse.servlet.mapping.CanonicalPath;
import org.dormouse.servlet.mapping.ServletMappings;
import org.dormouse.servlet.mapping.ServletMatch;
import org.dormouse.servlet.mapping.UrlPattern;
import org.jspecify.annotations.Nullable;

/**
 * An application's servlets, filters and listeners put together for the way of a request: pattern to plan to chain. Immutable; made at
 * start, and again when the container installs a filter late.
 */
final class Composition {
    /** A servlet of this name answers for pages, which are files: where there is none, it has no welcome to offer. */
    private static final String JSP = "jsp";

    private final ServletMappings<ServletPlan> mappings;
    private final ServletMappings<ServletPlan> hidden;
    private final Map<String, ServletPlan> byName;
    private final List<String> welcomeFiles;
    private final Resources resources;
    private final boolean makesPromises;
    private final Predicate<String> logsIn;

    /** @param logsIn whether a login may be checked at a path, which takes long */
    Composition(
            Deployment deployment,
            Map<String, RunningServlet> servlets,
            Map<String, RunningFilter> filters,
            ServletRequestListener[] requestListeners,
            List<Filter> gates,
            Predicate<String> logsIn,
            RunningServlet missing) {
        this.logsIn = logsIn;
        welcomeFiles = List.copyOf(deployment.welcomeFiles());
        resources = deployment.resources();
        List<FilterMapping> filterMappings = ordered(deployment.filterMappings(), deployment.lastFilterMappings());
        List<Filter> frontFilters = List.copyOf(deployment.frontFilters());
        ServletPlan.Front front =
                (type, chain) -> behind(frontFilters, type, front(type, chain, requestListeners, gates));
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
        makesPromises =
                missing.promise() != null || servlets.values().stream().anyMatch(servlet -> servlet.promise() != null);
        // No filter runs before it either: a filter may serve files by their path.
        var nothing = new ServletPlan(missing, UrlPattern.of("/"), List.of(), Map.of(), front);
        hidden = ServletMappings.<ServletPlan>builder()
                .add("/", missing.name(), nothing)
                .build();
    }

    /** By URL pattern first, then by servlet name (Servlet 6.1 §6.2.4), then those of the container. */
    private static List<FilterMapping> ordered(List<FilterMapping> declared, List<FilterMapping> last) {
        var mappings = new ArrayList<FilterMapping>();
        for (FilterMapping mapping : declared) if (!mapping.byServletName()) mappings.add(mapping);
        for (FilterMapping mapping : declared) if (mapping.byServletName()) mappings.add(mapping);
        mappings.addAll(last);
        return mappings;
    }

    private static FilterChain behind(List<Filter> filters, DispatcherType type, FilterChain chain) {
        FilterChain first = chain;
        if (type != DispatcherType.REQUEST) return first;
        for (Filter filter : filters.reversed()) first = new Chain.FilterLink(filter, first);
        return first;
    }

    private static FilterChain front(
            DispatcherType type, FilterChain chain, ServletRequestListener[] listeners, List<Filter> gates) {
        boolean fromClient = type == DispatcherType.REQUEST;
        FilterChain front = behind(gates, type, chain);
        boolean enters = fromClient || type == DispatcherType.ASYNC || type == DispatcherType.ERROR;
        if (listeners.length > 0 && enters) {
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

    /** The same for a client, to whom WEB-INF and META-INF are not there, whatever is mapped to them (Servlet 6.1 §10.5). */
    ServletMatch<ServletPlan> findForClient(String path) {
        if (!CanonicalPath.isPrivate(path)) return find(path);
        return Objects.requireNonNull(hidden.find(path));
    }

    /**
     * What a path means: one that ends with a slash may mean a welcome file, first one that exists, then one that a servlet is mapped to
     * (Servlet 6.1 §10.10). Asked before constraints and filters are chosen, so that they are those of the welcome file.
     *
     * @return {@code path} itself where it does not
     */
    String welcome(String path) {
        boolean folder = !welcomeFiles.isEmpty() && path.charAt(path.length() - 1) == '/';
        if (!folder || !answersForFilesOnly(find(path))) return path;
        for (String file : welcomeFiles) {
            Resources.Resource found = resources.find(path + file);
            if (found != null && !found.isDirectory()) return path + file;
        }
        for (String file : welcomeFiles) {
            if (!answersForFilesOnly(find(path + file))) return path + file;
        }
        return path;
    }

    private static boolean answersForFilesOnly(ServletMatch<ServletPlan> match) {
        RunningServlet servlet = match.target().servlet();
        return match.getMappingMatch() == MappingMatch.DEFAULT
                || servlet.isBuiltIn()
                || servlet.name().equals(JSP);
    }

    /** Whether any servlet promises not to block. */
    boolean makesPromises() {
        return makesPromises;
    }

    /**
     * The promise of the servlet that answers a client for {@code path}; null if it has made or kept none, if that takes a look at files, or
     * if a login is checked before it.
     */
    @Nullable
    NonBlockingPromise promiseAt(String path) {
        String meant = path;
        if (path.charAt(path.length() - 1) == '/') {
            if (!resources.equals(Resources.NONE) && answersForFilesOnly(find(path))) return null;
            meant = welcome(path);
        }
        NonBlockingPromise promise = findForClient(meant).target().servlet().promise();
        return promise != null && promise.isKept() && !logsIn.test(meant) ? promise : null;
    }

    @Nullable
    ServletPlan named(String servlet) {
        return byName.get(servlet);
    }
}
