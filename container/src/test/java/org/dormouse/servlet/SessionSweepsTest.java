package org.dormouse.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SessionSweepsTest {
    @Test
    void aSweepThatFailsIsNotTheLast() {
        var asked = new AtomicInteger();
        var sweeps = new SessionSweeps(
                () -> {
                    throw new IllegalStateException("the store is away");
                },
                () -> asked.incrementAndGet() < 0);
        sweeps.run();
        assertThat(asked).as("whether another one is to come").hasValue(1);
        sweeps.stop();
    }
}
