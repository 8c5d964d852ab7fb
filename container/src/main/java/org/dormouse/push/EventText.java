package org.dormouse.push;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Events as they stand in a stream (HTML Living Standard §9.2.5). */
final class EventText {
    private static final byte[] DATA = ascii("data:");
    private static final byte LF = '\n';

    private EventText() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Each line of {@code data}, in UTF-8, is a field of its own; CR, LF and CRLF end a line. */
    static byte[] event(@Nullable String name, @Nullable String id, byte[] data) {
        var out = new ByteArrayOutputStream(data.length + 32);
        if (name != null) out.writeBytes(utf8("event: " + name + "\n"));
        if (id != null) out.writeBytes(utf8("id: " + id + "\n"));
        int from = 0;
        for (int at = 0; at < data.length; at++) {
            if (data[at] != '\r' && data[at] != LF) continue;
            line(out, data, from, at);
            if (data[at] == '\r' && at + 1 < data.length && data[at + 1] == LF) at++;
            from = at + 1;
        }
        line(out, data, from, data.length);
        out.write(LF);
        return out.toByteArray();
    }

    /** A reader takes one blank behind the colon away, so a line that begins with one gets another. */
    private static void line(ByteArrayOutputStream out, byte[] data, int from, int to) {
        out.writeBytes(DATA);
        if (from < to && data[from] == ' ') out.write(' ');
        out.write(data, from, to - from);
        out.write(LF);
    }

    /** Comments are nothing to a client: what keeps a connection from looking idle. */
    static byte[] comment(String text) {
        return utf8(":" + text.replaceAll("\r\n|\r|\n", "\n:") + "\n\n");
    }

    static byte[] retry(long millis) {
        return utf8("retry: " + millis + "\n\n");
    }

    static String oneLine(String what, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r' || c == '\n' || c == 0)
                throw new IllegalArgumentException(what + " of an event has U+" + String.format("%04X", (int) c)
                        + " at " + i + ", which would end it");
        }
        return text;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
