package org.dormouse.websocket.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.dormouse.http.FieldSyntax;
import org.dormouse.http.Printable;
import org.jspecify.annotations.Nullable;

/**
 * Status and fields of an answer (RFC 9112 §4 and §5), read strictly: each line ends with CRLF, names are tokens with a colon behind them, and
 * nothing is folded.
 *
 * @param fields by their names, without regard to case; each with its values in order
 */
record ResponseHead(int status, String reason, Map<String, List<String>> fields) {
    private static final byte[] END = {'\r', '\n', '\r', '\n'};

    /** The answer is no head of HTTP/1.1, or too long. No stack trace: it is the server's fault. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String detail) {
            super(detail, null, false, false);
        }
    }

    /** How many bytes the head at {@code offset} has, its end included; -1 if it has not come yet. */
    static int length(byte[] bytes, int offset, int length, int most) throws Malformed {
        int end = offset + Math.min(length, most);
        for (int i = offset; i + END.length <= end; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n' && bytes[i + 2] == '\r' && bytes[i + 3] == '\n') {
                return i + END.length - offset;
            }
        }
        if (length >= most) {
            throw new Malformed(
                    "head of more than " + most + " bytes, limit " + most + " (" + ClientSettings.MAX_HEAD_BYTES + ")");
        }
        return -1;
    }

    /** Reads a whole head. */
    static ResponseHead parse(byte[] bytes, int offset, int length) throws Malformed {
        String text = new String(bytes, offset, length - END.length, StandardCharsets.ISO_8859_1);
        String[] lines = text.split("\r\n", -1);
        String first = lines[0];
        if (!first.matches("HTTP/1\\.1 [1-5][0-9][0-9]( .*)?") || !isValue(first)) {
            throw new Malformed("status line \"" + printable(first) + "\"");
        }
        Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < lines.length; i++) {
            String line = lines[i];
            int colon = line.indexOf(':');
            if (colon < 1 || !isToken(line.substring(0, colon)) || !isValue(line)) {
                throw new Malformed("field line \"" + printable(line) + "\"");
            }
            fields.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        fields.replaceAll((name, values) -> Collections.unmodifiableList(values));
        int status = Integer.parseInt(first.substring(9, 12));
        return new ResponseHead(status, first.substring(12).strip(), Collections.unmodifiableMap(fields));
    }

    /** Whether more comes before the answer itself; 101 is one. */
    boolean isInterim() {
        return status < 200 && status != 101;
    }

    List<String> values(String name) {
        return fields.getOrDefault(name, List.of());
    }

    /** The value of a field that may stand once; null if there is none. */
    @Nullable
    String single(String name) throws Malformed {
        List<String> values = values(name);
        if (values.size() > 1) throw new Malformed(values.size() + " fields " + name + " instead of one");
        return values.isEmpty() ? null : values.getFirst();
    }

    /** Whether a list has this member, without regard to case. */
    boolean lists(String name, String member) {
        for (String value : values(name)) {
            for (String each : value.split(",", -1)) {
                if (each.strip().toLowerCase(Locale.ROOT).equals(member)) return true;
            }
        }
        return false;
    }

    /** For messages: status and reason. */
    String line() {
        return printable(reason.isEmpty() ? Integer.toString(status) : status + " " + reason);
    }

    private static boolean isToken(String name) {
        for (int i = 0; i < name.length(); i++) if (!FieldSyntax.isTokenChar(name.charAt(i))) return false;
        return !name.isEmpty();
    }

    private static boolean isValue(String text) {
        for (int i = 0; i < text.length(); i++) if (!FieldSyntax.isValueChar(text.charAt(i))) return false;
        return true;
    }

    /** What a server chose, as it may stand in a message: short, and of characters that are seen. */
    static String printable(String text) {
        return Printable.text(text.length() > 200 ? text.substring(0, 200) + "..." : text);
    }
}
