package org.dormouse.deploy;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.deploy.Descriptor.LifecycleCallback;
import org.dormouse.naming.Injection;
import org.dormouse.servlet.Instances;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes servlets, filters, listeners, pages and tags, has their resources injected, and calls their {@code @PostConstruct} and
 * {@code @PreDestroy} methods (Servlet 6.1 §15.5). Safe for many threads.
 */
final class ContainerInstances implements Instances {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerInstances.class);
    private static final String POST_CONSTRUCT = "jakarta.annotation.PostConstruct";
    private static final String PRE_DESTROY = "jakarta.annotation.PreDestroy";

    private final boolean annotations;
    private final Injection injection;
    private final List<LifecycleCallback> postConstruct;
    private final List<LifecycleCallback> preDestroy;

    /** Looked for once in each class: tags are made for every use. */
    private final ClassValue<Callbacks> callbacks = new ClassValue<>() {
        @Override
        protected Callbacks computeValue(Class<?> type) {
            return callbacksOf(type);
        }
    };

    /** @param problem why they cannot be called; null if they can */
    private record Callbacks(
            List<Method> afterConstruction,
            List<Method> beforeEnd,
            @Nullable String problem) {}

    /** @param annotations whether annotations count; not if web.xml is metadata-complete */
    ContainerInstances(
            boolean annotations,
            Injection injection,
            List<LifecycleCallback> postConstruct,
            List<LifecycleCallback> preDestroy) {
        this.annotations = annotations;
        this.injection = injection;
        this.postConstruct = List.copyOf(postConstruct);
        this.preDestroy = List.copyOf(preDestroy);
    }

    @Override
    public <T> T create(Class<T> type) throws ReflectiveOperationException {
        T instance = type.getDeclaredConstructor().newInstance();
        prepare(instance);
        return instance;
    }

    @Override
    public void prepare(Object made) throws ReflectiveOperationException {
        injection.into(made);
        Callbacks known = callbacks.get(made.getClass());
        if (known.problem != null) throw new NoSuchMethodException(known.problem);
        for (Method method : known.afterConstruction) method.invoke(made);
    }

    @Override
    public void release(Object instance) {
        Callbacks known = callbacks.get(instance.getClass());
        if (known.problem != null) {
            LOG.warn(
                    "no method of {} is called before it goes: {}",
                    instance.getClass().getName(),
                    known.problem);
            return;
        }
        for (Method method : known.beforeEnd) {
            try {
                method.invoke(instance);
            } catch (InvocationTargetException e) {
                LOG.warn("{} failed", method, e.getCause());
            } catch (IllegalAccessException e) {
                LOG.warn("{} cannot be called", method, e);
            }
        }
    }

    private Callbacks callbacksOf(Class<?> type) {
        try {
            return new Callbacks(
                    List.copyOf(callbacks(type, POST_CONSTRUCT, postConstruct)),
                    List.copyOf(callbacks(type, PRE_DESTROY, preDestroy).reversed()),
                    null);
        } catch (NoSuchMethodException e) {
            return new Callbacks(List.of(), List.of(), String.valueOf(e.getMessage()));
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
            if (method.getParameterCount() == 0 && has(method, annotation)) return method;
        }
        return null;
    }

    private static boolean has(Method method, String name) {
        for (Annotation annotation : method.getDeclaredAnnotations()) {
            if (annotation.annotationType().getName().equals(name)) return true;
        }
        return false;
    }

    private static List<Class<?>> lineage(Class<?> type) {
        var lineage = new ArrayList<Class<?>>();
        for (Class<?> one = type; one != null && one != Object.class; one = one.getSuperclass()) lineage.add(one);
        return lineage.reversed();
    }
}
