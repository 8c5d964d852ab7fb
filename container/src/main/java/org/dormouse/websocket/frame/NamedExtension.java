package org.dormouse.websocket.frame;

import jakarta.websocket.Extension;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An extension with its parameters, as one peer offers it or the other accepts it (RFC 6455 §9.1). Immutable. */
public record NamedExtension(String name, List<Extension.Parameter> parameters) implements Extension {
    public NamedExtension {
        parameters = List.copyOf(parameters);
    }

    /** What an application made, in a form that compares by what it says. */
    public static NamedExtension of(Extension any) {
        if (any instanceof NamedExtension own) return own;
        List<Extension.Parameter> parameters = any.getParameters();
        if (parameters == null) return new NamedExtension(any.getName(), List.of());
        return new NamedExtension(
                any.getName(),
                parameters.stream()
                        .map(p -> (Extension.Parameter) new NamedParameter(p.getName(), p.getValue()))
                        .toList());
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public List<Extension.Parameter> getParameters() {
        return parameters;
    }

    /** As it stands in the field. */
    @Override
    public String toString() {
        var text = new StringBuilder(name);
        for (Extension.Parameter parameter : parameters) text.append("; ").append(parameter);
        return text.toString();
    }

    /** One parameter; the value is null where only the name stands. */
    public record NamedParameter(String name, @Nullable String value) implements Extension.Parameter {
        public NamedParameter {
            Objects.requireNonNull(name);
        }

        @Override
        public String getName() {
            return name;
        }

        @Override
        public @Nullable String getValue() {
            return value;
        }

        @Override
        public String toString() {
            return value == null ? name : name + "=" + value;
        }
    }
}
