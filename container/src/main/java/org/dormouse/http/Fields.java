package org.dormouse.http;

import org.jspecify.annotations.Nullable;

/**
 * The fields of a head or of trailers, in the order received (RFC 9110 §5). Names compare without case. Positions run from 0 to
 * {@code size() - 1}.
 */
public interface Fields {
    int size();

    String name(int position);

    String value(int position);

    /** The value of the first field called {@code name}, or null where there is none. */
    default @Nullable String first(String name) {
        int position = find(name, 0);
        return position < 0 ? null : value(position);
    }

    /** The position of the first field called {@code name} at or after {@code from}, or -1. */
    int find(String name, int from);

    default boolean has(String name) {
        return find(name, 0) >= 0;
    }
}
