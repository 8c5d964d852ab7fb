package org.dormouse.servlet.security;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.dormouse.http.FieldSyntax;
import org.jspecify.annotations.Nullable;

/** Parameters of credentials (RFC 9110 §11.4): {@code name=token} or {@code name="quoted"}, with commas between them. Pure. */
final class AuthParameters {
    private static final int MAX_PARAMETERS = 32;

    private final String text;
    private int at;

    private AuthParameters(String text) {
        this.text = text;
    }

    /** By name in lower case; null if {@code text} is malformed, or names one twice. */
    static @Nullable Map<String, String> parse(String text) {
        return new AuthParameters(text).parse();
    }

    private @Nullable Map<String, String> parse() {
        var found = new LinkedHashMap<String, String>();
        while (true) {
            skipBlanks();
            String name = token();
            skipBlanks();
            if (name.isEmpty() || !take('=')) return null;
            skipBlanks();
            String value = at < text.length() && text.charAt(at) == '"' ? quoted() : token();
            if (value == null || found.putIfAbsent(name.toLowerCase(Locale.ROOT), value) != null) return null;
            if (found.size() > MAX_PARAMETERS) return null;
            skipBlanks();
            if (at == text.length()) return found;
            if (!take(',')) return null;
        }
    }

    private void skipBlanks() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) at++;
    }

    private boolean take(char c) {
        if (at == text.length() || text.charAt(at) != c) return false;
        at++;
        return true;
    }

    private String token() {
        int start = at;
        while (at < text.length() && FieldSyntax.isTokenChar(text.charAt(at))) at++;
        return text.substring(start, at);
    }

    /** Null if it does not end. */
    private @Nullable String quoted() {
        var value = new StringBuilder();
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') return value.toString();
            if (c == '\\') {
                if (at == text.length()) return null;
                c = text.charAt(at++);
            }
            value.append(c);
        }
        return null;
    }
}
