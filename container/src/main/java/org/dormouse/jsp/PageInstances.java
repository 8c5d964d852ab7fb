package org.dormouse.jsp;

import java.lang.reflect.InvocationTargetException;
import org.apache.tomcat.InstanceManager;
import org.dormouse.servlet.Deployment;
import org.jspecify.annotations.Nullable;

/** Lets Jasper have its pages, tags and listeners made as everything else of the application is, with what is injected into them. */
final class PageInstances implements InstanceManager {
    private final Deployment deployment;

    PageInstances(Deployment deployment) {
        this.deployment = deployment;
    }

    @Override
    public Object newInstance(Class<?> type)
            throws IllegalAccessException, InvocationTargetException, InstantiationException, NoSuchMethodException {
        try {
            return deployment.instances().create(type);
        } catch (ReflectiveOperationException e) {
            throw known(e);
        }
    }

    @Override
    public Object newInstance(String className)
            throws IllegalAccessException, InvocationTargetException, InstantiationException, ClassNotFoundException,
                    NoSuchMethodException {
        return newInstance(className, deployment.classLoader());
    }

    @Override
    public Object newInstance(String className, @Nullable ClassLoader loader)
            throws IllegalAccessException, InvocationTargetException, InstantiationException, ClassNotFoundException,
                    NoSuchMethodException {
        return newInstance(Class.forName(className, true, loader));
    }

    /** Compiled pages make their tags themselves and have them completed here. */
    @Override
    public void newInstance(Object made) throws IllegalAccessException, InvocationTargetException {
        try {
            deployment.instances().prepare(made);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw e;
        } catch (ReflectiveOperationException e) {
            throw new InvocationTargetException(e, made.getClass().getName() + ": " + e.getMessage());
        }
    }

    @Override
    public void destroyInstance(Object instance) {
        deployment.instances().release(instance);
    }

    private static InstantiationException known(ReflectiveOperationException failure)
            throws IllegalAccessException, InvocationTargetException, NoSuchMethodException {
        if (failure instanceof IllegalAccessException e) throw e;
        if (failure instanceof InvocationTargetException e) throw e;
        if (failure instanceof NoSuchMethodException e) throw e;
        if (failure instanceof InstantiationException e) return e;
        var wrapped = new InstantiationException(failure.getMessage());
        wrapped.initCause(failure);
        return wrapped;
    }
}
