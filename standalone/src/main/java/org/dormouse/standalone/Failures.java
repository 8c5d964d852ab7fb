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
            if (!isSaid(line, cause)) append(line, describe(cause));
            cause = cause.getCause();
        }
        return line.toString().replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }

    private static void append(StringBuilder line, String text) {
        int colon = text.indexOf(": "); // subject and reason may have been said apart
        if (line.indexOf(text) >= 0) return;
        if (colon > 0 && line.indexOf(text.substring(0, colon)) >= 0 && line.indexOf(text.substring(colon + 2)) >= 0)
            return;
        if (!line.isEmpty()) line.append(": ");
        line.append(text);
    }

    /** Whoever asks for a class says which and that it is not there. */
    private static boolean isSaid(StringBuilder line, Throwable failure) {
        @Nullable String missing = missingClass(failure);
        return missing != null && line.indexOf(missing) >= 0;
    }

    private static @Nullable String missingClass(Throwable failure) {
        @Nullable String message = failure.getMessage();
        boolean isMissingClass = failure instanceof ClassNotFoundException || failure instanceof NoClassDefFoundError;
        return isMissingClass && message != null ? message.replace('/', '.') : null;
    }

    private static String describe(Throwable failure) {
        @Nullable String message = failure.getMessage();
        if (message == null || message.isBlank()) return failure.getClass().getSimpleName();
        if (failure instanceof NoSuchFileException) return message + " is not there";
        @Nullable String missing = missingClass(failure);
        return missing == null ? message : "class " + missing + " is not there";
    }
}
