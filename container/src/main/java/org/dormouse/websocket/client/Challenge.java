package org.dormouse.websocket.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.dormouse.http.FieldText;

/**
 * One way in which a server wants to be told who is there (RFC 9110 §11.6.1).
 *
 * @param scheme in lower case
 * @param parameters by their names, without regard to case
 */
record Challenge(String scheme, Map<String, String> parameters) {
    /** All of these field values. What cannot be read ends its field: what came before may still be of use. */
    static List<Challenge> parse(List<String> values) {
        List<Challenge> found = new ArrayList<>();
        for (String value : values) parse(new FieldText(value), found);
        return found;
    }

    /** A token with an equals sign behind it is a parameter of the present challenge, and one without begins the next. */
    private static void parse(FieldText text, List<Challenge> found) {
        Challenge present = null;
        while (!text.isAtEnd()) {
            text.skipBlanks();
            if (text.take(',')) continue;
            String token = text.token();
            if (token.isEmpty()) return;
            text.skipBlanks();
            if (!text.take('=')) {
                present = new Challenge(token.toLowerCase(Locale.ROOT), new TreeMap<>(String.CASE_INSENSITIVE_ORDER));
                found.add(present);
                continue;
            }
            text.skipBlanks();
            String value = text.isNext('"') ? text.quoted() : text.token();
            if (present == null || value == null) return;
            present.parameters.putIfAbsent(token, value);
            text.skipBlanks();
            if (!text.isAtEnd() && !text.isNext(',')) return;
        }
    }
}
