package org.dormouse.http;

/** What a field name and a field value may consist of (RFC 9110 §5.1, §5.5 and §5.6.2). */
public final class FieldSyntax {
    private static final boolean[] TOKEN = new boolean[128];

    static {
        for (char c = '0'; c <= '9'; c++) TOKEN[c] = true;
        for (char c = 'a'; c <= 'z'; c++) TOKEN[c] = true;
        for (char c = 'A'; c <= 'Z'; c++) TOKEN[c] = true;
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) TOKEN[c] = true;
    }

    private FieldSyntax() {}

    /** Whether {@code c} is a tchar of RFC 9110 §5.6.2. */
    public static boolean isTokenChar(int c) {
        return c >= 0 && c < 128 && TOKEN[c];
    }

    /** Whether {@code c} may stand in a field value: HTAB, SP, VCHAR and obs-text, that is no control byte and nothing above 0xFF. */
    public static boolean isValueChar(int c) {
        return c == '\t' || (c >= ' ' && c <= 0xFF && c != 0x7F);
    }

    static void checkName(String name) {
        if (name.isEmpty()) throw new IllegalArgumentException("field name is empty");
        for (int i = 0; i < name.length(); i++) {
            if (!isTokenChar(name.charAt(i)))
                throw new IllegalArgumentException("character " + (int) name.charAt(i) + " in field name at " + i);
        }
    }

    static void checkValue(String name, String value) {
        for (int i = 0; i < value.length(); i++) {
            if (!isValueChar(value.charAt(i))) {
                throw new IllegalArgumentException(
                        "character " + (int) value.charAt(i) + " in the value of field " + name + " at " + i);
            }
        }
    }
}
