package org.dormouse.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenTableTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void aBurstIsLetThroughThenOneForEachTokenThatComesBack() {
        var table = new TokenTable(1024, 10, SECOND / 5.0);

        for (int i = 9; i >= 0; i--) assertThat(table.take(7, SECOND)).isEqualTo(i);
        long wait = -table.take(7, SECOND);
        assertThat(wait).isBetween(SECOND / 5 - SECOND / 100, SECOND / 5 + SECOND / 100);
        assertThat(table.take(7, SECOND + wait + SECOND / 50)).isZero();
        assertThat(table.take(7, SECOND + wait + SECOND / 50)).isNegative();
        assertThat(table.take(7, 10 * SECOND)).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "100,100,10", "1000000,1000000,1", "1,1000000,86400"})
    void overALongTimeAKeyGetsItsRateAndNoMore(long perPeriod, long burst, long periodSeconds) {
        double nanosPerToken = (double) periodSeconds * SECOND / perPeriod;
        var table = new TokenTable(64, burst, nanosPerToken);
        long now = 0;
        long step = (long) Math.max(1, nanosPerToken / 3);
        long let = 0;
        int tries = 300_000;
        for (int i = 0; i < tries; i++) {
            if (table.take(1, now) >= 0) let++;
            now += step;
        }
        long due = (long) Math.min(tries, burst + now / nanosPerToken);
        assertThat(let).isBetween((long) (due * 0.98) - 2, (long) (due * 1.02) + 2);
    }

    @Test
    void tenMillionKeysTakeNoMoreMemoryAndHelpNobodyWhoHasHadHisShare() {
        var table = new TokenTable(1 << 16, 20, SECOND / 20.0);
        assertThat(table.places()).isEqualTo(1 << 16);
        var random = new SplittableRandom(61);
        long greedy = 0x0a000001;
        long let = 0;
        long refusedStrangers = 0;
        long now = 0;
        for (int i = 0; i < 10_000_000; i++) {
            now += 1_000; // a million strangers a second
            if (table.take(random.nextLong() | 1L << 40, now) < 0) refusedStrangers++;
            if (i % 1_000 == 0 && table.take(greedy, now) >= 0) let++; // a thousand a second
        }
        assertThat(refusedStrangers).isZero();
        assertThat(let).as("of 10,000 in 10 s, at 20 a second").isBetween(200L, 260L);
    }

    @Test
    void sizesAreRoundedUpToGroupsOfEight() {
        assertThat(new TokenTable(8, 1, 1).places()).isEqualTo(8);
        assertThat(new TokenTable(9, 1, 1).places()).isEqualTo(16);
        assertThat(new TokenTable(65_536, 1, 1).places()).isEqualTo(65_536);
        assertThat(new TokenTable(65_537, 1, 1).places()).isEqualTo(131_072);
    }

    @Test
    void threadsTogetherGetNoMoreThanTheBurst() throws Exception {
        var table = new TokenTable(64, 1000, SECOND);
        var let = new AtomicInteger();
        var threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 1000; i++) if (table.take(5, SECOND) >= 0) let.incrementAndGet();
            });
        }
        for (Thread thread : threads) thread.join(20_000);
        assertThat(let).hasValue(1000);
    }
}
