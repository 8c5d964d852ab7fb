package org.dormouse.deploy;

import java.util.List;
import org.dormouse.naming.DataSourceSettings;
import org.jspecify.annotations.Nullable;

/**
 * One element that announces a name below {@code java:}, as it is written.
 *
 * @param element its name: {@code env-entry}, {@code resource-ref}...
 * @param name {@code java:comp/env} is meant where it has no scheme
 * @param at where it stands, for messages
 */
record NameElement(
        String element,
        String name,
        @Nullable String type,
        @Nullable String value,
        @Nullable String lookup,
        @Nullable String mappedName,
        @Nullable DataSourceSettings dataSource,
        List<Target> targets,
        String at) {

    /** {@code <injection-target>}. */
    record Target(String className, String member) {}

    /** What must be the same in two fragments that announce the name (Servlet 6.1 §8.2.3). */
    String content() {
        return element + " of type " + type + ", value " + value + ", lookup-name " + lookup + ", mapped-name "
                + mappedName + (dataSource == null ? "" : ", " + dataSource.className() + " " + dataSource.url());
    }
}
