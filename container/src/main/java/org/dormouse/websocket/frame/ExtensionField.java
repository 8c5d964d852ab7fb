package org.dormouse.websocket.frame;

import jakarta.websocket.Extension;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.http.FieldText;
import org.dormouse.http.Printable;
import org.dormouse.websocket.frame.NamedExtension.NamedParameter;

/**
 * Reads {@code Sec-WebSocket-Extensions} (RFC 6455 §9.1). Strict: names and values are tokens, those of quoted strings too; only elements of the
 * list may be empty, as in any list of HTTP (RFC 9110 §5.6.1.2), but not all of them.
 *
 * <pre>
 *   extension-list = 1#( extension-token *( ";" token [ "=" ( token / quoted-string ) ] ) )
 * </pre>
 */
public final class ExtensionField {
    public static final String NAME = "Sec-WebSocket-Extensions";

    /** Extensions in all fields of one message, empty elements included; more are refused: nobody needs them, and each is looked at. */
    static final int MAX_ELEMENTS = 32;

    private ExtensionField() {}

    /**
     * The extensions of all fields, in order.
     *
     * @param fields their values
     * @throws IllegalArgumentException with what is wrong
     */
    public static List<Extension> parse(List<String> fields) {
        List<Extension> found = new ArrayList<>();
        int elements = 0;
        for (String field : fields) {
            FieldText text = new FieldText(field);
            int before = found.size();
            do {
                if (++elements > MAX_ELEMENTS) {
                    throw new IllegalArgumentException(
                            NAME + " with more than " + MAX_ELEMENTS + " elements, limit " + MAX_ELEMENTS);
                }
                text.skipBlanks();
                if (text.isAtEnd() || text.isNext(',')) continue;
                found.add(extension(text, field));
            } while (text.take(','));
            if (!text.isAtEnd() || found.size() == before) throw bad(field, text);
        }
        return found;
    }

    private static NamedExtension extension(FieldText text, String field) {
        String name = token(text, field);
        List<Extension.Parameter> parameters = new ArrayList<>();
        text.skipBlanks();
        while (text.take(';')) {
            text.skipBlanks();
            parameters.add(parameter(text, field));
            text.skipBlanks();
        }
        return new NamedExtension(name, parameters);
    }

    private static NamedParameter parameter(FieldText text, String field) {
        String name = token(text, field);
        text.skipBlanks();
        if (!text.take('=')) return new NamedParameter(name, null);
        text.skipBlanks();
        if (!text.isNext('"')) return new NamedParameter(name, token(text, field));
        String quoted = text.quoted();
        if (quoted == null) throw bad(field, text);
        FieldText inside = new FieldText(quoted);
        String value = token(inside, field);
        if (!inside.isAtEnd()) throw bad(field, text);
        return new NamedParameter(name, value);
    }

    private static String token(FieldText text, String field) {
        String token = text.token();
        if (token.isEmpty()) throw bad(field, text);
        return token;
    }

    private static IllegalArgumentException bad(String field, FieldText text) {
        return new IllegalArgumentException(
                NAME + " \"" + Printable.text(field) + "\" is malformed at character " + text.position());
    }
}
