package org.dormouse.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Settings of one source of users; what nobody asked for at the end is a mistake. One thread. */
final class SourceSettings {
    private final Map<String, String> left;

    SourceSettings(Map<String, String> settings) {
        left = new TreeMap<>(settings);
    }

    String required(String name) {
        String value = optional(name);
        if (value == null) throw new IllegalArgumentException(name + " is missing");
        return value;
    }

    @Nullable
    String optional(String name) {
        String value = left.remove(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    String optional(String name, String otherwise) {
        String value = optional(name);
        return value == null ? otherwise : value;
    }

    /** What stands there, or in the first line of the file that {@code name-file} names. */
    @Nullable
    String secret(String name) throws IOException {
        String file = optional(name + "-file");
        String value = optional(name);
        if (file == null) return value;
        if (value != null) throw new IllegalArgumentException(name + " and " + name + "-file are both set");
        try (var lines = Files.lines(Path.of(file))) {
            return lines.findFirst().orElseThrow(() -> new IllegalArgumentException(name + "-file is empty"));
        }
    }

    boolean isOn(String name) {
        String value = optional(name, "false");
        if (!value.equals("true") && !value.equals("false"))
            throw new IllegalArgumentException(name + " is \"" + value + "\", expected is true or false");
        return value.equals("true");
    }

    Duration seconds(String name, int otherwise) {
        String value = optional(name);
        try {
            return Duration.ofSeconds(value == null ? otherwise : Integer.parseInt(value));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is \"" + value + "\", expected are seconds", e);
        }
    }

    void noMore() {
        if (!left.isEmpty())
            throw new IllegalArgumentException(
                    "there is no setting " + String.join(", ", left.keySet()) + " for this source of users");
    }
}
