package org.dormouse.poller.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.dormouse.poller.loop.EventLoop.Handler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Mailbox, run queue and registrations. */
@Timeout(30)
class QueuesTest {
    @Test
    void aRunQueueForgetsWhatWasStolenAndNothingElse() throws Exception {
        var queue = new RunQueue();
        var gone = new ReferenceQueue<Runnable>();
        var stolen = new ArrayList<Reference<Runnable>>();
        var kept = new ArrayList<Runnable>();
        for (int round = 0; round < 100; round++) { // round the ring, at every distance from its end
            for (int i = 0; i < 7; i++) queue.add(new Nothing());
            for (int i = 0; i < 4; i++) stolen.add(new WeakReference<>(queue.stealBefore(queue.end()), gone));
            queue.forget();
            for (int i = 0; i < 3; i++) kept.add(queue.takeBefore(queue.end()));
            assertThat(queue.isEmpty()).isTrue();
        }
        assertThat(kept).doesNotContainNull().doesNotHaveDuplicates();
        int collected = 0;
        for (int turns = 0; collected < stolen.size() && turns < 100; turns++) {
            System.gc();
            for (var each = gone.remove(50); each != null; each = gone.poll()) collected++;
        }
        assertThat(collected).isEqualTo(stolen.size());
    }

    /** One that is like no other. */
    private static final class Nothing implements Runnable {
        @Override
        public void run() {}
    }

    @Test
    void aMailboxKeepsTheOrderOfEachOfManySendersAndLosesNothing() throws Exception {
        int senders = 4;
        int each = 50_000;
        var mailbox = new Mailbox();
        int[] next = new int[senders];
        var target = new ArrayDeque<Runnable>();
        List<Thread> threads = new ArrayList<>();
        for (int sender = 0; sender < senders; sender++) {
            int own = sender;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < each; i++) {
                    int number = i;
                    mailbox.addTask(() -> {
                        if (next[own]++ != number) throw new AssertionError("sender " + own + " at " + number);
                    });
                }
            }));
        }
        int ran = 0;
        while (ran < senders * each) {
            mailbox.takeTasks(target);
            for (Runnable task = target.poll(); task != null; task = target.poll(), ran++) task.run();
        }
        for (Thread thread : threads) thread.join();
        assertThat(mailbox.isEmpty()).isTrue();
        assertThat(next).containsOnly(each);
    }

    @Test
    void whatCannotBeTakenOutOfAMailboxForLackOfMemoryStaysInItInItsOrder() {
        var mailbox = new Mailbox();
        var ran = new ArrayList<Integer>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            mailbox.addTask(() -> ran.add(number));
        }
        var target = new ArrayDeque<Runnable>() {
            int room = 2;

            @Override
            public boolean add(Runnable task) {
                if (room-- == 0) throw new OutOfMemoryError("for a test");
                return super.add(task);
            }
        };
        assertThatThrownBy(() -> mailbox.takeTasks(target)).isInstanceOf(OutOfMemoryError.class);
        assertThat(mailbox.waitingTasks()).isEqualTo(3);
        mailbox.takeTasks(target);
        target.forEach(Runnable::run);
        assertThat(ran).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void theSameRunnableMayBeInBothQueuesTwice() {
        var mailbox = new Mailbox();
        var queue = new RunQueue();
        int[] runs = {0};
        Runnable same = () -> runs[0]++;
        mailbox.addContinuation(same);
        mailbox.addContinuation(same);
        queue.add(same);
        queue.add(same);
        mailbox.takeContinuations(queue);
        for (Runnable next = queue.takeBefore(queue.end()); next != null; next = queue.takeBefore(queue.end()))
            next.run();
        assertThat(runs[0]).isEqualTo(4);
    }

    @Test
    void whatIsAddedBehindAPositionIsNotTakenBeforeIt() {
        var queue = new RunQueue();
        queue.add(() -> {});
        long end = queue.end();
        queue.add(() -> {});
        assertThat(queue.takeBefore(end)).isNotNull();
        assertThat(queue.takeBefore(end)).isNull();
        assertThat(queue.stealBefore(end)).isNull();
        assertThat(queue.isEmpty()).isFalse();
    }

    @Test
    void ownerAndThievesTakeEachElementOnceWhileTheQueueGrows() throws Exception {
        int count = 500_000;
        var queue = new RunQueue();
        var taken = new AtomicIntegerArray(count);
        var isOver = new AtomicBoolean();
        List<Thread> thieves = new ArrayList<>();
        for (int i = 0; i < 3; i++)
            thieves.add(Thread.ofPlatform().start(() -> {
                while (!isOver.get() || !queue.isEmpty()) {
                    Runnable next = queue.stealBefore(queue.end());
                    if (next != null) next.run();
                }
            }));
        var random = new Random(1);
        for (int added = 0; added < count; ) {
            for (int burst = random.nextInt(2000); burst > 0 && added < count; burst--) {
                int number = added++;
                queue.add(() -> taken.incrementAndGet(number));
            }
            for (int burst = random.nextInt(1000); burst > 0; burst--) {
                Runnable next = queue.takeBefore(queue.end());
                if (next == null) break;
                next.run();
            }
        }
        isOver.set(true);
        for (Thread thief : thieves) thief.join();
        for (int i = 0; i < count; i++)
            assertThat(taken.get(i)).as("element %d", i).isEqualTo(1);
    }

    @Test
    void aTokenOfAnEndedRegistrationFindsNobodyThoughItsSlotIsUsedAgain() {
        var registrations = new Registrations();
        Handler first = readiness -> {};
        Handler second = readiness -> {};
        long old = registrations.add(10, first);
        assertThat(registrations.find(old)).isSameAs(first);
        assertThat(registrations.remove(old)).isEqualTo(10);
        assertThat(registrations.find(old)).isNull();
        long fresh = registrations.add(10, second);
        assertThat((int) fresh).as("same slot").isEqualTo((int) old);
        assertThat(registrations.find(old)).isNull();
        assertThat(registrations.remove(old)).isNegative();
        assertThat(registrations.find(fresh)).isSameAs(second);
        assertThat(registrations.size()).isEqualTo(1);
    }

    @Test
    void tokensAreNeverNegativeAndManyRegistrationsKeepApart() {
        var registrations = new Registrations();
        var random = new Random(3);
        List<Long> tokens = new ArrayList<>();
        List<Handler> handlers = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            if (!tokens.isEmpty() && random.nextInt(3) == 0) {
                int index = random.nextInt(tokens.size());
                long token = tokens.remove(index);
                assertThat(registrations.find(token)).isSameAs(handlers.remove(index));
                registrations.remove(token);
                assertThat(registrations.find(token)).isNull();
            } else {
                Handler handler = new Handler() {
                    @Override
                    public void ready(int readiness) {}
                };
                tokens.add(registrations.add(i, handler));
                handlers.add(handler);
            }
        }
        assertThat(tokens)
                .doesNotHaveDuplicates()
                .allSatisfy(token -> assertThat(token).isNotNegative());
        for (int i = 0; i < tokens.size(); i++)
            assertThat(registrations.find(tokens.get(i))).isSameAs(handlers.get(i));
        assertThat(registrations.size()).isEqualTo(tokens.size());
    }
}
