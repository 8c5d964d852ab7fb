package org.dormouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dormouse.servlet.TestExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PooledRequestsTest {
    @Test
    void aThreadThatTheSystemRefusesForAWhileCostsThePoolNoPlace() throws Exception {
        var refuses = new AtomicBoolean(true);
        var pool = new PooledRequests(1, 0, task -> {
            if (refuses.get()) throw new OutOfMemoryError("unable to create native thread");
            return new Thread(task);
        });
        for (int i = 0; i < 3; i++)
            assertThatThrownBy(() -> pool.start(TestExchange.get("/"), () -> {}))
                    .isInstanceOf(OutOfMemoryError.class);

        refuses.set(false);
        var ran = new CountDownLatch(1);
        assertThat(pool.start(TestExchange.get("/"), ran::countDown)).isTrue();
        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        pool.close();
    }
}
