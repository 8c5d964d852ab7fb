package org.dormouse.filter;

import java.util.ArrayList;
import java.util.List;
import org.dormouse.http.FieldSyntax;
import org.jspecify.annotations.Nullable;

/** Names of fields and methods, which are tokens (RFC 9110 §5.6.2). Pure functions. */
final class FieldNames {
    private FieldNames() {}

    static boolean isToken(String text) {
        if (text.isEmpty()) return false;
        for (int i = 0; i < text.length(); i++) if (!FieldSyntax.isTokenChar(text.charAt(i))) return false;
        return true;
    }

    /** Tokens with commas between them; null if it is anything else. Linear. */
    static @Nullable List<String> tokens(String text) {
        var tokens = new ArrayList<String>();
        int start = 0;
        while (start <= text.length()) {
            int comma = text.indexOf(',', start);
            int end = comma < 0 ? text.length() : comma;
            String token = text.substring(start, end).strip();
            if (!isToken(token)) return null;
            tokens.add(token);
            start = end + 1;
        }
        return tokens;
    }
}
