package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.dormouse.http.Headers;
import org.junit.jupiter.api.Test;

class DateLineTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-21T10:00:00Z"), ZoneOffset.UTC);
    private static final String DATE = "Date: Sat, 21 Nov 2026 10:00:00 GMT\r\n";

    @Test
    void theDateStandsAloneByDefault() {
        assertThat(text(new DateLine(CLOCK, null), new Headers())).isEqualTo(DATE);
    }

    @Test
    void aConfiguredServerFieldGoesWithEveryResponse() {
        assertThat(text(new DateLine(CLOCK, "The shop"), new Headers())).isEqualTo("Server: The shop\r\n" + DATE);
    }

    @Test
    void aServerFieldOfTheResponseItselfWins() {
        var fields = new Headers();
        fields.add("server", "mine");
        assertThat(text(new DateLine(CLOCK, "The shop"), fields)).isEqualTo(DATE);
    }

    @Test
    void aServerFieldThatWouldEndItsLineIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new DateLine(CLOCK, "a\r\nSet-Cookie: b=c"));
    }

    private static String text(DateLine line, Headers fields) {
        return new String(line.bytes(fields), StandardCharsets.ISO_8859_1);
    }
}
