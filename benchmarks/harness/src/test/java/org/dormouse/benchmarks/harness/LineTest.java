package org.dormouse.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LineTest {
    @Test
    void slopeOfPointsOnALineIsExact() {
        Line line = new Line();
        for (int x = 1; x <= 5; x++) line.add(x * 3_800L, 1_000_000 + 256L * x * 3_800);

        assertThat(line.slope()).isEqualTo(256, within(1e-6));
        assertThat(line.farthest()).isEqualTo(0, within(1e-9));
    }

    @Test
    void pointOffTheLineShows() {
        Line line = new Line();
        line.add(0, 0);
        line.add(1, 150);
        line.add(2, 200);

        assertThat(line.slope()).isEqualTo(100, within(1e-9));
        assertThat(line.farthest()).isEqualTo(1.0 / 6, within(1e-9));
    }
}
