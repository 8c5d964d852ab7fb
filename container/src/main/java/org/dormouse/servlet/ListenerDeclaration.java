package org.dormouse.servlet;

import java.util.EventListener;
import org.jspecify.annotations.Nullable;

/** One listener as declared; exactly one of the three is set. A class name is loaded by the deployment's class loader at start. */
public record ListenerDeclaration(
        @Nullable EventListener instance,
        @Nullable Class<? extends EventListener> type,
        @Nullable String className) {
    public static ListenerDeclaration of(EventListener instance) {
        return new ListenerDeclaration(instance, null, null);
    }

    public static ListenerDeclaration of(Class<? extends EventListener> type) {
        return new ListenerDeclaration(null, type, null);
    }

    public static ListenerDeclaration ofClass(String className) {
        return new ListenerDeclaration(null, null, className);
    }
}
