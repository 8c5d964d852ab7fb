package org.dormouse.openid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KnownProviderTest {
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void aProviderThatIsAwayIsAskedOnceForAllWhoWaitForIt() throws Exception {
        var goOn = new CountDownLatch(1);
        var isAsked = new CountDownLatch(1);
        var provider = new KnownProvider(
                () -> {
                    asked.incrementAndGet();
                    isAsked.countDown();
                    await(goOn);
                    throw new IOException("away");
                },
                Duration.ofMinutes(1));
        var told = new ConcurrentLinkedQueue<String>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 5; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    provider.get();
                } catch (IOException e) {
                    told.add(e.getMessage());
                }
            }));
            isAsked.await();
        }
        for (Thread waiting : threads.subList(1, 5))
            while (waiting.getState() != Thread.State.TIMED_WAITING) Thread.onSpinWait();
        goOn.countDown();
        for (Thread thread : threads) thread.join();
        assertThat(told).hasSize(5).allMatch(message -> message.endsWith("away"));
        assertThat(asked).hasValue(1);
        assertThatThrownBy(provider::get).hasMessage("away");
        assertThat(asked).as("asked anew").hasValue(2);
    }

    @Test
    void whoWaitsForAnAnswerThatDoesNotComeGivesUp() throws Exception {
        var goOn = new CountDownLatch(1);
        var isAsked = new CountDownLatch(1);
        var provider = new KnownProvider(
                () -> {
                    isAsked.countDown();
                    await(goOn);
                    throw new IOException("away");
                },
                Duration.ofMillis(1));
        Thread first = Thread.ofPlatform()
                .start(() -> assertThatThrownBy(provider::get).hasMessage("away"));
        isAsked.await();
        assertThatThrownBy(provider::get).isInstanceOf(IOException.class).hasMessageContaining("more than 1 ms");
        assertThat(provider.known()).isNull();
        goOn.countDown();
        first.join();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
