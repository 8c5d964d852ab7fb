package org.dormouse.servlet;

import jakarta.servlet.Filter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One filter as declared: by instance, class or class name. Where it runs is told by {@link FilterMapping}s. Plain and mutable. */
public final class FilterDeclaration {
    private final String name;
    private @Nullable Filter instance;
    private @Nullable Class<? extends Filter> type;
    private @Nullable String className;
    private final Map<String, String> initParameters = new LinkedHashMap<>();
    private boolean asyncSupported;

    FilterDeclaration(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    public @Nullable Filter instance() {
        return instance;
    }

    public FilterDeclaration instance(Filter filter) {
        instance = filter;
        type = filter.getClass();
        className = filter.getClass().getName();
        return this;
    }

    public @Nullable Class<? extends Filter> type() {
        return type;
    }

    public FilterDeclaration type(Class<? extends Filter> filter) {
        type = filter;
        className = filter.getName();
        return this;
    }

    public @Nullable String className() {
        return className;
    }

    /** Loaded by the deployment's class loader at start. */
    public FilterDeclaration className(String filter) {
        className = filter;
        return this;
    }

    public Map<String, String> initParameters() {
        return initParameters;
    }

    public boolean asyncSupported() {
        return asyncSupported;
    }

    public FilterDeclaration asyncSupported(boolean supported) {
        asyncSupported = supported;
        return this;
    }
}
