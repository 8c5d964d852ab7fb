package org.dormouse.websocket;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds what a class has put for the type parameter of an interface that it implements. */
final class GenericTypes {
    private GenericTypes() {}

    /**
     * The raw class that {@code type} put for the only type parameter of {@code generic}, or null if it left that open (a lambda, a raw
     * type, a variable).
     */
    static @Nullable Class<?> argument(Class<?> type, Class<?> generic) {
        Type found = find(type, generic, Map.of());
        return found == null ? null : rawClass(found);
    }

    private static @Nullable Type find(Type type, Class<?> generic, Map<TypeVariable<?>, Type> known) {
        Map<TypeVariable<?>, Type> bindings = new HashMap<>();
        Class<?> raw;
        if (type instanceof ParameterizedType parameterized) {
            raw = (Class<?>) parameterized.getRawType();
            TypeVariable<?>[] variables = raw.getTypeParameters();
            Type[] arguments = parameterized.getActualTypeArguments();
            for (int i = 0; i < variables.length; i++)
                bindings.put(variables[i], known.getOrDefault(arguments[i], arguments[i]));
        } else if (type instanceof Class<?> plain) {
            raw = plain;
        } else {
            return null;
        }
        if (raw == generic) return bindings.get(generic.getTypeParameters()[0]);
        if (!generic.isAssignableFrom(raw)) return null;
        for (Type parent : raw.getGenericInterfaces()) {
            Type found = find(parent, generic, bindings);
            if (found != null) return found;
        }
        Type parent = raw.getGenericSuperclass();
        return parent == null ? null : find(parent, generic, bindings);
    }

    private static @Nullable Class<?> rawClass(Type type) {
        if (type instanceof Class<?> plain) return plain;
        if (type instanceof ParameterizedType parameterized) return (Class<?>) parameterized.getRawType();
        if (type instanceof GenericArrayType array) {
            Class<?> component = rawClass(array.getGenericComponentType());
            return component == null ? null : component.arrayType();
        }
        return null;
    }
}
