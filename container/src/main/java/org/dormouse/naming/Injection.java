package org.dormouse.naming;

import jakarta.annotation.Resource;
import jakarta.annotation.Resources;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;

/**
 * Sets fields and calls setters of an application's objects with what is bound to {@link Names}: where {@code @Resource} or an
 * {@code injection-target} says so; of both for one member, the descriptor counts (Servlet 6.1 §15.5). Filled by one thread, used by any.
 */
public final class Injection {
    /** By name: the server has not these annotations. */
    private static final Set<String> NOT_HERE = Set.of(
            "jakarta.ejb.EJB",
            "jakarta.ejb.EJBs",
            "jakarta.persistence.PersistenceContext",
            "jakarta.persistence.PersistenceContexts",
            "jakarta.persistence.PersistenceUnit",
            "jakarta.persistence.PersistenceUnits",
            "jakarta.xml.ws.WebServiceRef",
            "jakarta.xml.ws.WebServiceRefs");

    private final Names names;
    private final boolean annotations;
    /** From class to member to name. */
    private final Map<String, Map<String, String>> targets = new HashMap<>();

    private final ClassValue<List<Place>> places = new ClassValue<>() {
        @Override
        protected List<Place> computeValue(Class<?> type) {
            return placesOf(type);
        }
    };

    /**
     * A field or setter with the name of what it gets.
     *
     * @param member null if there is none
     * @param lookup where it is looked for if nobody has said anything of {@code name}; empty: nowhere
     * @param problem why nothing can be injected there; null if something can
     */
    private record Place(
            @Nullable Member member,
            Class<?> type,
            String name,
            String lookup,
            @Nullable String problem) {}

    /** @param annotations whether they count; not if web.xml is metadata-complete */
    public Injection(Names names, boolean annotations) {
        this.names = names;
        this.annotations = annotations;
    }

    /** Adds an {@code injection-target}. Not after the first injection. */
    public void target(String className, String member, String name) {
        targets.computeIfAbsent(className, c -> new HashMap<>()).put(member, name);
    }

    /** Declares what the annotations of a class announce for look-ups: they need no object of it. */
    public void declare(Class<?> type) {
        if (!annotations) return;
        for (Class<?> one : lineage(type)) {
            Resource resource = one.getDeclaredAnnotation(Resource.class);
            if (resource != null) declare(resource, resource.name(), one.getName());
            Resources several = one.getDeclaredAnnotation(Resources.class);
            if (several != null) for (Resource each : several.value()) declare(each, each.name(), one.getName());
            for (Field field : one.getDeclaredFields()) declareMember(field);
            for (Method method : one.getDeclaredMethods()) declareMember(method);
        }
    }

    private <M extends AnnotatedElement & Member> void declareMember(M member) {
        Resource resource = member.getDeclaredAnnotation(Resource.class);
        if (resource != null && !resource.lookup().isEmpty()) {
            declare(
                    resource,
                    nameOf(resource, member),
                    member.getDeclaringClass().getName());
        }
    }

