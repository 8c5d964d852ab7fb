package org.dormouse.servlet;

import jakarta.servlet.http.Cookie;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.dormouse.FuzzTarget;
import org.dormouse.http.Headers;

/** A Cookie field: no cookie swallows another, and what is asked for by its name is what the list has. */
public final class CookieFuzz implements FuzzTarget {
    @Override
    public void run(byte[] data) {
        String text = new String(data, StandardCharsets.ISO_8859_1);
        var fields = new Headers();
        try {
            fields.add("Cookie", text);
        } catch (IllegalArgumentException e) {
            return; // no field can have that value
        }
        List<Cookie> cookies = Cookies.parse(fields, Integer.MAX_VALUE);
        if (cookies.size() > text.chars().filter(c -> c == ';').count() + 1)
            throw new AssertionError("too many in " + text);
        for (Cookie cookie : cookies) {
            if (cookie.getValue().indexOf(';') >= 0) throw new AssertionError("a semicolon in a value of " + text);
            List<String> ofName = cookies.stream()
                    .filter(each -> each.getName().equals(cookie.getName()))
                    .map(Cookie::getValue)
                    .toList();
            List<String> asked = Cookies.values(fields, cookie.getName(), Integer.MAX_VALUE);
            if (!asked.equals(ofName)) throw new AssertionError(asked + " instead of " + ofName + " in " + text);
        }
    }
}
