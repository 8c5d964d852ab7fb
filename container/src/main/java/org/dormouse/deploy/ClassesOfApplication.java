package org.dormouse.deploy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Loads the classes that a descriptor names, with errors for whoever packed the application. */
final class ClassesOfApplication {
    private final ClassLoader loader;
    private final String war;

    ClassesOfApplication(ClassLoader loader, String war) {
        this.loader = loader;
        this.war = war;
    }

    /** @param what for whom, for the message */
    <T> Class<? extends T> load(String name, Class<T> type, String what) throws DeploymentException {
        Class<?> found;
        try {
            found = Class.forName(name, false, loader);
        } catch (ClassNotFoundException e) {
            throw new DeploymentException(war + ": " + what + " demands class " + name + ", which is not there", e);
        } catch (NoClassDefFoundError e) {
            throw new DeploymentException(
                    war + ": " + what + ": class " + name + " needs " + e.getMessage() + ", which is not there"
                            + hint(String.valueOf(e.getMessage())),
                    e);
        } catch (LinkageError e) {
            throw new DeploymentException(war + ": " + what + ": class " + name + " cannot be loaded: " + e, e);
        }
        if (type.isAssignableFrom(found)) return found.asSubclass(type);
        String hint = isOfJavax(found) ? hint("javax/servlet") : "";
        throw new DeploymentException(war + ": " + what + ": class " + name + " is no " + type.getName() + hint);
    }

    private static String hint(String missing) {
        return missing.startsWith("javax/servlet")
                ? "; it was built for javax.servlet, this server runs jakarta.servlet (Servlet 5 and later)"
                : "";
    }

    private static boolean isOfJavax(Class<?> type) {
        Deque<Class<?>> open = new ArrayDeque<>(List.of(type));
        while (!open.isEmpty()) {
            Class<?> one = open.pop();
            if (one.getName().startsWith("javax.servlet.")) return true;
            open.addAll(List.of(one.getInterfaces()));
            if (one.getSuperclass() != null) open.add(one.getSuperclass());
        }
        return false;
    }
}
