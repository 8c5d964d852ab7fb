package org.dormouse.http1;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The Date field as a line of bytes, made once a second (RFC 9110 §6.6.1). Any thread: a line made twice does no harm. */
final class DateLine {
    private static final class Line {
        final long second;
        final byte[] bytes;

        Line(long second, byte[] bytes) {
            this.second = second;
            this.bytes = bytes;
        }
    }

    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "'Date: 'EEE, dd MMM yyyy HH:mm:ss 'GMT\r\n'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private final Clock clock;
    private volatile Line line = make(0);

    DateLine(Clock clock) {
        this.clock = clock;
    }

    /** The line with its CRLF; not to be changed. */
    byte[] bytes() {
        long second = Math.floorDiv(clock.millis(), 1000);
        Line present = line;
        if (present.second != second) line = present = make(second);
        return present.bytes;
    }

    private static Line make(long second) {
        String text = FORMAT.format(Instant.ofEpochSecond(second));
        return new Line(second, text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
