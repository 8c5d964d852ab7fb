package org.dormouse.filter;

import java.util.LinkedHashMap;
import java.util.Map;

/** Reads one flat JSON object, as strictly as RFC 8259 and careful readers do: no raw control characters, no line ends, no half surrogates. */
final class StrictJson {
    private final String text;
    private int at;

    private StrictJson(String text) {
        this.text = text;
    }

    /** Values are String, Long or null; everything else fails. */
    static Map<String, Object> object(String text) {
        var reader = new StrictJson(text);
        Map<String, Object> object = reader.object();
        if (reader.at != text.length()) throw reader.wrong("something behind the object");
        return object;
    }

    private Map<String, Object> object() {
        var members = new LinkedHashMap<String, Object>();
        expect('{');
        while (true) {
            String name = string();
            expect(':');
            if (members.containsKey(name)) throw wrong("twice " + name);
            members.put(name, value());
            if (text.charAt(at) == '}') break;
            expect(',');
        }
        at++;
        return members;
    }

    private Object value() {
        if (text.charAt(at) == '"') return string();
        if (text.startsWith("null", at)) {
            at += 4;
            return null;
        }
        int start = at;
        while (Character.isDigit(text.charAt(at))) at++;
        if (start == at || (text.charAt(start) == '0' && at > start + 1)) throw wrong("no value");
        return Long.valueOf(text.substring(start, at));
    }

    private String string() {
        expect('"');
        var value = new StringBuilder();
        while (true) {
            char c = text.charAt(at++);
            if (c == '"') break;
            if (c < ' ' || c > '~') throw wrong("raw character " + (int) c);
            value.append(c == '\\' ? escaped() : c);
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!Character.isSurrogate(c)) continue;
            boolean isPair = Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1));
            if (!isPair) throw wrong("half a surrogate pair");
            i++;
        }
        return value.toString();
    }

    private char escaped() {
        char c = text.charAt(at++);
        if (c == '"' || c == '\\') return c;
        if (c != 'u') throw wrong("escape " + c);
        at += 4;
        return (char) Integer.parseInt(text, at - 4, at, 16);
    }

    private void expect(char c) {
        if (text.charAt(at) != c) throw wrong("no " + c);
        at++;
    }

    private AssertionError wrong(String what) {
        return new AssertionError(what + " at " + at + " of " + text);
    }
}
