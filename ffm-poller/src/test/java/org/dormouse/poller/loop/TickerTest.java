package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.poller.ScriptedKernel;
import org.junit.jupiter.api.Test;

class TickerTest {
    private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(100);

    private final HandClock clock = new HandClock();
    private final AtomicInteger calls = new AtomicInteger();

    @Test
    void itCallsOncePerPeriodUntilItIsClosed() {
        try (var loop = new ScriptedLoop(new ScriptedKernel(), clock)) {
            Ticker ticker = Ticker.start(loop.loop(), PERIOD, calls::incrementAndGet);
            loop.settle();
            assertThat(calls).hasValue(0);
            loop.advance(Duration.ofMillis(99));
            assertThat(calls).hasValue(0);
            loop.advance(Duration.ofMillis(1));
            assertThat(calls).hasValue(1);
            for (int i = 0; i < 5; i++) loop.advance(Duration.ofMillis(100));
            assertThat(calls).hasValue(6);
            ticker.close();
            loop.advance(Duration.ofSeconds(10));
            assertThat(calls).hasValue(6);
        }
    }

    @Test
    void aLateCallMovesNoLaterOneAndMissedBeatsAreLeftOut() {
        try (var loop = new ScriptedLoop(new ScriptedKernel(), clock)) {
            Ticker.start(loop.loop(), PERIOD, calls::incrementAndGet);
            loop.settle();
            loop.advance(Duration.ofMillis(370));
            assertThat(calls).hasValue(1);
            loop.advance(Duration.ofMillis(29));
            assertThat(calls).hasValue(1);
            loop.advance(Duration.ofMillis(1));
            assertThat(calls).hasValue(2);
        }
    }

    @Test
    void aCallThatThrowsIsReportedAndTheNextOneComes() {
        try (var loop = new ScriptedLoop(new ScriptedKernel(), clock)) {
            Ticker.start(loop.loop(), PERIOD, () -> {
                calls.incrementAndGet();
                throw new IllegalStateException("a bug");
            });
            loop.settle();
            loop.advance(Duration.ofMillis(100));
            loop.advance(Duration.ofMillis(100));
            assertThat(calls).hasValue(2);
            assertThat(loop.takeFaults()).hasSize(2);
        }
    }

    @Test
    void aPeriodBelowTheClocksStepIsRefused() {
        try (var loop = new ScriptedLoop(new ScriptedKernel(), clock)) {
            assertThatThrownBy(() -> Ticker.start(loop.loop(), 999_999, () -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("999999")
                    .hasMessageContaining("1000000");
        }
    }
}
