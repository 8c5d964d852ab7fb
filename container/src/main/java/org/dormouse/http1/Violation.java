package org.dormouse.http1;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What clients do against the letter of a specification and may be let through: by its name in {@code http.allow}, and counted each time. What
 * is allowed by default has no side from which a request could be read in two ways.
 */
public enum Violation {
    /** One empty line in front of a request line, as some clients send it behind a body. */
    EMPTY_LINE("RFC 9112 §2.2", true),
    /** A line of a head that ends with LF alone. Somebody before us who ends lines with CRLF only sees other fields than we do. */
    BARE_LF("RFC 9112 §2.2", false),
    /** The characters {@code " < > [ \ ] ^ ` { | }} in a query as they are, instead of percent-encoded. */
    RAW_QUERY("RFC 3986 §3.4", false),
    /** A Host field that names another host or port than the absolute target, which wins. */
    HOST_MISMATCH("RFC 9112 §3.2.2", false);

    private final String section;
    private final boolean allowedByDefault;

    Violation(String section, boolean allowedByDefault) {
        this.section = section;
        this.allowedByDefault = allowedByDefault;
    }

    /** Its name in {@code http.allow}, as in {@code bare-lf}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The section that it violates. */
    public String section() {
        return section;
    }

    public boolean isAllowedByDefault() {
        return allowedByDefault;
    }

    static Set<Violation> allowedByDefault() {
        var allowed = EnumSet.noneOf(Violation.class);
        for (Violation each : values()) if (each.allowedByDefault) allowed.add(each);
        return allowed;
    }

    /**
     * The violations that {@code words} names, with commas between them; empty for none.
     *
     * @throws IllegalArgumentException if one of them is no violation's
     */
    public static Set<Violation> parse(String words) {
        var found = EnumSet.noneOf(Violation.class);
        if (words.isBlank()) return found;
        for (String word : words.split(",", -1)) found.add(of(word.strip()));
        return found;
    }

    private static Violation of(String word) {
        for (Violation each : values()) if (each.word().equals(word)) return each;
        throw new IllegalArgumentException("\"" + word + "\" is none of " + String.join(", ", words()));
    }

    private static List<String> words() {
        return Arrays.stream(values()).map(Violation::word).toList();
    }
}
