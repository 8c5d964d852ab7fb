package org.dormouse.websocket;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;

/** What a client sent as its request target, as a {@link URI}. */
public final class RequestUri {
    private static final String ALSO_LEGAL = "-._~:/?#[]@!$&'()*+,;=%";

    private RequestUri() {}

    /** Characters that browsers send and no URI may have, as in {@code ?a=b|c}, come percent-encoded. */
    public static URI of(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            return URI.create(encoded(text));
        }
    }

    private static String encoded(String text) {
        StringBuilder encoded = new StringBuilder(text.length() + 8);
        int authorityEnd = text.indexOf('/', text.indexOf("//") + 2);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isBracket = (c == '[' || c == ']') && i > authorityEnd;
            boolean isLoose = c == '%' && !isEscape(text, i);
            if (Character.isLetterOrDigit(c) && c < 0x80) encoded.append(c);
            else if (ALSO_LEGAL.indexOf(c) >= 0 && !isBracket && !isLoose) encoded.append(c);
            else encode(c, encoded);
        }
        return encoded.toString();
    }

    private static boolean isEscape(String text, int at) {
        return at + 2 < text.length()
                && Character.digit(text.charAt(at + 1), 16) >= 0
                && Character.digit(text.charAt(at + 2), 16) >= 0;
    }

    /** A byte of the request is a character here. */
    private static void encode(char c, StringBuilder to) {
        for (byte b : String.valueOf(c).getBytes(c < 0x100 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8)) {
            to.append('%').append(Character.toUpperCase(Character.forDigit(b >> 4 & 0xF, 16)));
            to.append(Character.toUpperCase(Character.forDigit(b & 0xF, 16)));
        }
    }
}
