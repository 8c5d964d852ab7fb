package org.dormouse.jsp;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.net.URLConnection;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.jasper.servlet.JasperInitializer;
import org.apache.tomcat.InstanceManager;
import org.apache.tomcat.JarScanner;
import org.dormouse.servlet.Deployment;
import org.jspecify.annotations.Nullable;

/** Looks for tag libraries and registers their listeners when an application starts (Pages 4.0 §7.3), and says who makes its tags. */
final class JspInitializer implements ServletContainerInitializer {
    // Held while the JVM's default for jars behind URLs is another one: two applications may start at once.
    private static final ReentrantLock SCANNING = new ReentrantLock();

    private final Deployment deployment;

    JspInitializer(Deployment deployment) {
        this.deployment = deployment;
    }

    @Override
    public void onStartup(@Nullable Set<Class<?>> types, ServletContext context) throws ServletException {
        context.setAttribute(InstanceManager.class.getName(), new PageInstances(deployment));
        context.setAttribute(JarScanner.class.getName(), new TagLibraryJars());
        SCANNING.lock();
        boolean caches = URLConnection.getDefaultUseCaches("jar");
        try {
            // Jasper reads tag libraries through URLs; a cached jar would stay open when the application is long gone.
            URLConnection.setDefaultUseCaches("jar", false);
            new JasperInitializer().onStartup(null, context);
        } catch (RuntimeException e) {
            throw new ServletException("a tag library of " + context + " cannot be read: " + e.getMessage(), e);
        } finally {
            URLConnection.setDefaultUseCaches("jar", caches);
            SCANNING.unlock();
        }
        Jasper.keepNoPageContexts();
    }
}
