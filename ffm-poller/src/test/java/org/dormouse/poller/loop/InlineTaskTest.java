package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What runs on the thread of a loop itself holds it up no longer than a continuation does. */
@Timeout(30)
class InlineTaskTest {
    private final RecordedFaults faults = new RecordedFaults();
    private final LoopSettings oneLoop = LoopSettings.defaults().withLoops(1).withFaults(faults);

    /** Does what the test says, and keeps what it is told. */
    private static final class Promising extends InlineTask {
        private final Runnable body;
        final CompletableFuture<StackTraceElement[]> told = new CompletableFuture<>();
        final CountDownLatch over = new CountDownLatch(1);

        Promising(Runnable body) {
            this.body = body;
        }

        @Override
        public void run() {
            try {
                body.run();
            } finally {
                over.countDown();
            }
        }

        @Override
        protected void blocked(StackTraceElement[] stack) {
            told.complete(stack);
        }
    }

    @Test
    void itRunsOnTheThreadThatHoldsTheLoopAndIsNotTheLoopsOwnCode() throws Exception {
        try (var loops = EventLoops.start(oneLoop)) {
            EventLoop loop = loops.loop(0);
            var seen = new CompletableFuture<String>();
            var task = new CompletableFuture<InlineTask>();
            var inline = new Promising(() -> {
                task.complete(InlineTask.current());
                seen.complete(Thread.currentThread().getName() + " owner " + loop.isOwner() + " held " + loop.isHeld());
            });
            loop.inline(inline);

            assertThat(seen.get(10, TimeUnit.SECONDS))
                    .startsWith("dormouse-loop-")
                    .endsWith(" owner false held true");
            assertThat(task.get(10, TimeUnit.SECONDS)).isSameAs(inline);
            assertThat(InlineTask.current()).isNull();
        }
    }

