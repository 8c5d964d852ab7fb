package org.dormouse.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.loop.HandClock;
import org.dormouse.poller.loop.ScriptedLoop;
import org.junit.jupiter.api.Test;

class RareWarningTest {
    @Test
    void whatHappensOftenIsWrittenOnceAMinuteWithItsCount() {
        List<String> lines = new ArrayList<>();
        var warning = new RareWarning(lines::add);
        try (var loop = new ScriptedLoop(new ScriptedKernel(), new HandClock())) {
            for (int i = 0; i < 3; i++) warning.count(loop.loop(), count -> "happened " + count);
            loop.settle();
            assertThat(lines).hasSize(1);
            loop.advance(Duration.ofSeconds(59));
            warning.count(loop.loop(), count -> "happened " + count);
            loop.settle();
            assertThat(lines).hasSize(1);
            loop.advance(Duration.ofSeconds(1));
            warning.count(loop.loop(), count -> "happened " + count);
            loop.settle();
            // The first line was written when all three had happened.
            assertThat(lines).containsExactly("happened 3", "happened 2");
        }
    }
}
