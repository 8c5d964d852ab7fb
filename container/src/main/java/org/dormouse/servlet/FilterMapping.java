package org.dormouse.servlet;

import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import java.util.Set;

/**
 * Where a filter runs.
 *
 * @param filter the filter's name
 * @param target a URL pattern or, if {@code byServletName}, the name of a servlet; {@code "*"} is every servlet
 * @param dispatchers the kinds of dispatch it sees; not empty
 */
public record FilterMapping(String filter, String target, boolean byServletName, Set<DispatcherType> dispatchers) {
    public FilterMapping {
        if (dispatchers.isEmpty()) throw new IllegalArgumentException("filter " + filter + " mapped to no dispatcher");
        dispatchers = Set.copyOf(dispatchers);
    }

    public static FilterMapping ofPattern(String filter, String pattern) {
        return new FilterMapping(filter, pattern, false, EnumSet.of(DispatcherType.REQUEST));
    }

    public static FilterMapping ofPattern(String filter, String pattern, Set<DispatcherType> dispatchers) {
        return new FilterMapping(filter, pattern, false, dispatchers);
    }

    public static FilterMapping ofServlet(String filter, String servlet, Set<DispatcherType> dispatchers) {
        return new FilterMapping(filter, servlet, true, dispatchers);
    }
}
