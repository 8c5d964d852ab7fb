package org.dormouse.servlet.session;

import java.io.ObjectInputFilter;
import java.util.Set;

/**
 * What may come out of a stored session: value types and collections of the JDK, and the application's own classes. Whatever else is on
 * the class path of the server, its libraries first of all, stays out of reach of who can write to the store.
 */
final class AttributeFilter implements ObjectInputFilter {
    private static final int MAX_DEPTH = 100;
    private static final int MAX_REFERENCES = 1_000_000;

    /** All that is in these is a value, and what values are serialized as. */
    private static final Set<String> VALUE_PACKAGES =
            Set.of("java.time", "java.time.chrono", "java.time.zone", "java.math");

    private static final Set<String> VALUES = Set.of(
            "java.lang.Boolean",
            "java.lang.Byte",
            "java.lang.Character",
            "java.lang.Double",
            "java.lang.Enum",
            "java.lang.Float",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Number",
            "java.lang.Object", // as what arrays and collections consist of; it is not serializable itself
            "java.lang.Record",
            "java.lang.Short",
            "java.lang.String",
            "java.lang.String$CaseInsensitiveComparator",
            "java.net.URI",
            "java.sql.Date",
            "java.sql.Time",
            "java.sql.Timestamp",
            "java.util.BitSet",
            "java.util.Currency",
            "java.util.Date",
            "java.util.Locale",
            "java.util.UUID",
            "java.util.concurrent.TimeUnit",
            "java.util.concurrent.atomic.AtomicBoolean",
            "java.util.concurrent.atomic.AtomicInteger",
            "java.util.concurrent.atomic.AtomicLong",
            "java.util.concurrent.atomic.AtomicReference");

    /** With the private classes that they are serialized with. No queue that sorts: its comparator runs while it is read. */
    private static final Set<String> COLLECTIONS = Set.of(
            "java.util.AbstractMap$SimpleEntry",
            "java.util.AbstractMap$SimpleImmutableEntry",
            "java.util.ArrayDeque",
            "java.util.ArrayList",
            "java.util.Arrays$ArrayList",
            "java.util.CollSer",
            "java.util.EnumMap",
            "java.util.EnumSet$SerializationProxy",
            "java.util.EnumSet",
            "java.util.HashMap",
            "java.util.HashSet",
            "java.util.Hashtable",
            "java.util.JumboEnumSet",
            "java.util.LinkedHashMap",
            "java.util.LinkedHashSet",
            "java.util.LinkedList",
            "java.util.Map$Entry", // the array of a map
            "java.util.Properties",
            "java.util.RegularEnumSet",
            "java.util.TreeMap",
            "java.util.TreeSet",
            "java.util.Vector",
            "java.util.concurrent.ConcurrentHashMap",
            "java.util.concurrent.ConcurrentHashMap$Segment",
            "java.util.concurrent.ConcurrentLinkedDeque",
            "java.util.concurrent.ConcurrentLinkedQueue",
            "java.util.concurrent.CopyOnWriteArrayList",
            "java.util.concurrent.CopyOnWriteArraySet",
            "java.util.concurrent.locks.AbstractOwnableSynchronizer",
            "java.util.concurrent.locks.AbstractQueuedSynchronizer",
            "java.util.concurrent.locks.ReentrantLock",
            "java.util.concurrent.locks.ReentrantLock$NonfairSync",
            "java.util.concurrent.locks.ReentrantLock$Sync");

    /** Unmodifiable, empty, of one element, synchronized; and the order of the reverse. */
    private static final String WRAPPERS = "java.util.Collections$";

    /** What {@code List.of} and the like return. */
    private static final String IMMUTABLE = "java.util.ImmutableCollections$";

    private final ClassLoader application;
    private final long maxBytes;

    /**
     * A filter for streams of one application.
     *
     * @param maxBytes of a stream, and elements of an array
     */
    AttributeFilter(ClassLoader application, long maxBytes) {
        this.application = application;
        this.maxBytes = maxBytes;
    }

    @Override
    public Status checkInput(FilterInfo info) {
        if (info.depth() > MAX_DEPTH
                || info.references() > MAX_REFERENCES
                || info.streamBytes() > maxBytes
                || info.arrayLength() > maxBytes) return Status.REJECTED;
        Class<?> type = info.serialClass();
        if (type == null) return Status.UNDECIDED; // a limit was asked about, not a class
        while (type.isArray()) type = type.componentType();
        return type.isPrimitive() || isOfJdk(type) || isOfApplication(type) ? Status.ALLOWED : Status.REJECTED;
    }

    @SuppressWarnings("ReferenceEquality") // this very loader
    private static boolean isOfJdk(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        if (loader != null && loader != ClassLoader.getPlatformClassLoader()) return false;
        String name = type.getName();
        return VALUES.contains(name)
                || COLLECTIONS.contains(name)
                || name.startsWith(WRAPPERS)
                || name.startsWith(IMMUTABLE)
                || VALUE_PACKAGES.contains(type.getPackageName());
    }

    /** An embedded application may share its loader with the server, whose own classes are not the application's even so. */
    @SuppressWarnings("ReferenceEquality") // these very loaders
    private boolean isOfApplication(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        if (loader == AttributeFilter.class.getClassLoader() && type.getName().startsWith("org.dormouse."))
            return false;
        for (; loader != null; loader = loader.getParent()) if (loader == application) return true;
        return false;
    }
}
