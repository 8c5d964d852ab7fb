package org.dormouse.deploy;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.dormouse.deploy.Descriptor.LifecycleCallback;
import org.dormouse.servlet.Instances;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes servlets, filters and listeners, and calls their {@code @PostConstruct} and {@code @PreDestroy} methods (Servlet 6.1 §15.5). There is
 * nothing yet that could be injected: a class that asks for it is refused.
 */
final class ContainerInstances implements Instances {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerInstances.class);
    private static final String POST_CONSTRUCT = "jakarta.annotation.PostConstruct";
    private static final String PRE_DESTROY = "jakarta.annotation.PreDestroy";
    /** By name: the server has not all of these annotations. */
    private static final Set<String> INJECTED = Set.of(
            "jakarta.annotation.Resource",
            "jakarta.annotation.Resources",
            "jakarta.ejb.EJB",
            "jakarta.ejb.EJBs",
            "jakarta.persistence.PersistenceContext",
            "jakarta.persistence.PersistenceContexts",
            "jakarta.persistence.PersistenceUnit",
            "jakarta.persistence.PersistenceUnits",
            "jakarta.xml.ws.WebServiceRef",
            "jakarta.xml.ws.WebServiceRefs");

    private final boolean annotations;
    private final List<LifecycleCallback> postConstruct;
    private final List<LifecycleCallback> preDestroy;

    /** @param annotations whether annotations count; not if web.xml is metadata-complete */
    ContainerInstances(boolean annotations, List<LifecycleCallback> postConstruct, List<LifecycleCallback> preDestroy) {
        this.annotations = annotations;
        this.postConstruct = List.copyOf(postConstruct);
        this.preDestroy = List.copyOf(preDestroy);
    }

    @Override
    public <T> T create(Class<T> type) throws ReflectiveOperationException {
        if (annotations) refuseInjection(type);
        T instance = type.getDeclaredConstructor().newInstance();
        for (Method method : callbacks(type, POST_CONSTRUCT, postConstruct)) method.invoke(instance);
        return instance;
    }

    @Override
    public void release(Object instance) {
        List<Method> methods;
        try {
            methods = callbacks(instance.getClass(), PRE_DESTROY, preDestroy).reversed();
        } catch (NoSuchMethodException e) {
            LOG.warn(
                    "no method of {} is called before it goes: {}",
                    instance.getClass().getName(),
                    e.getMessage());
            return;
        }
        for (Method method : methods) {
            try {
                method.invoke(instance);
            } catch (InvocationTargetException e) {
                LOG.warn("{} failed", method, e.getCause());
            } catch (IllegalAccessException e) {
                LOG.warn("{} cannot be called", method, e);
            }
        }
    }

    /** Superclasses first. A method that a subclass overrides is called once, as the subclass has it. */
    private List<Method> callbacks(Class<?> type, String annotation, List<LifecycleCallback> declared)
            throws NoSuchMethodException {
        var methods = new ArrayList<Method>();
        for (Class<?> one : lineage(type)) {
            Method method = annotations ? annotatedMethod(one, annotation) : null;
            for (LifecycleCallback callback : declared) {
                if (callback.className().equals(one.getName())) method = one.getDeclaredMethod(callback.method());
            }
            if (method == null) continue;
            String name = method.getName();
            methods.removeIf(earlier -> earlier.getName().equals(name));
            if (!method.trySetAccessible()) throw new NoSuchMethodException(method + " is not accessible");
            methods.add(method);
        }
        return methods;
    }

    private static @Nullable Method annotatedMethod(Class<?> type, String annotation) {
        for (Method method : type.getDeclaredMethods()) {
            if (method.getParameterCount() == 0 && has(method, Set.of(annotation))) return method;
        }
        return null;
    }

    private static void refuseInjection(Class<?> type) throws ReflectiveOperationException {
        for (Class<?> one : lineage(type)) {
            var elements = new ArrayList<AnnotatedElement>(List.of(one.getDeclaredFields()));
            elements.addAll(List.of(one.getDeclaredMethods()));
            for (AnnotatedElement element : elements) {
                if (!has(element, INJECTED)) continue;
                throw new ReflectiveOperationException(
                        element + " asks for an injection, and there is nothing yet that could be injected");
            }
        }
    }

    private static boolean has(AnnotatedElement element, Set<String> names) {
        for (Annotation annotation : element.getDeclaredAnnotations()) {
            if (names.contains(annotation.annotationType().getName())) return true;
        }
        return false;
    }

    private static List<Class<?>> lineage(Class<?> type) {
        var lineage = new ArrayList<Class<?>>();
        for (Class<?> one = type; one != null && one != Object.class; one = one.getSuperclass()) lineage.add(one);
        return lineage.reversed();
    }
}
