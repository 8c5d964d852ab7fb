package org.dormouse.standalone.demo;

/** Writes one flat JSON object. */
final class Json {
    private final StringBuilder text = new StringBuilder("{");

    Json field(String name, String value) {
        name(name).append('"');
        for (int i = 0; i < value.length(); i++) appendEscaped(value.charAt(i));
        text.append('"');
        return this;
    }

    Json field(String name, long value) {
        name(name).append(value);
        return this;
    }

    Json field(String name, boolean value) {
        name(name).append(value);
        return this;
    }

    Json field(String name, Iterable<String> values) {
        name(name).append('[');
        String between = "\"";
        for (String value : values) {
            text.append(between);
            for (int i = 0; i < value.length(); i++) appendEscaped(value.charAt(i));
            between = "\",\"";
        }
        text.append(between.length() == 1 ? "]" : "\"]");
        return this;
    }

    private StringBuilder name(String name) {
        if (text.length() > 1) text.append(',');
        return text.append('"').append(name).append("\":");
    }

    private void appendEscaped(char c) {
        if (c == '"' || c == '\\') text.append('\\').append(c);
        else if (c < ' ') text.append(String.format("\\u%04x", (int) c));
        else text.append(c);
    }

    @Override
    public String toString() {
        return text + "}";
    }
}
