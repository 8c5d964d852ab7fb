package org.dormouse.servlet;

import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletSecurityElement;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dormouse.servlet.mapping.UrlPattern;
import org.jspecify.annotations.Nullable;

/** A servlet's declaration as the application sees and changes it while the context starts (Servlet 6.1 §4.4.1). */
final class ServletRegistrationView implements ServletRegistration.Dynamic {
    private final RegisteringContext context;
    private final ServletDeclaration declaration;

    ServletRegistrationView(RegisteringContext context, ServletDeclaration declaration) {
        this.context = context;
        this.declaration = declaration;
    }

    /** Patterns of another servlet are conflicts, and then nothing is mapped; those of the container's own servlets give way. */
    @Override
    public Set<String> addMapping(String... urlPatterns) {
        context.checkRegistering("map a servlet");
        if (urlPatterns.length == 0) throw new IllegalArgumentException("no URL pattern for servlet " + getName());
        for (String pattern : urlPatterns) UrlPattern.of(pattern);
        List<String> wanted = Arrays.asList(urlPatterns);
        var conflicts = new LinkedHashSet<String>();
        for (ServletDeclaration other : context.deployment().servlets()) {
            if (other == declaration || other.builtIn()) continue;
            for (String pattern : wanted) if (other.patterns().contains(pattern)) conflicts.add(pattern);
        }
        if (!conflicts.isEmpty()) return conflicts;
        for (ServletDeclaration other : context.deployment().servlets()) {
            if (other != declaration && other.builtIn()) wanted.forEach(other.patterns()::remove);
        }
        declaration.patterns().addAll(wanted);
        return Set.of();
    }

    @Override
    public Collection<String> getMappings() {
        return List.copyOf(declaration.patterns());
    }

    @Override
    public @Nullable String getRunAsRole() {
        return declaration.runAs();
    }

    @Override
    public String getName() {
        return declaration.name();
    }

    @Override
    public @Nullable String getClassName() {
        return declaration.className();
    }

    @Override
    public boolean setInitParameter(String name, String value) {
        context.checkRegistering("set an init parameter of servlet " + getName());
        return InitParameters.set(declaration.initParameters(), name, value);
    }

    @Override
    public @Nullable String getInitParameter(String name) {
        return declaration.initParameters().get(name);
    }

    @Override
    public Set<String> setInitParameters(Map<String, String> parameters) {
        context.checkRegistering("set init parameters of servlet " + getName());
        return InitParameters.setAll(declaration.initParameters(), parameters);
    }

    @Override
    public Map<String, String> getInitParameters() {
        return Map.copyOf(declaration.initParameters());
    }

    @Override
    public void setLoadOnStartup(int order) {
        context.checkRegistering("set load-on-startup of servlet " + getName());
        declaration.loadOnStartup(order);
    }

    @Override
    public Set<String> setServletSecurity(ServletSecurityElement constraint) {
        context.checkRegistering("set the security of servlet " + getName());
        return context.setServletSecurity(declaration, constraint);
    }

    @Override
    public void setMultipartConfig(MultipartConfigElement config) {
        context.checkRegistering("set the multipart configuration of servlet " + getName());
        if (config == null) throw new IllegalArgumentException("multipart configuration is null");
        declaration.multipart(config);
    }

    @Override
    public void setRunAsRole(String role) {
        context.checkRegistering("set the run-as role of servlet " + getName());
        if (role == null) throw new IllegalArgumentException("run-as role is null");
        declaration.runAs(role);
    }

    @Override
    public void setAsyncSupported(boolean supported) {
        context.checkRegistering("set async support of servlet " + getName());
        declaration.asyncSupported(supported);
    }
}
