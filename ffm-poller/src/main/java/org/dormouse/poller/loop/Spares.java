package org.dormouse.poller.loop;

import java.io.File;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The platform threads of the loops: one holds each loop, the others are stuck in continuations, or spare. The lock guards the lists
 * and is taken by the sentinel, by starts, and by threads that have just lost a loop; never by a loop's owner.
 */
final class Spares {
    private static final long NOT_STANDING = -1;
    private static final long IDLE_NANOS = 10_000_000_000L;

    /** A stuck thread that used no processor for this many ticks waits for something; with less it might only be out of luck. */
    private static final long TICKS_WITHOUT_PROCESSOR = 50;

    private final long stackBytes;
    private final Object lock = new Object();
    private final ArrayDeque<Worker> idle = new ArrayDeque<>();
    private final List<Worker> holders = new ArrayList<>();
    private final List<Worker> stuck = new ArrayList<>();
    private int created;
    private boolean isClosing;

    Spares(long stackBytes) {
        this.stackBytes = stackBytes;
    }

    /** A thread that runs and waits for a job; throws if the system gives none. */
    Worker reserve() {
        synchronized (lock) {
            Worker worker = idle.poll();
            return worker != null ? worker : new Worker(++created);
        }
    }

    /** Takes back a thread that was not needed. */
    void giveBack(Worker worker) {
        synchronized (lock) {
            idle.push(worker);
        }
    }

    /** Lets a thread hold {@code loop}, which nobody holds. */
    void run(EventLoop loop) {
        run(reserve(), loop);
    }

    void run(Worker worker, EventLoop loop) {
        synchronized (lock) {
            worker.loop = loop;
            holders.add(worker);
            worker.begin(new Job(loop, NOT_STANDING));
        }
    }

    /** Lets a spare thread run the continuations of a loop that stands still. */
    void help(EventLoop loop, long stoodAt) {
        synchronized (lock) {
            Worker worker = reserve();
            stuck.add(worker); // counts towards the limit: what it runs may hold it up as well
            worker.begin(new Job(loop, stoodAt));
        }
    }

    /** To hold a loop, or to run the continuations of one that stands still. */
    private record Job(EventLoop loop, long stoodAt) {}

    /** The loop of {@code worker} was taken away from it. */
    void stuck(Worker worker) {
        synchronized (lock) {
            holders.remove(worker);
            worker.loop = null;
            stuck.add(worker);
        }
    }

    /** It was not: it had just left its continuation. */
    void notStuck(Worker worker, EventLoop loop) {
        synchronized (lock) {
            stuck.remove(worker);
            worker.loop = loop;
            holders.add(worker);
        }
    }

    private void recovered(Worker worker) {
        synchronized (lock) {
            stuck.remove(worker);
        }
    }

    private void released(Worker worker) {
        synchronized (lock) {
            holders.remove(worker);
            worker.loop = null;
        }
    }

    @Nullable
    Worker holderOf(EventLoop loop) {
        synchronized (lock) {
            for (Worker worker : holders) if (worker.loop == loop) return worker;
            return null;
        }
    }

    /** Processor time that the holder of {@code loop} has used, for {@link #waitsForProcessor}. */
    long processorNanos(EventLoop loop) {
        Worker holder = holderOf(loop);
        return holder == null ? ProcessorTime.UNKNOWN : ProcessorTime.nanos(holder.processorTime);
    }

    /** Whether the holder of {@code loop} is ready to go on, but has got no processor since it had used {@code nanos}. */
    boolean waitsForProcessor(EventLoop loop, long nanos) {
        Worker holder = holderOf(loop);
        return holder != null && ProcessorTime.isWaitedFor(holder.processorTime, nanos);
    }

    int stuckCount() {
        synchronized (lock) {
            return stuck.size();
        }
    }

    /** How many stuck threads have used the processor lately. */
    int computing(long tick) {
        synchronized (lock) {
            int count = 0;
            for (Worker worker : stuck) if (worker.computes(tick)) count++;
            return count;
        }
    }

    /** Ends spare threads now, and the others when they become spare. */
    void close() {
        synchronized (lock) {
            isClosing = true;
            for (Worker worker : idle) LockSupport.unpark(worker.thread);
        }
    }

    /** One platform thread, which does one job after another. */
    final class Worker {
        private final Thread thread;
        private volatile @Nullable Job job;
        private volatile @Nullable File processorTime;

        // under the lock
        private @Nullable EventLoop loop;
        private long processorNanos;
        private long processorTick;

        Worker(int number) {
            thread = Thread.ofPlatform()
                    .name("dormouse-loop-" + number)
                    .daemon(true)
                    .inheritInheritableThreadLocals(false)
                    .stackSize(stackBytes)
                    .unstarted(this::live);
            thread.start();
        }

        Thread thread() {
            return thread;
        }

        private void begin(Job next) {
            job = next;
            LockSupport.unpark(thread);
        }

        private void live() {
            processorTime = ProcessorTime.ofThisThread();
            while (true) {
                Job next = job;
                if (next != null) {
                    job = null;
                    work(next);
                    if (!rest()) return;
                }
                LockSupport.parkNanos(Spares.this, IDLE_NANOS);
                if (job == null && hasRetired()) return;
            }
        }

        private void work(Job next) {
            if (next.stoodAt != NOT_STANDING) {
                next.loop.continuations().runInstead(next.stoodAt);
                recovered(this);
            } else if (next.loop.run()) {
                released(this);
            } else {
                recovered(this);
            }
        }

        private boolean rest() {
            synchronized (lock) {
                if (isClosing) return false;
                idle.push(this);
                return true;
            }
        }

        /** Nobody can give a job to a thread that is not in the list any more. */
        private boolean hasRetired() {
            synchronized (lock) {
                return job == null && idle.remove(this);
            }
        }

        private boolean computes(long tick) {
            long nanos = ProcessorTime.nanos(processorTime);
            if (nanos == ProcessorTime.UNKNOWN || nanos != processorNanos) {
                processorNanos = nanos;
                processorTick = tick;
                return true;
            }
            return tick - processorTick <= TICKS_WITHOUT_PROCESSOR;
        }
    }
}