    private void declare(Resource resource, String name, String className) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("@Resource on class " + className + " has no name");
        }
        if (names.knows(name)) return;
        if (!resource.lookup().isEmpty()) names.link(name, checked(resource.lookup()));
        else names.refuse(name, missing(name, resource.type().getName(), "@Resource of " + className));
    }

    /**
     * A name that may be looked up for somebody.
     *
     * @throws IllegalArgumentException if it is of another scheme than {@code java:}
     */
    public static String checked(String lookup) {
        int colon = lookup.indexOf(':');
        if (colon < 0 || lookup.startsWith("java:")) return lookup;
        throw new IllegalArgumentException(
                "\"" + lookup + "\" is not looked up for an application: only names below java: are");
    }

    /** What to tell whoever wants a resource that nobody provides. */
    public static String missing(String name, String type, String asker) {
        return name + " (" + type + "), which " + asker + " asks for, is provided by nobody: give it with"
                + " WebApp.resource(\"" + name + "\", ...), or declare a data-source of that name";
    }

    /**
     * Injects into {@code instance} everything that its class asks for, superclasses first.
     *
     * @throws ReflectiveOperationException if something of it is not there or does not fit; the message says what
     */
    public void into(Object instance) throws ReflectiveOperationException {
        for (Place place : places.get(instance.getClass())) inject(instance, place);
    }

    private void inject(Object instance, Place place) throws ReflectiveOperationException {
        Member member = place.member;
        if (member == null || place.problem != null) throw new ReflectiveOperationException(place.problem);
        Object value;
        try {
            if (names.knows(place.name)) value = names.lookup(place.name);
            else if (!place.lookup.isEmpty()) value = names.lookup(checked(place.lookup));
            else if (SimpleValues.isSimple(place.type)) return; // an entry without a value leaves what is there
            else throw new NamingException(missing(place.name, place.type.getName(), member.toString()));
        } catch (NamingException | IllegalArgumentException e) {
            throw new ReflectiveOperationException(member + " cannot be injected: " + e.getMessage(), e);
        }
        if (!SimpleValues.boxed(place.type).isInstance(value)) {
            throw new ReflectiveOperationException(member + " cannot be injected: " + place.name + " is a "
                    + value.getClass().getName());
        }
        if (member instanceof Field field) field.set(instance, value);
        else call((Method) member, instance, value);
    }

    private static void call(Method setter, Object instance, Object value) throws ReflectiveOperationException {
        try {
            setter.invoke(instance, value);
        } catch (InvocationTargetException e) {
            throw new ReflectiveOperationException(setter + " failed", e.getCause());
        }
    }

    private List<Place> placesOf(Class<?> type) {
        var found = new ArrayList<Place>();
        for (Class<?> one : lineage(type)) {
            Map<String, String> declared = new HashMap<>(targets.getOrDefault(one.getName(), Map.of()));
            for (Field field : one.getDeclaredFields()) {
                boolean isTarget = declared.containsKey(field.getName()) && setter(one, field.getName()) == null;
                add(found, field, field.getType(), isTarget ? declared.remove(field.getName()) : null);
            }
            for (Method method : one.getDeclaredMethods()) {
                String property = propertyOf(method);
                String target = property == null ? null : declared.remove(property);
                Class<?> wanted = method.getParameterCount() == 1 ? method.getParameterTypes()[0] : void.class;
                // A setter that a subclass overrides is called once, as the subclass has it.
                found.removeIf(earlier -> earlier.member instanceof Method before && isOverridden(before, method));
                add(found, method, wanted, target);
            }
            declared.forEach((member, name) -> found.add(new Place(
                    null,
                    Object.class,
                    name,
                    "",
                    one.getName() + " has no field or setter " + member + " for the injection-target of " + name)));
        }
        return List.copyOf(found);
    }

    private <M extends AnnotatedElement & Member> void add(
            List<Place> to, M member, Class<?> type, @Nullable String target) {
        if (target != null) {
            to.add(new Place(member, type, target, "", problemOf(member)));
            return;
        }
        if (!annotations) return;
        for (Annotation annotation : member.getDeclaredAnnotations()) {
            String name = annotation.annotationType().getName();
            if (NOT_HERE.contains(name)) {
                to.add(new Place(
                        member,
                        type,
                        name,
                        "",
                        member + " asks for an injection of @" + name
                                + ", and there is nothing here that could be injected"));
            }
        }
        Resource resource = member.getDeclaredAnnotation(Resource.class);
        if (resource == null) return;
        to.add(new Place(member, type, nameOf(resource, member), resource.lookup(), problemOf(member)));
    }

    private static @Nullable String problemOf(Member member) {
        if (Modifier.isStatic(member.getModifiers())) return member + " is static, nothing is injected there";
        if (member instanceof Field field && Modifier.isFinal(field.getModifiers()))
            return member + " is final, nothing is injected there";
        if (member instanceof Method method && propertyOf(method) == null)
            return member + " is no setter, nothing is injected there";
        var accessible = (java.lang.reflect.AccessibleObject) member;
        return accessible.trySetAccessible() ? null : member + " is not accessible";
    }

    private static String nameOf(Resource resource, Member member) {
        if (!resource.name().isEmpty()) return resource.name();
        String property = member instanceof Method method ? propertyOf(method) : member.getName();
        return member.getDeclaringClass().getName() + "/" + property;
    }

    /** The type of a field or of what a setter takes, of a class or of one above it; null if there is no such member. */
    public static @Nullable Class<?> typeOf(Class<?> type, String property) {
        for (Class<?> one : lineage(type).reversed()) {
            Method setter = setter(one, property);
            if (setter != null) return setter.getParameterTypes()[0];
            for (Field field : one.getDeclaredFields()) if (field.getName().equals(property)) return field.getType();
        }
        return null;
    }

    /** {@code limit} of {@code setLimit(int)}; null if it is no setter. */
    private static @Nullable String propertyOf(Method method) {
        String name = method.getName();
        if (!name.startsWith("set") || name.length() == 3 || method.getParameterCount() != 1) return null;
        return name.substring(3, 4).toLowerCase(Locale.ROOT) + name.substring(4);
    }

    private static @Nullable Method setter(Class<?> type, String property) {
        for (Method method : type.getDeclaredMethods()) if (property.equals(propertyOf(method))) return method;
        return null;
    }

    private static boolean isOverridden(Method before, Method by) {
        return before.getName().equals(by.getName())
                && List.of(before.getParameterTypes()).equals(List.of(by.getParameterTypes()))
                && !Modifier.isPrivate(before.getModifiers());
    }

    private static List<Class<?>> lineage(Class<?> type) {
        var lineage = new ArrayList<Class<?>>();
        for (Class<?> one = type; one != null && one != Object.class; one = one.getSuperclass()) lineage.add(one);
        return lineage.reversed();
    }
}
