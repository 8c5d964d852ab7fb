package org.dormouse.servlet.security;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.dormouse.http.FieldText;
import org.jspecify.annotations.Nullable;

/** Parameters of credentials (RFC 9110 §11.4): {@code name=token} or {@code name="quoted"}, with commas between them. Pure. */
final class AuthParameters {
    private static final int MAX_PARAMETERS = 32;

    private AuthParameters() {}

    /** By name in lower case; null if {@code text} is malformed, or names one twice. */
    static @Nullable Map<String, String> parse(String text) {
        var in = new FieldText(text);
        var found = new LinkedHashMap<String, String>();
        while (true) {
            in.skipBlanks();
            String name = in.token();
            in.skipBlanks();
            if (name.isEmpty() || !in.take('=')) return null;
            in.skipBlanks();
            String value = in.isNext('"') ? in.quoted() : in.token();
            if (value == null || found.putIfAbsent(name.toLowerCase(Locale.ROOT), value) != null) return null;
            if (found.size() > MAX_PARAMETERS) return null;
            in.skipBlanks();
            if (in.isAtEnd()) return found;
            if (!in.take(',')) return null;
        }
    }
}
