package org.dormouse.naming;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;

/**
 * The names of one application below {@code java:}. Filled by one thread while the application is deployed, read by any. Which application is
 * meant is told by the context class loader of the thread, or by one above it: so it works in threads of the application too.
 */
public final class Names implements AutoCloseable {
    private static final String SCHEME = "java:";
    /** Where names without a scheme are meant to be. */
    public static final String ENVIRONMENT = "comp/env/";

    private static final int MAX_LINKS = 16;
    private static final Map<ClassLoader, Names> APPLICATIONS = new ConcurrentHashMap<>();

    private final String application;
    private final ClassLoader loader;
    private final ConcurrentSkipListMap<String, Object> bindings = new ConcurrentSkipListMap<>();

    /** Stands for something else in these names. */
    private record Link(String name) {}

    /** Stands for what was announced and is not there. */
    private record Missing(String reason) {}

    /**
     * Names that threads with this context class loader see from now on, until they are closed.
     *
     * @param application for messages
     * @throws IllegalStateException if another application has that class loader
     */
    public Names(String application, ClassLoader loader) {
        this.application = application;
        this.loader = loader;
        if (APPLICATIONS.putIfAbsent(loader, this) != null) {
            throw new IllegalStateException(
                    application + " shares its class loader with another application with names");
        }
    }

    /** The root of the names of the calling thread's application; null if it has none. */
    public static @Nullable Context contextOfThread() {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        while (loader != null) {
            Names names = APPLICATIONS.get(loader);
            if (names != null) return new NamesContext(names, "");
            loader = loader.getParent();
        }
        return null;
    }

    /** Binds {@code value} to a name: {@code java:comp/env/jdbc/shop}, or {@code jdbc/shop} for short. What was bound to it goes. */
    public void bind(String name, Object value) {
        bindings.put(full(name), value);
    }

    /** Lets {@code name} lead to another one of these names. */
    public void link(String name, String to) {
        bindings.put(full(name), new Link(full(to)));
    }

    /** Says why {@code name}, which was announced, cannot be had; whoever looks it up is told. */
    public void refuse(String name, String reason) {
        bindings.put(full(name), new Missing(reason));
    }

    /** Whether there is something bound to it, or to what it leads to. */
    public boolean has(String name) {
        try {
            resolve(full(name));
            return true;
        } catch (NamingException e) {
            return false;
        }
    }

    /** Whether it was bound, linked or refused. */
    public boolean knows(String name) {
        return bindings.containsKey(full(name));
    }

    /**
     * Finds what is bound to a name, as {@link #bind} has it.
     *
     * @throws NamingException if there is nothing; the message says what there is, or why not
     */
    public Object lookup(String name) throws NamingException {
        return resolve(full(name));
    }

    Object resolve(String name) throws NamingException {
        String at = name;
        for (int links = 0; links <= MAX_LINKS; links++) {
            Object found = bindings.get(at);
            if (found instanceof Link link) {
                at = link.name;
                continue;
            }
            if (found instanceof Missing missing) throw notFound(missing.reason, name);
            if (found != null) return found;
            if (isFolder(at)) return new NamesContext(this, at.isEmpty() ? "" : at + "/");
            String lead = at.equals(name) ? "" : ", to which " + SCHEME + name + " leads,";
            throw notFound(
                    SCHEME + at + lead + " is not bound in " + application + "; bound are " + bindings.keySet(), name);
        }
        throw notFound(SCHEME + name + " leads in a circle", name);
    }

    private static NameNotFoundException notFound(String message, String name) {
        return new NameNotFoundException(message + (message.contains(name) ? "" : " (" + SCHEME + name + ")"));
    }

    /** These are there even if there is nothing in them. */
    private boolean isFolder(String name) {
        if (name.isEmpty() || name.equals("comp") || name.equals("comp/env")) return true;
        String folder = name + "/";
        String next = bindings.ceilingKey(folder);
        return next != null && next.startsWith(folder);
    }

    /** The names directly below a folder, each with what is bound to it; what cannot be had is left out. */
    Map<String, Object> list(String folder) throws NamingException {
        var names = new TreeSet<String>();
        for (String name : bindings.tailMap(folder, false).keySet()) {
            if (!name.startsWith(folder)) break;
            int end = name.indexOf('/', folder.length());
            names.add(name.substring(folder.length(), end < 0 ? name.length() : end));
        }
        if (folder.isEmpty()) names.add("comp");
        if (folder.equals("comp/")) names.add("env");
        Map<String, Object> found = new TreeMap<>();
        for (String name : names) {
            try {
                found.put(name, resolve(folder + name));
            } catch (NameNotFoundException e) {
                // Announced, and nobody gave it: its look-up says so.
            }
        }
        return found;
    }

    /** Without scheme, and from the root. */
    private static String full(String name) {
        String path = name.startsWith(SCHEME) ? name.substring(SCHEME.length()) : ENVIRONMENT + name;
        if (path.startsWith("/") || path.endsWith("/") || path.contains("//")) {
            throw new IllegalArgumentException("name \"" + name + "\" has an empty part");
        }
        return path;
    }

    /** Threads of the application see no names any more. */
    @Override
    public void close() {
        APPLICATIONS.remove(loader, this);
        bindings.clear();
    }

    @Override
    public String toString() {
        return "names of " + application;
    }
}
