package org.dormouse.http;

/** Text that somebody else chose, for a log or a terminal. */
public final class Printable {
    private Printable() {}

    /** {@code text} with everything but printable ASCII escaped as {@code \}{@code uXXXX}, so that it neither ends the line nor speaks to the terminal. */
    public static String text(String text) {
        var shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7F && c != '\\') shown.append(c);
            else shown.append("\\u").append("%04x".formatted((int) c));
        }
        return shown.toString();
    }
}
