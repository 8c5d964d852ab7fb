package org.dormouse.filter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dormouse.transport.TrustedSources;
import org.jspecify.annotations.Nullable;

/**
 * What one filter was told, as text by name. Where it cannot be read the message has the name as docs/configuration.md has it, whoever gave
 * it. Immutable.
 */
public final class FilterSettings {
    /** How the text of a value is read. */
    public enum Kind {
        TEXT,
        COUNT,
        BYTES,
        DURATION,
        SWITCH
    }

    private final String family;
    private final Map<String, String> values;

    FilterSettings(String family, Map<String, String> values) {
        this.family = family;
        this.values = Map.copyOf(values);
    }

    /** Null if nothing was said. */
    @Nullable
    String text(String name) {
        return values.get(name);
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    /** @throws IllegalArgumentException if nothing was said */
    String required(String name) {
        String value = values.get(name);
        if (value == null || value.isBlank()) throw new IllegalArgumentException(family + "." + name + " is not set");
        return value;
    }

    /** What stands between commas; empty if nothing was said. */
    List<String> list(String name, String otherwise) {
        var entries = new ArrayList<String>();
        String value = values.getOrDefault(name, otherwise);
        if (value.isBlank()) return List.of();
        for (String each : value.split(",", -1)) {
            if (each.isBlank()) throw wrong(name, "entries between commas");
            entries.add(each.strip());
        }
        return entries;
    }

    long count(String name, long otherwise, long least, long most) {
        Long number = values.containsKey(name) ? SettingText.wholeNumber(required(name), 1) : (Long) otherwise;
        return within(name, number, least, most);
    }

    long bytes(String name, long otherwise, long least, long most) {
        Long number = values.containsKey(name) ? SettingText.bytes(required(name)) : (Long) otherwise;
        return within(name, number, least, most);
    }

    private long within(String name, @Nullable Long number, long least, long most) {
        if (number == null || number < least || number > most)
            throw wrong(name, "a number of " + least + " to " + most);
        return number;
    }

    Duration duration(String name, Duration otherwise, Duration least, Duration most) {
        Duration time = values.containsKey(name) ? SettingText.time(required(name)) : otherwise;
        if (time == null || time.compareTo(least) < 0 || time.compareTo(most) > 0)
            throw wrong(name, "a time of " + least.toMillis() + "ms to " + most.toMillis() + "ms");
        return time;
    }

    boolean isOn(String name, boolean otherwise) {
        Boolean on = values.containsKey(name) ? SettingText.onOrOff(required(name)) : (Boolean) otherwise;
        if (on == null) throw wrong(name, "true or false");
        return on;
    }

    /** Null if nothing was said: nobody. */
    @Nullable
    TrustedSources sources(String name) {
        String value = values.get(name);
        if (value == null) return null;
        try {
            return TrustedSources.parse(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(family + "." + name + ": " + e.getMessage(), e);
        }
    }

    IllegalArgumentException wrong(String name, String expected) {
        return new IllegalArgumentException(
                family + "." + name + " is \"" + values.get(name) + "\", expected is " + expected);
    }
}
