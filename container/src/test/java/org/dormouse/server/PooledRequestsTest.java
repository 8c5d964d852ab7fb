package org.dormouse.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
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

    @Test
    void afterARenewalThreadsEndWithWhatTheyAreAtAndOthersTakeWhatComes() throws Exception {
        var pool = new PooledRequests(1, 5);
        var kept = new ThreadLocal<String>();
        var first = new CompletableFuture<Thread>();
        var open = new CountDownLatch(1);
        pool.start(TestExchange.get("/"), () -> {
            kept.set("of an application");
            first.complete(Thread.currentThread());
            await(open);
        });
        Executor later = pool.later(TestExchange.get("/"));
        Thread before = first.get(10, TimeUnit.SECONDS);

        pool.renew();

        var seen = new CompletableFuture<String>();
        later.execute(() -> seen.complete(Thread.currentThread() != before ? String.valueOf(kept.get()) : "the same"));
        assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo("null");
        assertThat(before.isAlive()).isTrue();
        open.countDown();
        assertThat(before.join(Duration.ofSeconds(10))).isTrue();
        pool.close();
    }

    @Test
    void aThreadThatAnApplicationNeedsDoesNotGetItsClassLoader() throws Exception {
        var pool = new PooledRequests(1, 5);
        var seen = new CompletableFuture<ClassLoader>();
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(new ClassLoader() {});
        try {
            pool.later(TestExchange.get("/"))
                    .execute(() -> seen.complete(Thread.currentThread().getContextClassLoader()));
        } finally {
            thread.setContextClassLoader(callers);
        }
        assertThat(seen.get(10, TimeUnit.SECONDS)).isSameAs(callers);
        pool.close();
    }

    @Test
    void theEndInterruptsThreadsThatWereRenewedToo() throws Exception {
        var pool = new PooledRequests(1, 5);
        var entered = new CountDownLatch(1);
        var ended = new CompletableFuture<Boolean>();
        pool.start(TestExchange.get("/"), () -> {
            entered.countDown();
            ended.complete(await(new CountDownLatch(1)));
        });
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        pool.renew();
        pool.close();
        assertThat(ended.get(10, TimeUnit.SECONDS)).isFalse();
        assertThatThrownBy(() -> pool.later(TestExchange.get("/")).execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class);
    }

    /** False if it was interrupted. */
    private static boolean await(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