    @Test
    void whoIsAboutToBlockGivesTheLoopAwayAtOnceAndIsTold() throws Exception {
        try (var loops = EventLoops.start(oneLoop)) {
            EventLoop loop = loops.loop(0);
            var held = new CompletableFuture<Boolean>();
            var release = new CountDownLatch(1);
            var blocking = new Promising(() -> {
                InlineTask.aboutToBlock();
                held.complete(loop.isHeld());
                await(release);
            });
            loop.inline(blocking);

            assertThat(held.get(10, TimeUnit.SECONDS)).isFalse();
            assertThat(blocking.told.get(10, TimeUnit.SECONDS))
                    .extracting(StackTraceElement::getClassName)
                    .contains(InlineTaskTest.class.getName());
            var another = new CountDownLatch(1);
            loop.inline(another::countDown);
            assertThat(another.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(blocking.over.getCount()).isEqualTo(1);
            release.countDown();
        }
    }

    @Test
    void aThreadThatEndsGivesItsLoopToOneThatKnowsNothingOfIt() throws Exception {
        var kept = new ThreadLocal<String>();
        var loader = new ClassLoader() {};
        try (var loops = EventLoops.start(oneLoop)) {
            EventLoop loop = loops.loop(0);
            var first = new CompletableFuture<Thread>();
            loop.inline(new Promising(() -> {
                kept.set("kept");
                Thread.currentThread().setContextClassLoader(loader);
                InlineTask.endThread();
                first.complete(Thread.currentThread());
            }));
            assertThat(first.get(10, TimeUnit.SECONDS).join(Duration.ofSeconds(10)))
                    .isTrue();
            var seen = new CompletableFuture<Thread>();
            var value = new CompletableFuture<String>();
            loop.inline(new Promising(() -> {
                value.complete(kept.get());
                seen.complete(Thread.currentThread());
            }));
            assertThat(value.get(10, TimeUnit.SECONDS)).isNull();
            assertThat(seen.get()).isNotSameAs(first.get());
            assertThat(seen.get().getContextClassLoader()).isNotSameAs(loader);
        }
    }

    @Test
    void aLoopThatIsGivenAwayAllTheTimeHasOneOwnerAndLosesNothing() throws Exception {
        try (var loops = EventLoops.start(oneLoop.withLoops(2))) {
            int rounds = 2_000;
            var owners = new AtomicInteger[] {new AtomicInteger(), new AtomicInteger()};
            var broken = new AtomicInteger();
            var all = new CountDownLatch(rounds * 3);
            for (int i = 0; i < rounds; i++) {
                int at = i % 2;
                EventLoop loop = loops.loop(at);
                // Shorter than a tick: the next holder enters its continuations at the tick of this one.
                loop.inline(new Promising(() -> {
                    InlineTask.aboutToBlock();
                    all.countDown();
                }));
                loop.inline(all::countDown);
                loop.execute(() -> {
                    if (owners[at].incrementAndGet() != 1 || !loop.isOwner()) broken.incrementAndGet();
                    owners[at].decrementAndGet();
                    all.countDown();
                });
            }
            assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(broken).hasValue(0);
        }
    }

    @Test
    void whoSleepsIsToldWithItsStack() throws Exception {
        try (var loops = EventLoops.start(oneLoop)) {
            var release = new CountDownLatch(1);
            var blocking = new Promising(() -> await(release));
            loops.loop(0).inline(blocking);

            assertThat(blocking.told.get(20, TimeUnit.SECONDS))
                    .extracting(StackTraceElement::getMethodName)
                    .contains("await");
            release.countDown();
        }
    }

    @Test
    void whoWaitsInNativeCodeIsToldWithItsStack() throws Exception {
        Pipe pipe = Pipe.open();
        try (var loops = EventLoops.start(oneLoop);
                var source = pipe.source();
                var sink = pipe.sink()) {
            var blocking = new Promising(() -> {
                try {
                    source.read(ByteBuffer.allocate(1));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            loops.loop(0).inline(blocking);

            assertThat(blocking.told.get(20, TimeUnit.SECONDS))
                    .extracting(StackTraceElement::getMethodName)
                    .contains("read");
            sink.write(ByteBuffer.wrap(new byte[1]));
            assertThat(blocking.over.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whoComputesLosesTheLoopAndIsNotTold() throws Exception {
        try (var loops = EventLoops.start(oneLoop)) {
            var stop = new AtomicBoolean();
            var computing = new Promising(() -> {
                while (!stop.get()) Thread.onSpinWait();
            });
            loops.loop(0).inline(computing);
            assertThat(faults.awaitStall("handed over 0").stack())
                    .extracting(StackTraceElement::getClassName)
                    .contains(InlineTaskTest.class.getName());
            // One that blocks is found out meanwhile: so the sentinel has looked at both, often enough.
            var release = new CountDownLatch(1);
            var blocking = new Promising(() -> await(release));
            loops.loop(0).inline(blocking);
            assertThat(blocking.told.get(20, TimeUnit.SECONDS)).isNotEmpty();
            release.countDown();

            assertThat(computing.told).isNotDone();
            stop.set(true);
            assertThat(computing.over.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(computing.told).isNotDone();
        }
    }

    @Test
    void whoKeepsTheMonitorOfItsOwnThreadLosesTheLoopAllTheSame() throws Exception {
        try (var loops = EventLoops.start(oneLoop)) {
            EventLoop loop = loops.loop(0);
            var stop = new AtomicBoolean();
            var entered = new CountDownLatch(1);
            loop.inline(() -> {
                synchronized (Thread.currentThread()) { // as a library may that has a lock for each thread
                    entered.countDown();
                    while (!stop.get()) Thread.onSpinWait();
                }
            });
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
            var next = new CountDownLatch(1);
            loop.inline(next::countDown);

            boolean went = next.await(10, TimeUnit.SECONDS);
            stop.set(true);
            assertThat(went).isTrue();
        }
    }

    @Test
    void anInterruptEndsWithTheTaskThatWasMeant() throws Exception {
        try (var loops = EventLoops.start(oneLoop)) {
            EventLoop loop = loops.loop(0);
            var next = new CompletableFuture<Boolean>();
            loop.execute(() -> {
                loop.inline(() -> Thread.currentThread().interrupt());
                loop.inline(() -> next.complete(Thread.currentThread().isInterrupted()));
            });

            assertThat(next.get(10, TimeUnit.SECONDS)).isFalse();
        }
    }

    @Test
    void whatItThrowsIsReportedAlsoWhenItHasNoLoopAnyMore() throws Exception {
        try (var loops = EventLoops.start(oneLoop)) {
            EventLoop loop = loops.loop(0);
            loop.inline(new Promising(() -> {
                InlineTask.aboutToBlock();
                throw new IllegalStateException("after it gave the loop away");
            }));
            assertThat(faults.awaitFailure()).hasMessageContaining("after it gave the loop away");
            var owner = new CompletableFuture<Boolean>();
            loop.execute(() -> owner.complete(loop.isOwner()));
            assertThat(owner.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void afterTheEndOfTheLoopItRunsElsewhere() throws Exception {
        EventLoop loop;
        try (var loops = EventLoops.start(oneLoop)) {
            loop = loops.loop(0);
        }
        var name = new CompletableFuture<String>();
        loop.inline(() -> name.complete(Thread.currentThread().getName()));
        assertThat(name.get(10, TimeUnit.SECONDS)).startsWith("dormouse-late-");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
