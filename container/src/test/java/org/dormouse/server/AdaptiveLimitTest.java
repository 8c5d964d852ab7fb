package org.dormouse.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.dormouse.poller.loop.HandClock;
import org.junit.jupiter.api.Test;

class AdaptiveLimitTest {
    private final HandClock clock = new HandClock();

    @Test
    void itGrowsToItsMostWhileRequestsStayFastAndItIsMadeUseOf() {
        var limit = new AdaptiveLimit(10, 1000);
        assertThat(limit.limit()).isEqualTo(200);
        for (int i = 0; i < 500; i++) window(limit, Duration.ofMillis(5), limit.limit());
        assertThat(limit.limit()).isEqualTo(1000);
    }

    @Test
    void itStaysWhereItIsWhileHalfOfItIsNotNeeded() {
        var limit = new AdaptiveLimit(10, 1000);
        for (int i = 0; i < 100; i++) window(limit, Duration.ofMillis(5), 99);
        assertThat(limit.limit()).isEqualTo(200);
    }

    @Test
    void itFindsTheNumberThatAServerWithFourProcessorsIsGoodFor() {
        var limit = new AdaptiveLimit(2, 1000);
        window(limit, Duration.ofMillis(10), 1);
        // 10 ms of a processor each: beyond four at once they wait for one another.
        for (int i = 0; i < 2000; i++) {
            window(limit, Duration.ofNanos(10_000_000L * Math.max(4, limit.limit()) / 4), limit.limit());
        }
        assertThat(limit.limit()).isBetween(8, 24);
    }

    /** In a closed loop of a thousand clients: as many wait as do not fit, from the first request on. */
    @Test
    void aServerThatStartsInAnOverloadFindsWithinSecondsHowFewItsProcessorsAreGoodFor() {
        var limit = new AdaptiveLimit(4, 10_000);
        for (int i = 0; i < 70; i++) {
            int inFlight = Math.min(1000, limit.limit());
            window(limit, Duration.ofNanos(10_000_000L * Math.max(2, inFlight) / 2), inFlight);
        }
        // Of 10 ms each, on two processors: what is admitted takes no more than about a tenth of a second.
        assertThat(limit.limit()).isBetween(4, 24);
    }

    @Test
    void aServerOfRequestsThatOnlyWaitIsCrowdedFromTheStartAndStillGetsAllTheRoomItNeeds() {
        var limit = new AdaptiveLimit(4, 1000);
        for (int i = 0; i < 500; i++) window(limit, Duration.ofMillis(20), Math.min(1000, limit.limit()));
        assertThat(limit.limit()).isEqualTo(1000);
    }

    @Test
    void itNeverFallsBelowItsLeast() {
        var limit = new AdaptiveLimit(10, 1000);
        window(limit, Duration.ofMillis(1), 200);
        for (int i = 0; i < 100; i++) window(limit, Duration.ofSeconds(10), 200);
        assertThat(limit.limit()).isEqualTo(10);
    }

    @Test
    void aFewThatPollOrWhoseClientsReadSlowlyDoNotLowerIt() {
        var limit = new AdaptiveLimit(10, 1000);
        for (int i = 0; i < 100; i++) window(limit, Duration.ofMillis(5), limit.limit());
        int before = limit.limit();
        for (int i = 0; i < 100; i++) {
            for (int j = 0; j < 3; j++)
                limit.sample(clock.nanoTime(), Duration.ofSeconds(20).toNanos(), before);
            window(limit, Duration.ofMillis(5), before);
        }
        assertThat(limit.limit()).isGreaterThanOrEqualTo(before);
    }

    @Test
    void aWindowOfMoreRequestsThanItKeepsIsJudgedByItsLastOnes() {
        var limit = new AdaptiveLimit(10, 1000);
        window(limit, Duration.ofMillis(5), 200);
        int before = limit.limit();
        for (int i = 0; i < 50; i++) {
            for (int j = 0; j < 300; j++)
                limit.sample(clock.nanoTime(), Duration.ofSeconds(1).toNanos(), 200);
            clock.advance(Duration.ofMillis(120));
            limit.sample(clock.nanoTime(), Duration.ofSeconds(1).toNanos(), 200);
        }
        assertThat(limit.limit()).isLessThan(before / 2);
    }

    @Test
    void itDoesNotStayAtItsLeastForThoseThatNeverEnd() {
        var limit = new AdaptiveLimit(10, 1000);
        while (limit.limit() > 10) window(limit, Duration.ofMillis(5), limit.limit());
        clock.advance(Duration.ofMillis(4_800)); // a window took 120 ms of the five seconds
        assertThat(limit.pass(clock.nanoTime())).isFalse();
        assertThat(limit.limit()).isEqualTo(10);
        clock.advance(Duration.ofMillis(200));
        assertThat(limit.pass(clock.nanoTime())).isTrue();
        assertThat(limit.limit()).isGreaterThan(200);
    }

    @Test
    void whatIsSlowerForGoodBecomesUsual() {
        var limit = new AdaptiveLimit(10, 1000);
        window(limit, Duration.ofMillis(10), 200);
        for (int i = 0; i < 100; i++) window(limit, Duration.ofMillis(80), 200);
        int low = limit.limit();
        for (int i = 0; i < 3000; i++) window(limit, Duration.ofMillis(80), limit.limit());
        assertThat(low).isLessThan(50);
        assertThat(limit.limit()).isEqualTo(1000);
    }

    @Test
    void aFewRequestsChangeNothingHoweverSlowTheyAre() {
        var limit = new AdaptiveLimit(10, 1000);
        window(limit, Duration.ofMillis(1), 200);
        int before = limit.limit();
        for (int i = 0; i < 9; i++) {
            clock.advance(Duration.ofSeconds(1));
            assertThat(limit.sample(clock.nanoTime(), Duration.ofSeconds(9).toNanos(), 200))
                    .isFalse();
        }
        assertThat(limit.limit()).isEqualTo(before);
    }

    /** Ten requests in a tenth of a second and a bit. */
    private void window(AdaptiveLimit limit, Duration each, int inFlight) {
        for (int i = 0; i < 10; i++) {
            limit.sample(clock.nanoTime(), each.toNanos(), inFlight);
            clock.advance(Duration.ofMillis(12));
        }
    }
}
