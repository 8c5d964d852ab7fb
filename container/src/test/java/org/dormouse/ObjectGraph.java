package org.dormouse;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.openjdk.jol.vm.VM;

/**
 * What objects lead to, and how many bytes it takes in this JVM: exact, where a heap measured before and after is an estimate. The size of
 * each object comes from JOL. What belongs to classes is not entered: classes, their loaders, method handles, reflection; nor are threads.
 */
public final class ObjectGraph {
    private final Map<String, long[]> countAndBytes = new TreeMap<>();
    private final Map<Class<?>, List<Field>> fields = new IdentityHashMap<>();

    private ObjectGraph() {}

    /** Everything that {@code roots} lead to, but for what {@code isExcluded} says of, and what only leads through that. */
    public static ObjectGraph of(Predicate<Object> isExcluded, Object... roots) {
        var graph = new ObjectGraph();
        graph.walk(isExcluded, roots);
        return graph;
    }

    private void walk(Predicate<Object> isExcluded, Object... roots) {
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        var open = new ArrayDeque<Object>(List.of(roots));
        seen.addAll(open);
        while (!open.isEmpty()) {
            Object object = open.pop();
            long[] sum = countAndBytes.computeIfAbsent(object.getClass().getTypeName(), any -> new long[2]);
            sum[0]++;
            sum[1] += VM.current().sizeOf(object);
            for (Object next : referencesOf(object)) {
                if (isCommon(next) || isExcluded.test(next) || !seen.add(next)) continue;
                open.push(next);
            }
        }
    }

    private static boolean isCommon(Object object) {
        if (object instanceof Class<?> || object instanceof ClassLoader || object instanceof Thread) return true;
        String packageName = object.getClass().getPackageName();
        return packageName.equals("java.lang.invoke") || packageName.equals("java.lang.reflect");
    }

    private List<Object> referencesOf(Object object) {
        var references = new ArrayList<Object>();
        if (object instanceof Object[] array) {
            for (Object each : array) if (each != null) references.add(each);
            return references;
        }
        for (Field field : fields.computeIfAbsent(object.getClass(), ObjectGraph::referenceFieldsOf)) {
            try {
                Object next = field.get(object);
                if (next != null) references.add(next);
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            }
        }
        return references;
    }

    private static List<Field> referenceFieldsOf(Class<?> type) {
        var found = new ArrayList<Field>();
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                if (field.getType().isPrimitive() || Modifier.isStatic(field.getModifiers())) continue;
                field.setAccessible(true);
                found.add(field);
            }
        }
        return found;
    }

    /** Bytes of all objects. */
    public long bytes() {
        return countAndBytes.values().stream().mapToLong(sum -> sum[1]).sum();
    }

    /** What this graph has more than {@code smaller}, divided by {@code count}: a line for each class of which it is a byte or more. */
    public String growthSince(ObjectGraph smaller, int count) {
        var lines = new StringBuilder();
        countAndBytes.forEach((name, sum) -> {
            long[] before = smaller.countAndBytes.getOrDefault(name, new long[2]);
            double bytes = (double) (sum[1] - before[1]) / count;
            if (bytes >= 1) {
                double objects = (double) (sum[0] - before[0]) / count;
                lines.append(String.format(java.util.Locale.ROOT, "%8.1f B in %.2f  %s%n", bytes, objects, name));
            }
        });
        return lines.toString();
    }
}
