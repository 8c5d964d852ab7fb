package org.dormouse.poller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ThreadPriorityTest {
    @Test
    void aThreadIsMadeToGiveWayByAnotherAndItAlone() throws Exception {
        var number = new CompletableFuture<Long>();
        var restored = new CompletableFuture<Boolean>();
        var goOn = new CountDownLatch(1);
        Thread thread = Thread.ofPlatform().daemon(true).start(() -> {
            try {
                int nice = ThreadPriority.nice();
                number.complete(Long.parseLong(
                        Path.of("/proc/thread-self").toRealPath().getFileName().toString()));
                goOn.await();
                restored.complete(ThreadPriority.restore(nice) == (ThreadPriority.nice() == nice));
            } catch (IOException | InterruptedException e) {
                number.completeExceptionally(e);
            }
        });
        long other = number.get(10, TimeUnit.SECONDS);
        int own = ThreadPriority.nice();
        assumeTrue(own < 10, "this process runs at nice " + own);

        assertThat(ThreadPriority.giveWay(other)).isTrue();

        assertThat(niceOf(other)).isEqualTo(10);
        assertThat(ThreadPriority.nice()).isEqualTo(own);
        goOn.countDown();
        assertThat(restored.get(10, TimeUnit.SECONDS)).isTrue();
        thread.join();
    }

    @Test
    void whatIsNoThreadCannotGiveWay() {
        assertThat(ThreadPriority.giveWay(Integer.MAX_VALUE)).isFalse();
        assertThat(ThreadPriority.giveWay(-1)).isFalse();
    }

    @Test
    void aThreadThatBeginsAtOnceKeepsItsNiceValue() throws Exception {
        var same = new CompletableFuture<Boolean>();
        Thread.ofPlatform().daemon(true).start(() -> {
            int nice = ThreadPriority.nice();
            boolean couldBe = ThreadPriority.beginAtOnce(ThreadPriority.SELF, 500_000);
            boolean couldEnd = ThreadPriority.beginInTurn(ThreadPriority.SELF);
            same.complete(couldBe && couldEnd && ThreadPriority.nice() == nice);
        });
        assertThat(same.get(10, TimeUnit.SECONDS)).isTrue();
    }

    private static int niceOf(long thread) throws IOException {
        String stat = Files.readString(Path.of("/proc/self/task/" + thread + "/stat"));
        // The name in parentheses is the second field, and the nice value the nineteenth.
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
    }
}
