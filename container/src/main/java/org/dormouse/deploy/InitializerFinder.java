package org.dormouse.deploy;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.annotation.HandlesTypes;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dormouse.servlet.InitializerDeclaration;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.DotName;
import org.jboss.jandex.Index;
import org.jboss.jandex.Type;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the {@link ServletContainerInitializer}s of an application, and the classes that each of them handles (Servlet 6.1 §8.2.4). Only
 * jars of the application are looked at: what else lies on the class path of an embedding program is none of its business.
 */
final class InitializerFinder {
    private static final Logger LOG = LoggerFactory.getLogger(InitializerFinder.class);
    private static final String SERVICE = "META-INF/services/jakarta.servlet.ServletContainerInitializer";
    private static final String OLD_SERVICE = "META-INF/services/javax.servlet.ServletContainerInitializer";
    private static final DotName HANDLES_TYPES = DotName.createSimple(HandlesTypes.class);

    private final String war;
    private final URLClassLoader loader;
    private final List<Fragment> fragments;
    private final ClassScan classes;

    InitializerFinder(String war, URLClassLoader loader, List<Fragment> fragments, ClassScan classes) {
        this.war = war;
        this.loader = loader;
        this.fragments = fragments;
        this.classes = classes;
    }

    /** @param servers those of the server, which come first */
    List<InitializerDeclaration> find(List<ServletContainerInitializer> servers)
            throws DeploymentException, IOException {
        var found = new ArrayList<InitializerDeclaration>();
        for (ServletContainerInitializer one : servers) found.add(declare(one, one.getClass()));
        for (Map.Entry<String, String> name : names().entrySet()) {
            ServletContainerInitializer one = create(name.getKey(), name.getValue());
            if (one == null) continue;
            InitializerDeclaration declaration = declare(one, one.getClass());
            if (ForeignInitializer.isForeign(name.getKey())) {
                var guarded = new ForeignInitializer(one, name.getValue());
                declaration = new InitializerDeclaration(guarded, declaration.handled());
            }
            found.add(declaration);
        }
        return found;
    }

    /** Class names, each with the jar that names it. */
    private Map<String, String> names() throws IOException {
        Map<String, String> names = new LinkedHashMap<>();
        for (URL url : Collections.list(loader.findResources(SERVICE))) {
            if (isLeftOut(url)) continue;
            for (String line : read(url).lines().toList()) {
                int comment = line.indexOf('#');
                String name = (comment < 0 ? line : line.substring(0, comment)).strip();
                if (!name.isEmpty()) names.putIfAbsent(name, url.toString());
            }
        }
        for (URL url : Collections.list(loader.findResources(OLD_SERVICE))) {
            LOG.warn("{}: {} is of javax.servlet and not run; this server runs jakarta.servlet", war, url);
        }
        return names;
    }

    /** Whether the file is in a jar that an absolute ordering does not name. */
    private boolean isLeftOut(URL url) throws IOException {
        if (!url.getProtocol().equals("jar")) return false;
        for (Fragment fragment : fragments) {
            if (url.toString().startsWith("jar:" + fragment.jar().toUri().toURL() + "!/")) return false;
        }
        return true;
    }

    private static String read(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false); // a cached jar stays open after its class loader is closed
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Null for one of another server that is not there. */
    private @Nullable ServletContainerInitializer create(String name, String source) throws DeploymentException {
        try {
            return Class.forName(name, true, loader)
                    .asSubclass(ServletContainerInitializer.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
            if (e instanceof NoClassDefFoundError missing && ForeignInitializer.isForeign(name)) {
                ForeignInitializer.warn(name, source, missing);
                return null;
            }
            throw new DeploymentException(
                    war + ": the initializer " + name + ", named in " + source + ", cannot be made: " + e, e);
        }
    }

    private InitializerDeclaration declare(ServletContainerInitializer initializer, Class<?> type) throws IOException {
        List<String> handled = handledTypes(type);
        if (handled.isEmpty()) return new InitializerDeclaration(initializer, null);
        Set<String> names = new LinkedHashSet<>();
        for (String name : handled) {
            Class<?> wanted = load(name);
            if (wanted == null) continue;
            names.addAll(wanted.isAnnotation() ? classes.annotatedWith(name) : classes.subtypesOf(name));
        }
        Set<Class<?>> loaded = new LinkedHashSet<>();
        for (String name : names) {
            Class<?> one = load(name);
            if (one != null) loaded.add(one);
        }
        return new InitializerDeclaration(initializer, loaded.isEmpty() ? null : loaded);
    }

    /** Read from the class file: an annotation that names a class that is not there cannot be had by reflection. */
    private static List<String> handledTypes(Class<?> type) throws IOException {
        var names = new ArrayList<String>();
        AnnotationInstance annotation = Index.singleClass(type).declaredAnnotation(HANDLES_TYPES);
        if (annotation == null || annotation.value() == null) return names;
        for (Type one : annotation.value().asClassArray()) names.add(one.name().toString());
        return names;
    }

    /** Null where the class, or what it needs, is not there: such classes are passed over (§8.2.4). */
    private @Nullable Class<?> load(String name) {
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            LOG.debug("{}: class {} is passed over", war, name, e);
            return null;
        }
    }
}
