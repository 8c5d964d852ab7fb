package org.dormouse.servlet;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The rule of {@code setInitParameter}: what is set stays. */
final class InitParameters {
    private InitParameters() {}

    /** Sets {@code name} unless it is set; tells whether it did. */
    static boolean set(Map<String, String> parameters, String name, String value) {
        if (name == null || value == null) throw new IllegalArgumentException("init parameter " + name + " = " + value);
        return parameters.putIfAbsent(name, value) == null;
    }

    /** All or, if some are set already, none; the names of those. */
    static Set<String> setAll(Map<String, String> parameters, Map<String, String> added) {
        var conflicts = new LinkedHashSet<String>();
        added.forEach((name, value) -> {
            if (name == null || value == null) {
                throw new IllegalArgumentException("init parameter " + name + " = " + value);
            }
            if (parameters.containsKey(name)) conflicts.add(name);
        });
        if (conflicts.isEmpty()) parameters.putAll(added);
        return conflicts;
    }
}
