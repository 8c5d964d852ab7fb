package org.dormouse.servlet.security;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.dormouse.http.Fields;
import org.dormouse.identity.Caller;
import org.dormouse.identity.Logins;
import org.jspecify.annotations.Nullable;

/** The BASIC scheme (RFC 7617): name and password in every request, in UTF-8. Immutable, safe for all threads. */
public final class BasicAuthenticator implements Authenticator {
    private final String challenge;
    private final Logins logins;

    public BasicAuthenticator(String realm, Logins logins) {
        String quoted = printable(realm).replace("\\", "\\\\").replace("\"", "\\\"");
        this.challenge = "Basic realm=\"" + quoted + "\", charset=\"UTF-8\"";
        this.logins = logins;
    }

    @Override
    public String type() {
        return "BASIC";
    }

    @Override
    public List<String> challenges(LoginRequest request) {
        return List.of(challenge);
    }

    /**
     * Who sent a request, by its Authorization field.
     *
     * @return null if there is none, more than one, it is not well-formed, or the password is wrong
     */
    @Override
    public @Nullable Caller authenticate(LoginRequest request) {
        Fields fields = request.fields();
        int at = fields.find("Authorization", 0);
        if (at < 0 || fields.find("Authorization", at + 1) >= 0) return null;
        String credentials = decode(fields.value(at));
        if (credentials == null) return null;
        int colon = credentials.indexOf(':');
        if (colon <= 0) return null;
        return logins.login(credentials.substring(0, colon), credentials.substring(colon + 1), request.client());
    }

    /** Scheme, spaces, token68 (RFC 9110 §11.4); what is inside is UTF-8 without control characters. */
    private static @Nullable String decode(String field) {
        String value = field.strip();
        if (!value.regionMatches(true, 0, "Basic ", 0, 6)) return null;
        try {
            byte[] bytes = Base64.getDecoder().decode(value.substring(6).strip());
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.chars().anyMatch(Character::isISOControl) ? null : text;
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return null; // not base64, not UTF-8: credentials of nobody
        }
    }

    /** A quoted-string of a field holds no control characters and, to be safe with every client, nothing beyond ASCII. */
    static String printable(String realm) {
        var text = new StringBuilder();
        for (int i = 0; i < realm.length(); i++) {
            char c = realm.charAt(i);
            text.append(c < ' ' || c > '~' ? '?' : c);
        }
        return text.toString();
    }
}
