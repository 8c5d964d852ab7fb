package org.dormouse.filter;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.dormouse.http.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * How a record becomes a line: {@code common}, {@code combined}, {@code json}, or a pattern with the letters of Apache's LogFormat. Used by the
 * log's thread alone, since it keeps the second it formatted last.
 */
final class AccessFormat {
    private static final String COMMON = "%h %l %u %t \"%r\" %s %b";
    private static final String COMBINED = COMMON + " \"%{Referer}i\" \"%{User-Agent}i\"";

    private interface Part {
        void put(AccessRecord record, Line line);
    }

    private final List<Part> parts;
    private final ZoneId zone;

    private final DateTimeFormatter local = DateTimeFormatter.ofPattern("'['dd/MMM/yyyy:HH:mm:ss Z']'", Locale.ENGLISH);
    private final DateTimeFormatter iso = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.", Locale.ENGLISH);
    private long second = Long.MIN_VALUE;
    private String secondText = "";

    private AccessFormat(List<Part> parts, ZoneId zone) {
        this.parts = parts;
        this.zone = zone;
    }

    /** @throws IllegalArgumentException what of a pattern cannot be read */
    static AccessFormat of(String format, ZoneId zone) {
        return switch (format) {
            case "common" -> pattern(COMMON, zone);
            case "combined" -> pattern(COMBINED, zone);
            case "json" -> new AccessFormat(List.of(), zone);
            default -> pattern(format, zone);
        };
    }

    /** Writes one line with its end. */
    void put(AccessRecord record, Line line) {
        if (parts.isEmpty()) json(record, line);
        else for (int i = 0; i < parts.size(); i++) parts.get(i).put(record, line);
        line.put('\n');
    }

    // --- JSON

    private void json(AccessRecord record, Line line) {
        RequestHead head = record.head;
        line.put("{\"time\":\"").put(isoSecond(record.atMillis));
        long millis = Math.floorMod(record.atMillis, 1000L);
        if (millis < 100) line.put('0');
        if (millis < 10) line.put('0');
        line.put(millis).put("Z\",\"duration_us\":").put(record.tookNanos / 1000);
        line.put(",\"client\":").json(record.client());
        field(line, ",\"method\":", head == null ? null : head.method());
        field(line, ",\"path\":", head == null ? null : head.rawPath());
        field(line, ",\"query\":", head == null ? null : head.query());
        field(line, ",\"protocol\":", head == null ? null : head.version().toString());
        line.put(",\"status\":").put(record.status).put(",\"bytes\":").put(record.bytes);
        field(line, ",\"host\":", record.host());
        field(line, ",\"referer\":", head == null ? null : head.fields().first("Referer"));
        field(line, ",\"user_agent\":", head == null ? null : head.fields().first("User-Agent"));
        field(line, ",\"user\":", record.user);
        field(line, ",\"request_id\":", record.requestId);
        field(line, ",\"tls\":", record.peer.tlsProtocol());
        line.put('}');
    }

    private static void field(Line line, String name, @Nullable String value) {
        line.put(name);
        if (value == null) line.put("null");
        else line.json(value);
    }

    private String isoSecond(long millis) {
        return ofSecond(Math.floorDiv(millis, 1000L), iso, ZoneOffset.UTC);
    }

    private String ofSecond(long wanted, DateTimeFormatter format, ZoneId where) {
        if (wanted != second) {
            secondText = format.format(Instant.ofEpochSecond(wanted).atZone(where));
            second = wanted;
        }
        return secondText;
    }

    // --- patterns

    private static AccessFormat pattern(String pattern, ZoneId zone) {
        var parts = new ArrayList<Part>();
        var format = new AccessFormat(parts, zone);
        boolean isQuoted = false;
        int at = 0;
        while (at < pattern.length()) {
            char c = pattern.charAt(at++);
            if (c != '%') {
                if (c < ' ' || c > 0x7E) throw wrong(pattern, "only printable ASCII");
                if (c == '"') isQuoted = !isQuoted;
                parts.add((record, line) -> line.put(c));
                continue;
            }
            String name = "";
            if (at < pattern.length() && pattern.charAt(at) == '{') {
                int close = pattern.indexOf('}', at);
                if (close < 0) throw wrong(pattern, "a } for each %{");
                name = pattern.substring(at + 1, close);
                at = close + 1;
            }
            if (at == pattern.length()) throw wrong(pattern, "a letter behind each %");
            parts.add(format.part(pattern, pattern.charAt(at++), name, isQuoted));
        }
        if (parts.isEmpty()) throw wrong(pattern, "common, combined, json or a pattern");
        return format;
    }

    private Part part(String pattern, char letter, String name, boolean isQuoted) {
        if (letter == 'i') {
            if (!FieldNames.isToken(name)) throw wrong(pattern, "the name of a field in %{NAME}i");
            return (record, line) ->
                    text(line, record.head == null ? null : record.head.fields().first(name), isQuoted);
        }
        if (!name.isEmpty()) throw wrong(pattern, "%{NAME} before i only");
        return switch (letter) {
            case '%' -> (record, line) -> line.put('%');
            case 'h', 'a' -> (record, line) -> text(line, record.client(), isQuoted);
            case 'l' -> (record, line) -> line.put('-');
            case 'u' -> (record, line) -> text(line, record.user, isQuoted);
            case 't' -> (record, line) -> line.put(ofSecond(Math.floorDiv(record.atMillis, 1000L), local, zone));
            case 'r' -> (record, line) -> requestLine(record.head, line, isQuoted);
            case 'm' -> (record, line) -> text(line, record.head == null ? null : record.head.method(), isQuoted);
            case 'U' -> (record, line) -> text(line, record.head == null ? null : record.head.rawPath(), isQuoted);
            case 'q' -> (record, line) -> query(record.head, line, isQuoted);
            case 'H' ->
                (record, line) -> text(
                        line, record.head == null ? null : record.head.version().toString(), isQuoted);
            case 's' -> (record, line) -> line.put(record.status);
            case 'B' -> (record, line) -> line.put(record.bytes);
            case 'b' ->
                (record, line) -> {
                    if (record.bytes == 0) line.put('-');
                    else line.put(record.bytes);
                };
            case 'D' -> (record, line) -> line.put(record.tookNanos / 1000);
            case 'v' -> (record, line) -> text(line, record.host(), isQuoted);
            case 'L' -> (record, line) -> text(line, record.requestId, isQuoted);
            case 'S' -> (record, line) -> text(line, record.peer.tlsProtocol(), isQuoted);
            default -> throw wrong(pattern, "one of %, a, b, B, D, h, H, i, l, L, m, q, r, s, S, t, u, U, v behind %");
        };
    }

    private static void requestLine(@Nullable RequestHead head, Line line, boolean isQuoted) {
        if (head == null) {
            line.put('-');
            return;
        }
        line.text(head.method(), isQuoted);
        line.text(" ", isQuoted).text(head.rawPath(), isQuoted);
        query(head, line, isQuoted);
        line.text(" ", isQuoted).text(head.version().toString(), isQuoted);
    }

    private static void query(@Nullable RequestHead head, Line line, boolean isQuoted) {
        String query = head == null ? null : head.query();
        if (query != null) line.put('?').text(query, isQuoted);
    }

    private static void text(Line line, @Nullable String text, boolean isQuoted) {
        if (text == null || text.isEmpty()) line.put('-');
        else line.text(text, isQuoted);
    }

    private static IllegalArgumentException wrong(String pattern, String expected) {
        return new IllegalArgumentException("access-log.format is \"" + pattern + "\", expected is " + expected);
    }
}
