package org.dormouse.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Loads the classes of one application: its own first, then those of the server (Servlet 6.1 §10.7.2). Never its own for what the JDK has,
 * nor for {@code jakarta.} where the server has the class; never the server's own classes, {@code org.dormouse.}, but
 * its annotations, its filters, what is for pushing and its providers of Jakarta WebSocket. Jasper is the server's where it has one: pages,
 * tags and what runs them must be of one kind. Parallel
 * capable; closing it closes its jars.
 */
final class WebAppClassLoader extends URLClassLoader {
    private static final String SERVER_CLASSES = "org.dormouse.";
    private static final String ANNOTATIONS = "org.dormouse.annotation.";
    private static final String FILTERS = "org.dormouse.filter.";
    private static final String PUSH = "org.dormouse.push.";
    /** Found by JNDI through the context class loader. */
    private static final String NAMES = "org.dormouse.naming.java.";

    /** Found by ServiceLoader through the context class loader: those of Jakarta WebSocket (§2.1.3 and §7.1). */
    private static final Set<String> PROVIDERS = Set.of(
            "org.dormouse.websocket.DefaultConfigurator", "org.dormouse.websocket.client.ClientContainerProvider");

    private static final String SERVER_FILES = "org/dormouse/";
    private static final String DRIVERS = "java.sql.Driver";
    private static final String SERVICES = "META-INF/services/";
    /** Packages of Jasper. */
    private static final List<String> ENGINE =
            List.of("org.apache.jasper.", "org.apache.el.", "org.apache.tomcat.", "org.apache.juli.");

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader server;
    /** Whether a class of the application has asked for those that drivers are registered with. */
    private volatile boolean knowsDrivers;

    /**
     * A loader for {@code urls}, in this order.
     *
     * @param server where the Jakarta APIs come from, and everything that the application does not bring itself
     */
    WebAppClassLoader(String name, List<URL> urls, ClassLoader server) {
        super(name, urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        this.server = server;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> found = findLoadedClass(name);
            if (found == null) found = findAnywhere(name);
            if (resolve) resolveClass(found);
            return found;
        }
    }

    private Class<?> findAnywhere(String name) throws ClassNotFoundException {
        if (!knowsDrivers && name.startsWith(DRIVERS)) knowsDrivers = true;
        Class<?> found = loadQuietly(getParent(), name);
        if (found == null && (name.startsWith("jakarta.") || isForApplications(name)))
            found = loadQuietly(server, name);
        if (found != null) return found;
        try {
            return findClass(name);
        } catch (ClassNotFoundException own) {
            if (name.startsWith(SERVER_CLASSES)) throw own;
            try {
                return server.loadClass(name);
            } catch (ClassNotFoundException servers) {
                own.addSuppressed(servers);
                throw own;
            }
        }
    }

    ClassLoader server() {
        return server;
    }

    boolean knowsDrivers() {
        return knowsDrivers;
    }

    /** {@link FromWithin} as a class of the application. */
    Class<?> defineFromWithin() throws ClassNotFoundException {
        String name = FromWithin.class.getName();
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            if (known != null) return known;
            try (InputStream in = FromWithin.class.getResourceAsStream(FromWithin.class.getSimpleName() + ".class")) {
                if (in == null) throw new ClassNotFoundException(name);
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    private static boolean isForApplications(String name) {
        if (!name.startsWith("org.")) return false;
        if (name.startsWith(ANNOTATIONS) || name.startsWith(FILTERS) || name.startsWith(PUSH)) return true;
        if (name.startsWith(NAMES)) return true;
        if (PROVIDERS.contains(name)) return true;
        for (String packages : ENGINE) if (name.startsWith(packages)) return true;
        return false;
    }

    private static @Nullable Class<?> loadQuietly(ClassLoader loader, String name) {
        try {
            return loader.loadClass(name);
        } catch (ClassNotFoundException e) {
            return null; // the next one may have it
        }
    }

    @Override
    public @Nullable URL getResource(String name) {
        URL found = findResource(name);
        if (found == null) found = getParent().getResource(name);
        if (found == null && !isServersOwn(name)) found = server.getResource(name);
        return found;
    }

    /**
     * Whether the application has no use for the server's resources of that name. A provider that the server has implements the server's
     * interface: where the application brings an interface of that name itself, SLF4J's for one, the two are not the same.
     */
    private boolean isServersOwn(String name) {
        if (name.startsWith(SERVER_FILES)) return true;
        if (!name.startsWith(SERVICES) || name.startsWith(SERVICES + "jakarta.")) return false;
        String service = name.substring(SERVICES.length());
        return findResource(service.replace('.', '/') + ".class") != null;
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        var all = new ArrayList<>(Collections.list(findResources(name)));
        Enumeration<URL> parents = isServersOwn(name) ? getParent().getResources(name) : server.getResources(name);
        while (parents.hasMoreElements()) {
            URL url = parents.nextElement();
            if (all.stream().noneMatch(one -> one.toExternalForm().equals(url.toExternalForm()))) all.add(url);
        }
        return Collections.enumeration(all);
    }
}
