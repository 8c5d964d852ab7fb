package org.dormouse.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.http.Exchange;
import org.dormouse.poller.loop.HandClock;
import org.dormouse.servlet.TestExchange;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that come, wait, are begun, expire, lose their client and meet a close, all at the same time: each ends in exactly one way. What a
 * thread does is drawn from a seed; how the threads meet is the machine's business.
 */
@Timeout(60)
class WaitingLineRaceTest {
    private static final int THREADS = 4;
    private static final int STEPS = 2_000;
    private static final int LIMIT = 5;
    private static final int QUEUE_LENGTH = 10;
    private static final Duration QUEUE_TIMEOUT = Duration.ofMillis(20);

    private final Admission admission =
            new Admission(AdmissionSettings.fixed(LIMIT, QUEUE_LENGTH, QUEUE_TIMEOUT), 1, new HandClock());
    private final Queue<Runnable> begun = new ConcurrentLinkedQueue<>();
    private final Queue<TestExchange> come = new ConcurrentLinkedQueue<>();
    private final ConcurrentHashMap<Exchange, AtomicInteger> served = new ConcurrentHashMap<>();
    private final AtomicInteger atWork = new AtomicInteger();
    private final AtomicInteger mostAtWork = new AtomicInteger();

    private final RequestThreads threads = new RequestThreads() {
        @Override
        public String execution() {
            return "VIRTUAL";
        }

        @Override
        public boolean start(Exchange exchange, Runnable request) {
            if (exchange.id() % 50 == 0) return false; // now and then there is no thread
            mostAtWork.accumulateAndGet(atWork.incrementAndGet(), Math::max);
            begun.add(request);
            return true;
        }

        @Override
        public Executor later(Exchange exchange) {
            return Runnable::run;
        }
    };

    private final Door door = new Door(
            new Applications(List.of(new Application("", threads, (exchange, later) -> {
                served.computeIfAbsent(exchange, each -> new AtomicInteger()).incrementAndGet();
                atWork.decrementAndGet();
                exchange.finish();
            }))),
            admission,
            0);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyRequestEndsInExactlyOneWayAndTheCountsReturnToZero(long seed) throws InterruptedException {
        boolean closes = seed % 2 == 0;
        var start = new CountDownLatch(1);
        var failures = new ConcurrentLinkedQueue<Throwable>();
        var running = new ArrayList<Thread>();
        for (int t = 0; t < THREADS; t++) {
            var random = new SplittableRandom(seed * 100 + t);
            boolean isCloser = closes && t == 0;
            running.add(Thread.ofPlatform().start(() -> {
                try {
                    start.await();
                    for (int i = 0; i < STEPS; i++) {
                        step(random);
                        if (isCloser && i == STEPS / 2) admission.line().close();
                    }
                } catch (Throwable e) {
                    failures.add(e);
                }
            }));
        }
        start.countDown();
        for (Thread thread : running) thread.join();
        serveAll();

        assertThat(failures).isEmpty();
        assertThat(admission.line().length()).isZero();
        assertThat(admission.admitted()).isZero();
        assertThat(mostAtWork.get()).isBetween(LIMIT - 1, LIMIT);
        assertThat(come).allSatisfy(each -> {
            assertThat(each.isEnded()).isTrue();
            assertThat(each.timers()).isZero();
            int times = served.getOrDefault(each, new AtomicInteger()).get();
            // Served once, or answered 503, or given up with its client: never two of these.
            assertThat(times + (each.status() == 503 ? 1 : 0) + (each.isAborted() ? 1 : 0))
                    .isOne();
        });
        assertThat(served).hasSizeGreaterThan(100);
    }

    private void step(SplittableRandom random) {
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                var exchange = TestExchange.get("/");
                come.add(exchange);
                door.handle(exchange);
            }
            case 3, 4, 5 -> serveOne();
            case 6 -> anyOf(random).leave();
            default -> anyOf(random).pass(15); // the second time it is late
        }
    }

    private TestExchange anyOf(SplittableRandom random) {
        int skipped = random.nextInt(20);
        TestExchange last = TestExchange.get("/");
        for (TestExchange each : come) {
            if (each.isEnded()) continue;
            last = each;
            if (skipped-- == 0) break;
        }
        return last;
    }

    private void serveOne() {
        Runnable request = begun.poll();
        if (request != null) request.run();
    }

    private void serveAll() {
        while (!begun.isEmpty()) serveOne();
    }
}
