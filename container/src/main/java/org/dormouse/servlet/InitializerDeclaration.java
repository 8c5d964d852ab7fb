package org.dormouse.servlet;

import jakarta.servlet.ServletContainerInitializer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An initializer with the classes found for its {@code @HandlesTypes}.
 *
 * @param handled null where it has no such annotation or nothing was found (Servlet 6.1 §8.2.4)
 */
public record InitializerDeclaration(
        ServletContainerInitializer initializer, @Nullable Set<Class<?>> handled) {}
