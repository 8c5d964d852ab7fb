package org.dormouse.arquillian;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;
import org.dormouse.WebApp;
import org.jboss.arquillian.container.spi.client.container.DeploymentException;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jspecify.annotations.Nullable;

/** One archive as a file, in a folder of its own that goes with it. One thread. */
final class DeployedWar implements AutoCloseable {
    private static final String ENDING = ".war";
    private static final String ROOT = "ROOT";

    private final Path folder;
    private final Path file;
    private final String contextPath;
    private @Nullable ServletContext context;
    private boolean isLeftOut;

    private DeployedWar(Path folder, Path file, String contextPath) {
        this.folder = folder;
        this.file = file;
        this.contextPath = contextPath;
    }

    /** @throws DeploymentException if it is no WAR, or cannot be written */
    static DeployedWar export(Archive<?> archive) throws DeploymentException {
        String name = archive.getName();
        if (!name.endsWith(ENDING)) throw new DeploymentException(name + " is no WAR; nothing else can be deployed");
        String path = name.substring(0, name.length() - ENDING.length());
        try {
            Path folder = Files.createTempDirectory("dormouse-arquillian-");
            Path file = folder.resolve(name.replace('/', '_'));
            archive.as(ZipExporter.class).exportTo(file.toFile());
            return new DeployedWar(folder, file, path.equals(ROOT) ? "" : "/" + path);
        } catch (IOException | RuntimeException e) {
            throw new DeploymentException(name + " cannot be written to a file: " + e.getMessage(), e);
        }
    }

    Path folder() {
        return folder;
    }

    /** As {@code ServletContext.getContextPath()} has it. */
    String contextPath() {
        return contextPath;
    }

    /** To be deployed once. */
    WebApp application() {
        var listener = new ServletContextListener() {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                context = event.getServletContext();
            }
        };
        return WebApp.at(contextPath).war(file).listener(listener);
    }

    /** It could not be deployed: nothing is served at its path. */
    DeployedWar leftOut() {
        isLeftOut = true;
        context = null;
        return this;
    }

    boolean isLeftOut() {
        return isLeftOut;
    }

    /** Of the servlets that it has, once it is deployed. */
    Set<String> servletNames() {
        return context == null ? Set.of() : context.getServletRegistrations().keySet();
    }

    @Override
    public void close() {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(each);
        } catch (IOException e) {
            throw new UncheckedIOException("folder " + folder + " cannot be deleted", e);
        }
    }
}
