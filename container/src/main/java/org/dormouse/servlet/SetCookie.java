package org.dormouse.servlet;

import jakarta.servlet.http.Cookie;
import java.util.Locale;
import java.util.Map;
import org.dormouse.http.FieldSyntax;
import org.dormouse.http.HttpDates;

/** The value of a Set-Cookie field (RFC 6265 §4.1.1). Pure functions; whatever could split or extend the field is refused. */
final class SetCookie {
    private SetCookie() {}

    /** @param nowMillis milliseconds since 1970 */
    static String of(Cookie cookie, long nowMillis) {
        checkName(cookie.getName());
        String value = cookie.getValue() == null ? "" : cookie.getValue();
        checkValue(cookie.getName(), value);
        var text = new StringBuilder(cookie.getName().length() + value.length() + 32);
        text.append(cookie.getName()).append('=').append(value);
        for (Map.Entry<String, String> attribute : cookie.getAttributes().entrySet()) {
            String name = attribute.getKey();
            switch (name.toLowerCase(Locale.ROOT)) {
                case "max-age" -> {
                    if (cookie.getAttribute("Expires") == null) appendMaxAge(text, cookie.getMaxAge(), nowMillis);
                    else if (cookie.getMaxAge() > 0) appendAttribute(text, name, attribute.getValue());
                }
                case "secure" -> {
                    if (cookie.getSecure()) appendAttribute(text, "Secure", "");
                }
                case "httponly" -> {
                    if (cookie.isHttpOnly()) appendAttribute(text, "HttpOnly", "");
                }
                default -> appendAttribute(text, name, attribute.getValue());
            }
        }
        return text.toString();
    }

    /**
     * With Expires beside it, for clients that know no Max-Age; to end a cookie with Expires alone, since the grammar has no Max-Age of zero
     * (RFC 6265 §4.1.1).
     *
     * @param seconds negative: until the client ends
     */
    static void appendMaxAge(StringBuilder text, int seconds, long nowMillis) {
        if (seconds < 0) return;
        if (seconds > 0) appendAttribute(text, "Max-Age", Integer.toString(seconds));
        appendAttribute(text, "Expires", HttpDates.format(seconds == 0 ? 0 : nowMillis + seconds * 1000L));
    }

    static void appendAttribute(StringBuilder text, String name, String value) {
        checkName(name);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c >= 0x7F || c == ';') {
                throw new IllegalArgumentException(
                        "character " + (int) c + " in cookie attribute " + name + " at " + i);
            }
        }
        text.append("; ").append(name);
        if (!value.isEmpty()) text.append('=').append(value);
    }

    static void checkName(String name) {
        if (name.isEmpty()) throw new IllegalArgumentException("cookie name is empty");
        for (int i = 0; i < name.length(); i++) {
            if (!FieldSyntax.isTokenChar(name.charAt(i))) {
                throw new IllegalArgumentException("character " + (int) name.charAt(i) + " in cookie name at " + i);
            }
        }
    }

    private static void checkValue(String name, String value) {
        int start = 0;
        int end = value.length();
        if (end >= 2 && value.charAt(0) == '"' && value.charAt(end - 1) == '"') {
            start++;
            end--;
        }
        for (int i = start; i < end; i++) {
            if (!Cookies.isOctet(value.charAt(i))) {
                throw new IllegalArgumentException(
                        "character " + (int) value.charAt(i) + " in the value of cookie " + name + " at " + i);
            }
        }
    }
}
