package org.dormouse.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A password as it was configured: itself, or the file that has it in its first line.
 *
 * @param key of the configuration that sets it
 */
public record Password(
        String key, @Nullable String text, @Nullable Path file) {
    public Password {
        if ((text == null) == (file == null)) throw new IllegalArgumentException(key + " needs either text or a file");
    }

    /** Read anew each time: a file may have changed. */
    char[] read() throws BadKeyMaterial {
        if (text != null) return text.toCharArray();
        Path from = java.util.Objects.requireNonNull(file);
        try {
            return SecretFiles.readPassword(from);
        } catch (BadKeyMaterial e) {
            throw e.about(key + " " + from);
        }
    }

    /** Never the password. */
    @Override
    public String toString() {
        return key;
    }
}
