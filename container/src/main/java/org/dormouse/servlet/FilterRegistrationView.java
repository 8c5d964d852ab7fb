package org.dormouse.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dormouse.servlet.mapping.UrlPattern;
import org.jspecify.annotations.Nullable;

/** A filter's declaration as the application sees and changes it while the context starts (Servlet 6.1 §4.4.2). */
final class FilterRegistrationView implements FilterRegistration.Dynamic {
    private final RegisteringContext context;
    private final FilterDeclaration declaration;

    FilterRegistrationView(RegisteringContext context, FilterDeclaration declaration) {
        this.context = context;
        this.declaration = declaration;
    }

    @Override
    public void addMappingForServletNames(
            @Nullable EnumSet<DispatcherType> dispatchers, boolean isMatchAfter, String... servletNames) {
        add(dispatchers, isMatchAfter, true, servletNames);
    }

    @Override
    public void addMappingForUrlPatterns(
            @Nullable EnumSet<DispatcherType> dispatchers, boolean isMatchAfter, String... urlPatterns) {
        for (String pattern : urlPatterns) UrlPattern.of(pattern);
        add(dispatchers, isMatchAfter, false, urlPatterns);
    }

    private void add(@Nullable EnumSet<DispatcherType> dispatchers, boolean after, boolean byName, String[] targets) {
        context.checkRegistering("map a filter");
        if (targets.length == 0) throw new IllegalArgumentException("filter " + getName() + " mapped to nothing");
        Set<DispatcherType> types =
                dispatchers == null || dispatchers.isEmpty() ? EnumSet.of(DispatcherType.REQUEST) : dispatchers;
        var added = new ArrayList<FilterMapping>();
        for (String target : targets) added.add(new FilterMapping(getName(), target, byName, types));
        context.addFilterMappings(added, after);
    }

    @Override
    public Collection<String> getServletNameMappings() {
        return targets(true);
    }

    @Override
    public Collection<String> getUrlPatternMappings() {
        return targets(false);
    }

    private List<String> targets(boolean byServletName) {
        return context.deployment().filterMappings().stream()
                .filter(m -> m.filter().equals(getName()) && m.byServletName() == byServletName)
                .map(FilterMapping::target)
                .toList();
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
        context.checkRegistering("set an init parameter of filter " + getName());
        return InitParameters.set(declaration.initParameters(), name, value);
    }

    @Override
    public @Nullable String getInitParameter(String name) {
        return declaration.initParameters().get(name);
    }

    @Override
    public Set<String> setInitParameters(Map<String, String> parameters) {
        context.checkRegistering("set init parameters of filter " + getName());
        return InitParameters.setAll(declaration.initParameters(), parameters);
    }

    @Override
    public Map<String, String> getInitParameters() {
        return Map.copyOf(declaration.initParameters());
    }

    @Override
    public void setAsyncSupported(boolean supported) {
        context.checkRegistering("set async support of filter " + getName());
        declaration.asyncSupported(supported);
    }
}
