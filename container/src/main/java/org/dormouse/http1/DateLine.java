package org.dormouse.http1;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
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

    private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };

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
        String date = "Date: " + imfFixdate(second) + "\r\n";
        byte[] plain = date.getBytes(StandardCharsets.ISO_8859_1);
        if (server == null) return new Line(second, plain, plain);
        return new Line(second, plain, ("Server: " + server + "\r\n" + date).getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * The only form a sender may use, as in {@code Sun, 06 Nov 1994 08:49:37 GMT} (RFC 9110 §5.6.7). By hand, because the JDK's formatter
     * brings its locale data along, which costs 40 ms of a server's start.
     */
    static String imfFixdate(long epochSecond) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC);
        var text = new StringBuilder(29);
        text.append(DAYS[time.getDayOfWeek().getValue() - 1]).append(", ");
        appendTwoDigits(text, time.getDayOfMonth()).append(' ');
        text.append(MONTHS[time.getMonthValue() - 1])
                .append(' ')
                .append(time.getYear())
                .append(' ');
        appendTwoDigits(text, time.getHour()).append(':');
        appendTwoDigits(text, time.getMinute()).append(':');
        return appendTwoDigits(text, time.getSecond()).append(" GMT").toString();
    }

    private static StringBuilder appendTwoDigits(StringBuilder text, int number) {
        return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
