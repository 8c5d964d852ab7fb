package org.dormouse.filter;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dormouse.http.BadRequest;
import org.dormouse.servlet.DormouseRequest;

/**
 * A filter with settings, which have the same names wherever they are said: as init parameters, by {@link #with}, or behind the name of the
 * family as a key of the server. Told by one thread before it starts; then any thread, many at once.
 */
public abstract class ConfiguredFilter implements Filter {
    private final String family;
    private final Map<String, FilterSettings.Kind> kinds;
    private final Map<String, String> values = new LinkedHashMap<>();

    ConfiguredFilter(String family, Map<String, FilterSettings.Kind> kinds) {
        this.family = family;
        this.kinds = Map.copyOf(kinds);
    }

    /** What comes before the dot in the keys of the server. */
    public final String family() {
        return family;
    }

    /** What can be said, by its name. */
    public final Map<String, FilterSettings.Kind> kinds() {
        return kinds;
    }

    /** What has to be said; empty where everything has a default. */
    public String main() {
        return "";
    }

    /**
     * Says one thing about it.
     *
     * @throws IllegalArgumentException if there is no such setting; whether its value can be read is told at the start
     */
    public final ConfiguredFilter with(String name, String value) {
        if (!kinds.containsKey(name)) {
            throw new IllegalArgumentException("there is no setting " + family + "." + name + "; there are "
                    + String.join(", ", kinds.keySet().stream().sorted().toList()));
        }
        values.put(name, value.strip());
        return this;
    }

    /** Init parameters win over what was said before. */
    @Override
    public final void init(FilterConfig config) throws ServletException {
        try {
            for (String name : Collections.list(config.getInitParameterNames())) {
                String value = config.getInitParameter(name);
                if (value != null) with(name, value);
            }
            start();
        } catch (IllegalArgumentException e) {
            throw new ServletException("filter " + config.getFilterName() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Begins without a configuration of servlets: for whoever calls {@link #doFilter} of his own.
     *
     * @throws IllegalArgumentException which setting is missing or cannot be read
     */
    public final void start() {
        configure(new FilterSettings(family, values));
    }

    abstract void configure(FilterSettings settings);

    @Override
    public final void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request instanceof HttpServletRequest asked && response instanceof HttpServletResponse answer)
            filter(asked, answer, chain);
        else throw new ServletException("neither request nor response of HTTP");
    }

    abstract void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException;

    /**
     * Answers with one line of text, whatever error pages there are: they belong to requests that were let in. Counted with its status, and
     * told to the log at DEBUG.
     */
    static void refuse(HttpServletRequest request, HttpServletResponse response, int status, String line)
            throws IOException {
        refuse(request, response, status, line, line);
    }

    /** The same, with what only the log is told. */
    static void refuse(HttpServletRequest request, HttpServletResponse response, int status, String line, String detail)
            throws IOException {
        DormouseRequest.of(request).exchange().refused(new BadRequest(status, detail));
        answer(response, status, line);
    }

    static void answer(HttpServletResponse response, int status, String line) throws IOException {
        response.setStatus(status);
        response.setContentType("text/plain;charset=utf-8");
        response.getWriter().println(line);
    }
}
