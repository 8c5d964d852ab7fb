package org.dormouse.jsp;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.descriptor.JspConfigDescriptor;
import jakarta.servlet.descriptor.TaglibDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.jasper.servlet.JasperInitializer;
import org.apache.tomcat.InstanceManager;
import org.apache.tomcat.JarScanner;
import org.dormouse.servlet.Deployment;
import org.jspecify.annotations.Nullable;

/**
 * The tag libraries of one application (Pages 4.0 §7.3). Jasper takes half a second of a processor to read those of JSTL alone; an
 * application without pages shall not pay for that, so they are read when a page is asked for, unless one has listeners to be called at the
 * start.
 */
final class TagLibraries {
    private static final String LISTENER = "listener-class";
    private static final String SUFFIX = ".tld";

    // Held while the JVM's default for jars behind URLs is another one: two applications may look at once.
    private static final ReentrantLock READING = new ReentrantLock();

    private final Deployment deployment;
    // under READING
    private boolean read;

    TagLibraries(Deployment deployment) {
        this.deployment = deployment;
    }

    /** When the application starts: listeners of libraries can be registered. */
    void begin(ServletContext context) throws ServletException {
        var jars = new TagLibraryJars();
        context.setAttribute(InstanceManager.class.getName(), new PageInstances(deployment));
        context.setAttribute(JarScanner.class.getName(), jars);
        if (jars.haveListeners(context) || haveListeners(context, "/WEB-INF/") || isDeclaredWithListener(context)) {
            read(context);
        }
    }

    /** Sets what Jasper knows of them, if that has not been done. */
    void find(ServletContext context) {
        try {
            read(context);
        } catch (ServletException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private void read(ServletContext context) throws ServletException {
        READING.lock();
        boolean caches = URLConnection.getDefaultUseCaches("jar");
        try {
            if (read) return;
            read = true;
            // Jasper reads through URLs; a cached jar would stay open when the application is long gone.
            URLConnection.setDefaultUseCaches("jar", false);
            new JasperInitializer().onStartup(null, context);
        } catch (RuntimeException e) {
            throw new ServletException("a tag library of " + context + " cannot be read: " + e.getMessage(), e);
        } finally {
            URLConnection.setDefaultUseCaches("jar", caches);
            READING.unlock();
        }
        Jasper.keepNoPageContexts();
    }

    private static boolean haveListeners(ServletContext context, String folder) {
        Set<String> paths = context.getResourcePaths(folder);
        if (paths == null) return false;
        for (String path : paths) {
            if (path.equals("/WEB-INF/classes/") || path.equals("/WEB-INF/lib/")) continue;
            if (path.endsWith("/") ? haveListeners(context, path) : path.endsWith(SUFFIX) && hasListener(context, path))
                return true;
        }
        return false;
    }

    /** A location in web.xml may have any name; one that is a jar is among the jars. */
    private static boolean isDeclaredWithListener(ServletContext context) {
        JspConfigDescriptor config = context.getJspConfigDescriptor();
        if (config == null) return false;
        for (TaglibDescriptor library : config.getTaglibs()) {
            String location = library.getTaglibLocation();
            if (hasListener(context, location.startsWith("/") ? location : "/WEB-INF/" + location)) return true;
        }
        return false;
    }

    private static boolean hasListener(ServletContext context, String path) {
        try (InputStream in = context.getResourceAsStream(path)) {
            return hasListener(in);
        } catch (IOException e) {
            return true; // Jasper says what is wrong with it
        }
    }

    /** Whether a library mentions a listener. */
    static boolean hasListener(@Nullable InputStream library) throws IOException {
        return library != null && new String(library.readAllBytes(), StandardCharsets.ISO_8859_1).contains(LISTENER);
    }
}
