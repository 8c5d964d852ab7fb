package org.dormouse.http1;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.dormouse.http.Fields;
import org.dormouse.http.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The Date field as a line of bytes, made once a second (RFC 9110 §6.6.1), and the Server field in front of it where one is configured.
 * Any thread: a line made twice does no harm.
 */
final class DateLine {
    /** {@code full} has the Server field too; the same array as {@code date} where there is none. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares lines
    private record Line(long second, byte[] date, byte[] full) {}

    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "'Date: 'EEE, dd MMM yyyy HH:mm:ss 'GMT\r\n'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private final Clock clock;
    private final @Nullable String server;
    private volatile Line line;

    /** @param server the value of the Server field, or null for none */
    DateLine(Clock clock, @Nullable String server) {
        if (server != null) new Headers().add("Server", server); // refuses what cannot be a field's value
        this.clock = clock;
        this.server = server;
        this.line = make(server, 0);
    }

    /** The lines with their CRLF that belong beside {@code fields}: a Server field among those wins. Not to be changed. */
    byte[] bytes(Fields fields) {
        Line present = present();
        return server == null || fields.find("Server", 0) >= 0 ? present.date : present.full;
    }

    private Line present() {
        long second = Math.floorDiv(clock.millis(), 1000);
        Line present = line;
        if (present.second != second) line = present = make(server, second);
        return present;
    }

    private static Line make(@Nullable String server, long second) {
        String date = FORMAT.format(Instant.ofEpochSecond(second));
        byte[] plain = date.getBytes(StandardCharsets.ISO_8859_1);
        if (server == null) return new Line(second, plain, plain);
        return new Line(second, plain, ("Server: " + server + "\r\n" + date).getBytes(StandardCharsets.ISO_8859_1));
    }
}
