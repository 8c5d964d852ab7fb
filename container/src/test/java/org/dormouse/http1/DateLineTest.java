package org.dormouse.http1;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DateLineTest {
    private static final long END_OF_9999 = 253_402_300_799L;

    @Test
    void theExampleOfTheRfcComesOut() {
        assertThat(DateLine.imfFixdate(784_111_777)).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
    }

    @Test
    void anySecondFromTheEpochOnIsWrittenAsTheJdkWritesIt() {
        var format = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
                .withZone(ZoneOffset.UTC);
        var random = new Random(9110);
        for (int i = 0; i < 10_000; i++) {
            long second = random.nextLong(END_OF_9999 + 1);

            assertThat(DateLine.imfFixdate(second)).isEqualTo(format.format(Instant.ofEpochSecond(second)));
        }
    }
}
