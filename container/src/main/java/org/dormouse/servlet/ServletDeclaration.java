package org.dormouse.servlet;

import jakarta.annotation.security.RunAs;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.annotation.MultipartConfig;
import jakarta.servlet.annotation.ServletSecurity;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.dormouse.annotation.NonBlocking;
import org.jspecify.annotations.Nullable;

/** One servlet as declared: by instance, class or class name, with its URL patterns. Plain and mutable. */
public final class ServletDeclaration {
    private final String name;
    private @Nullable Servlet instance;
    private @Nullable Class<? extends Servlet> type;
    private @Nullable String className;
    private @Nullable String jspFile;
    private final Set<String> patterns = new LinkedHashSet<>();
    private final Map<String, String> initParameters = new LinkedHashMap<>();
    private final Map<String, String> roleLinks = new LinkedHashMap<>();
    private int loadOnStartup = -1;
    private boolean asyncSupported;
    private boolean enabled = true;
    private boolean builtIn;
    private @Nullable MultipartConfigElement multipart;
    private @Nullable String runAs;
    private @Nullable ServletSecurityElement security;
    private @Nullable Boolean nonBlocking;
    private boolean annotationsRead;

    ServletDeclaration(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    public @Nullable Servlet instance() {
        return instance;
    }

    public ServletDeclaration instance(Servlet servlet) {
        instance = servlet;
        type = servlet.getClass();
        className = servlet.getClass().getName();
        return this;
    }

    public @Nullable Class<? extends Servlet> type() {
        return type;
    }

    public ServletDeclaration type(Class<? extends Servlet> servlet) {
        type = servlet;
        className = servlet.getName();
        return this;
    }

    /** Null while only a name is known: a preliminary registration (Servlet 6.1 §4.4.1), or a JSP file. */
    public @Nullable String className() {
        return className;
    }

    /** Loaded by the deployment's class loader when the servlet is first needed. */
    public ServletDeclaration className(String servlet) {
        className = servlet;
        return this;
    }

    public @Nullable String jspFile() {
        return jspFile;
    }

    /** Path of the JSP below the context, as {@code <jsp-file>} has it. */
    public ServletDeclaration jspFile(String path) {
        jspFile = path;
        return this;
    }

    /** URL patterns as in {@code <url-pattern>}; can be changed. */
    public Set<String> patterns() {
        return patterns;
    }

    public ServletDeclaration pattern(String urlPattern) {
        patterns.add(urlPattern);
        return this;
    }

    public Map<String, String> initParameters() {
        return initParameters;
    }

    /** Role names in code to role names of the application ({@code <security-role-ref>}). */
    public Map<String, String> roleLinks() {
        return roleLinks;
    }

    /** Negative: when first needed; else at start, lower numbers first. */
    public int loadOnStartup() {
        return loadOnStartup;
    }

    public ServletDeclaration loadOnStartup(int order) {
        loadOnStartup = order;
        return this;
    }

    public boolean asyncSupported() {
        return asyncSupported;
    }

    public ServletDeclaration asyncSupported(boolean supported) {
        asyncSupported = supported;
        return this;
    }

    /** A disabled servlet answers 404 ({@code <enabled>}). */
    public boolean enabled() {
        return enabled;
    }

    public ServletDeclaration enabled(boolean on) {
        enabled = on;
        return this;
    }

    /** Provided by the container: a pattern of it gives way to the same pattern of a servlet of the application. */
    public boolean builtIn() {
        return builtIn;
    }

    public ServletDeclaration builtIn(boolean provided) {
        builtIn = provided;
        return this;
    }

    public @Nullable MultipartConfigElement multipart() {
        return multipart;
    }

    public ServletDeclaration multipart(@Nullable MultipartConfigElement config) {
        multipart = config;
        return this;
    }

    /** What protects its patterns, those included that are added later, except where a descriptor names the pattern (Servlet 6.1 §13.4). */
    public @Nullable ServletSecurityElement security() {
        return security;
    }

    public ServletDeclaration security(ServletSecurityElement element) {
        security = element;
        return this;
    }

    /**
     * Takes from the annotations of {@code type} what nobody has declared otherwise: {@code @MultipartConfig}, {@code @RunAs},
     * {@code @NonBlocking} and {@code @ServletSecurity}. Counts once: whoever reads the class first knows whether its annotations are to be believed.
     *
     * @param annotated null if they are not, because the descriptor is complete (Servlet 6.1 §8.1)
     */
    public void readAnnotations(@Nullable Class<? extends Servlet> annotated) {
        if (annotationsRead) return;
        annotationsRead = true;
        if (annotated == null) return;
        MultipartConfig parts = annotated.getAnnotation(MultipartConfig.class);
        if (parts != null && multipart == null) multipart = new MultipartConfigElement(parts);
        RunAs role = annotated.getAnnotation(RunAs.class);
        if (role != null && runAs == null) runAs = role.value();
        if (nonBlocking == null && annotated.isAnnotationPresent(NonBlocking.class)) nonBlocking = true;
        ServletSecurity protection = annotated.getAnnotation(ServletSecurity.class);
        if (protection != null && security == null) security = new ServletSecurityElement(protection);
    }

    /**
     * Whether it promises not to block. The init parameter {@link NonBlockingPromise#INIT_PARAMETER} wins.
     *
     * @param otherwise if nobody says anything about it
     * @throws IllegalArgumentException if the parameter is neither {@code true} nor {@code false}
     */
    boolean isNonBlocking(boolean otherwise) {
        String parameter = initParameters.get(NonBlockingPromise.INIT_PARAMETER);
        if (parameter == null) return nonBlocking == null ? otherwise : nonBlocking;
        return switch (parameter) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new IllegalArgumentException("init parameter " + NonBlockingPromise.INIT_PARAMETER
                        + " of servlet " + name + " is \"" + parameter + "\", expected is true or false");
        };
    }

    public ServletDeclaration nonBlocking(boolean promised) {
        nonBlocking = promised;
        return this;
    }

    public @Nullable String runAs() {
        return runAs;
    }

    public ServletDeclaration runAs(String role) {
        runAs = role;
        return this;
    }
}
