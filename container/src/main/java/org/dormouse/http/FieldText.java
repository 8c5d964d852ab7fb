package org.dormouse.http;

import org.jspecify.annotations.Nullable;

/** Reads a field value from its beginning: blanks, tokens and quoted strings (RFC 9110 §5.6). One thread. */
public final class FieldText {
    private final String text;
    private int at;

    public FieldText(String text) {
        this.text = text;
    }

    /** The index of the next character. */
    public int position() {
        return at;
    }

    public boolean isAtEnd() {
        return at == text.length();
    }

    /** Whether {@code c} is next. */
    public boolean isNext(char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    /** Passes {@code c} if it is next, and says whether it was. */
    public boolean take(char c) {
        if (!isNext(c)) return false;
        at++;
        return true;
    }

    public void skipBlanks() {
        while (isNext(' ') || isNext('\t')) at++;
    }

    /** The characters of a token that come next; empty if there are none. */
    public String token() {
        int start = at;
        while (at < text.length() && FieldSyntax.isTokenChar(text.charAt(at))) at++;
        return text.substring(start, at);
    }

    /** A quoted string, which is next, without its quotation marks and with its quoted pairs resolved; null if it does not end. */
    public @Nullable String quoted() {
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
