package org.dormouse.servlet.multipart;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.dormouse.http.BadRequest;
import org.dormouse.http.FieldSyntax;
import org.dormouse.http.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one part, and what its Content-Disposition says (RFC 7578 §4.2). Immutable once read.
 *
 * @param fields in their order; characters beyond Latin-1 are shown as {@code ?} here, but not in {@code name} and {@code fileName}
 * @param name of the form's field
 * @param fileName as the client gave it: not to be trusted; null for a field that is no file
 */
record PartHead(Headers fields, String name, @Nullable String fileName) {
    private static final int MAX_BOUNDARY = 70;

    /** The boundary of a Content-Type field (RFC 2046 §5.1.1). */
    static String boundary(String contentType) throws BadRequest {
        String boundary = parameter(contentType, "boundary");
        if (boundary == null) throw new BadRequest(400, "multipart body without a boundary in its Content-Type");
        if (boundary.isEmpty() || boundary.length() > MAX_BOUNDARY) {
            throw new BadRequest(
                    400, "multipart boundary of " + boundary.length() + " characters, 1 to " + MAX_BOUNDARY);
        }
        for (int i = 0; i < boundary.length(); i++) {
            char c = boundary.charAt(i);
            boolean allowed = (c >= '0' && c <= '9')
                    || (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || "'()+_,-./:=? ".indexOf(c) >= 0;
            // RFC 2046 knows no more than that, but clients of today use any token, ! and * among it.
            if (!allowed && !FieldSyntax.isTokenChar(c)) {
                throw new BadRequest(400, "character " + (int) c + " in multipart boundary");
            }
        }
        return boundary;
    }

    static PartHead read(PartSource source, int maxBytes) throws IOException {
        var fields = new Headers();
        String disposition = null;
        int left = maxBytes;
        while (true) {
            byte[] line = source.readLine(left);
            if (line == null) {
                throw MultipartForm.tooLarge(
                        "the head of a part exceeds the maximum size " + maxBytes + " (multipart.max-part-head-bytes)");
            }
            if (line.length == 0) break;
            left -= line.length;
            String text = decode(line);
            int colon = text.indexOf(':');
            String name = colon < 0 ? "" : text.substring(0, colon);
            checkName(name);
            String value = text.substring(colon + 1).strip();
            if (name.equalsIgnoreCase("Content-Disposition")) {
                if (disposition != null) throw new BadRequest(400, "part with two Content-Disposition fields");
                disposition = value;
            }
            add(fields, name, value);
        }
        return of(fields, disposition);
    }

    private static PartHead of(Headers fields, @Nullable String disposition) throws BadRequest {
        if (disposition == null) throw new BadRequest(400, "part without Content-Disposition");
        int end = disposition.indexOf(';');
        String type = (end < 0 ? disposition : disposition.substring(0, end)).strip();
        if (!type.equalsIgnoreCase("form-data"))
            throw new BadRequest(400, "part with a Content-Disposition that is not form-data");
        String name = parameter(disposition, "name");
        if (name == null) throw new BadRequest(400, "part without a name");
        String coding = fields.first("Content-Transfer-Encoding");
        if (coding != null && !coding.toLowerCase(Locale.ROOT).matches("7bit|8bit|binary")) {
            throw new BadRequest(400, "part with a Content-Transfer-Encoding, which RFC 7578 §4.7 does not know");
        }
        return new PartHead(fields, name, parameter(disposition, "filename"));
    }

    private static void checkName(String name) throws BadRequest {
        boolean token = !name.isEmpty();
        for (int i = 0; i < name.length(); i++) token &= FieldSyntax.isTokenChar(name.charAt(i));
        if (!token) throw new BadRequest(400, "line without a field name in the head of a part");
    }

    private static void add(Headers fields, String name, String value) throws BadRequest {
        var latin = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= 0xFF && !FieldSyntax.isValueChar(c)) {
                throw new BadRequest(400, "character " + (int) c + " in field " + name + " of a part");
            }
            latin.append(c > 0xFF ? '?' : c);
        }
        fields.add(name, latin.toString());
    }

    /** UTF-8 as RFC 7578 §5.1.2 has it; what is not that comes from an old client and is taken for Latin-1. */
    private static String decode(byte[] line) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
        } catch (CharacterCodingException e) {
            return new String(line, StandardCharsets.ISO_8859_1);
        }
    }

    /** The first parameter of that name behind the first semicolon; null where there is none, or the field breaks off. */
    static @Nullable String parameter(String field, String wanted) {
        int at = field.indexOf(';');
        int equals = -1;
        while (at >= 0 && at < field.length()) {
            // Looked for once only: a thousand parameters without value must not mean a thousand looks at all of them.
            if (equals < at) equals = field.indexOf('=', at);
            int next = field.indexOf(';', at + 1);
            if (equals < 0) return null;
            if (next >= 0 && next < equals) { // a parameter without value
                at = next;
                continue;
            }
            String name = field.substring(at + 1, equals).strip();
            int begin = skipSpace(field, equals + 1);
            boolean quoted = begin < field.length() && field.charAt(begin) == '"';
            int end = quoted ? endOfQuoted(field, begin + 1) : next < 0 ? field.length() : next;
            if (end < 0) return null;
            if (name.equalsIgnoreCase(wanted)) {
                return quoted
                        ? unquote(field, begin + 1, end)
                        : field.substring(begin, end).strip();
            }
            at = field.indexOf(';', end);
        }
        return null;
    }

    private static int skipSpace(String field, int from) {
        int at = from;
        while (at < field.length() && (field.charAt(at) == ' ' || field.charAt(at) == '\t')) at++;
        return at;
    }

    private static int endOfQuoted(String field, int from) {
        for (int i = from; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '"') return i;
            if (c == '\\' && i + 1 < field.length() && field.charAt(i + 1) == '"') i++;
        }
        return -1;
    }

    /** Only a quote is escaped: a backslash before anything else is that of a Windows path. */
    private static String unquote(String field, int begin, int end) {
        return field.substring(begin, end).replace("\\\"", "\"");
    }
}
