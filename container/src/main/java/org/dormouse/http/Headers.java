package org.dormouse.http;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Fields that can be changed: those of a response, and those of a request that came as strings. One owner at a time; not safe for
 * use by two threads at once.
 */
public final class Headers implements Fields {
    private String[] pairs = new String[8];
    private int size;

    @Override
    public int size() {
        return size;
    }

    @Override
    public String name(int position) {
        return pairs[2 * position];
    }

    @Override
    public String value(int position) {
        return pairs[2 * position + 1];
    }

    @Override
    public int find(String name, int from) {
        for (int i = from; i < size; i++) {
            if (name.equalsIgnoreCase(pairs[2 * i])) return i;
        }
        return -1;
    }

    /**
     * Appends a field, keeping others of that name.
     *
     * @throws IllegalArgumentException if the name is not a token, or the value has a byte that RFC 9110 §5.5 forbids: this is where
     *     response splitting ends
     */
    public void add(String name, String value) {
        FieldSyntax.checkName(name);
        FieldSyntax.checkValue(name, value);
        if (2 * size == pairs.length) pairs = Arrays.copyOf(pairs, pairs.length * 2);
        pairs[2 * size] = name;
        pairs[2 * size + 1] = value;
        size++;
    }

    /** Replaces every field called {@code name} by one, which keeps the place of the first. */
    public void set(String name, String value) {
        int first = find(name, 0);
        if (first < 0) {
            add(name, value);
            return;
        }
        FieldSyntax.checkValue(name, value);
        pairs[2 * first + 1] = value;
        removeFrom(name, first + 1);
    }

    /** Removes every field called {@code name}; absent is no error. */
    public void remove(String name) {
        removeFrom(name, 0);
    }

    public void clear() {
        Arrays.fill(pairs, 0, 2 * size, null);
        size = 0;
    }

    private void removeFrom(String name, int from) {
        for (int i = find(name, from); i >= 0; i = find(name, i)) {
            System.arraycopy(pairs, 2 * i + 2, pairs, 2 * i, 2 * (size - i - 1));
            size--;
            clearPair(size);
        }
    }

    @SuppressWarnings("NullAway") // slots beyond size are never read
    private void clearPair(int position) {
        @Nullable String nothing = null;
        pairs[2 * position] = nothing;
        pairs[2 * position + 1] = nothing;
    }
}
