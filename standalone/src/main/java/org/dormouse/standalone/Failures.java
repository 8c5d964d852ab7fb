package org.dormouse.standalone;

import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** Says in one line why something could not be done. */
final class Failures {
    private static final int MAX_CAUSES = 5;

    private Failures() {}

    /** The message of {@code failure}, and of its causes as far as they say more. */
    static String inOneLine(Throwable failure) {
        StringBuilder line = new StringBuilder();
        Throwable cause = failure;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            append(line, describe(cause));
            cause = cause.getCause();
        }
        return line.toString().replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }

    private static void append(StringBuilder line, String text) {
        if (line.indexOf(text) >= 0) return;
        if (!line.isEmpty()) line.append(": ");
        line.append(text);
    }

    private static String describe(Throwable failure) {
        @Nullable String message = failure.getMessage();
        if (message == null || message.isBlank()) return failure.getClass().getSimpleName();
        if (failure instanceof NoSuchFileException) return message + " is not there";
        if (failure instanceof ClassNotFoundException || failure instanceof NoClassDefFoundError) {
            return "class " + message.replace('/', '.') + " is not there";
        }
        return message;
    }
}
