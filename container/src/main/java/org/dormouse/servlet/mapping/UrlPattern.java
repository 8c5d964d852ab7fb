package org.dormouse.servlet.mapping;

import jakarta.servlet.http.MappingMatch;
import java.util.regex.Pattern;
import org.dormouse.http.BadRequest;
import org.jspecify.annotations.Nullable;

/**
 * One URL pattern of a servlet, a filter or a constraint, in decoded form (Servlet 6.1 §12.2).
 *
 * @param text as declared
 * @param kind which rule of §12.1 it takes part in
 */
public record UrlPattern(String text, MappingMatch kind) {
    private static final Pattern ESCAPE = Pattern.compile("%[0-9A-Fa-f]{2}");

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if no request could ever match it: neither empty, nor beginning with {@code /} or {@code *.}
     */
    public static UrlPattern of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                throw new IllegalArgumentException(
                        "control character " + (int) text.charAt(i) + " in URL pattern at " + i);
            }
        }
        return new UrlPattern(text, kindOf(text));
    }

    private static MappingMatch kindOf(String text) {
        if (text.isEmpty()) return MappingMatch.CONTEXT_ROOT;
        if (text.equals("/")) return MappingMatch.DEFAULT;
        if (text.startsWith("*.")) {
            if (text.length() == 2 || text.indexOf('/') >= 0 || text.indexOf('*', 1) >= 0) {
                throw new IllegalArgumentException("URL pattern \"" + text + "\": an extension is expected after *.");
            }
            return MappingMatch.EXTENSION;
        }
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("URL pattern \"" + text + "\" must be empty or begin with / or *.");
        }
        return text.endsWith("/*") ? MappingMatch.PATH : MappingMatch.EXACT;
    }

    /** What its author probably did not mean, for the log; null where there is nothing to say. */
    public @Nullable String warning() {
        if (kind == MappingMatch.EXTENSION && text.indexOf('.', 2) >= 0) {
            return "URL pattern \"" + text + "\" matches nothing: an extension is what follows the last dot";
        }
        int star = text.indexOf('*');
        boolean stray = switch (kind) {
            case EXACT -> star >= 0;
            case PATH -> star < text.length() - 1;
            case CONTEXT_ROOT, EXTENSION, DEFAULT -> false;
        };
        if (stray) {
            return "URL pattern \"" + text
                    + "\": only /* at the end and *. at the start are special, this * is an ordinary character";
        }
        if (ESCAPE.matcher(text).find()) {
            return "URL pattern \"" + text + "\" is compared with decoded paths: its % is an ordinary character";
        }
        return isPossible()
                ? null
                : "URL pattern \"" + text + "\" matches nothing: dots, empty segments and the like are resolved before";
    }

    /** Whether a canonical path can begin like this. */
    private boolean isPossible() {
        String fixed = switch (kind) {
            case EXACT -> text;
            case PATH -> prefix();
            case CONTEXT_ROOT, EXTENSION, DEFAULT -> "";
        };
        try {
            return fixed.isEmpty()
                    || CanonicalPath.of(CanonicalPath.encode(fixed)).equals(fixed);
        } catch (BadRequest e) {
            return false;
        }
    }

    /** {@code /a} of {@code /a/*}, empty for {@code /*}. Only for {@link MappingMatch#PATH}. */
    String prefix() {
        return text.substring(0, text.length() - 2);
    }

    /** {@code jsp} of {@code *.jsp}. Only for {@link MappingMatch#EXTENSION}. */
    String extension() {
        return text.substring(2);
    }

    /**
     * Whether {@code path} fits this pattern taken alone, as filters and constraints ask.
     *
     * @param path canonical, below the context path: empty or beginning with {@code /}
     */
    public boolean matches(String path) {
        return switch (kind) {
            case CONTEXT_ROOT -> isRoot(path);
            case EXACT -> path.equals(text);
            case PATH -> isBelow(path, text, text.length() - 2);
            case EXTENSION -> hasExtension(path);
            case DEFAULT -> true;
        };
    }

    private boolean hasExtension(String path) {
        int dot = startOfExtension(path);
        return dot >= 0 && path.length() - dot == text.length() - 2 && path.startsWith(extension(), dot);
    }

    static boolean isRoot(String path) {
        return path.isEmpty() || path.equals("/");
    }

    /** Whether the first {@code length} characters of {@code prefix} are a whole number of leading segments of {@code path}. */
    static boolean isBelow(String path, String prefix, int length) {
        return path.regionMatches(0, prefix, 0, length) && (path.length() == length || path.charAt(length) == '/');
    }

    /** Where the extension of the last segment begins, after its last dot; -1 where it has none. */
    static int startOfExtension(String path) {
        int dot = path.lastIndexOf('.');
        return dot < 0 || path.indexOf('/', dot) >= 0 ? -1 : dot + 1;
    }
}
