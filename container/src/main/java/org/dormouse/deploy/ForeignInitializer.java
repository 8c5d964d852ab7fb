package org.dormouse.deploy;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The initializer of a library that belongs to another server and was packed along, as Jetty's own WebSocket API is. It looks for the
 * inside of that server; where it does not find it, the application goes on without, after one warning.
 */
final class ForeignInitializer implements ServletContainerInitializer {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignInitializer.class);
    private static final List<String> SERVERS =
            List.of("org.eclipse.jetty.", "org.apache.catalina.", "org.apache.tomcat.", "io.undertow.");

    private final ServletContainerInitializer initializer;
    private final String source;

    /** @param source where it was found, for the log */
    ForeignInitializer(ServletContainerInitializer initializer, String source) {
        this.initializer = initializer;
        this.source = source;
    }

    static boolean isForeign(String name) {
        return SERVERS.stream().anyMatch(name::startsWith);
    }

    @Override
    public void onStartup(@Nullable Set<Class<?>> handled, ServletContext context) throws ServletException {
        try {
            initializer.onStartup(handled, context);
        } catch (NoClassDefFoundError e) {
            warn(initializer.getClass().getName(), source, e);
        }
    }

    static void warn(String name, String source, NoClassDefFoundError missing) {
        LOG.warn("{} of {} is part of another server and needs class {}: not run", name, source, missing.getMessage());
    }
}
