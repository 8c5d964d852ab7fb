package org.dormouse.poller.loop;

import java.io.File;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.poller.ThreadPriority;
import org.jspecify.annotations.Nullable;

/**
 * The platform threads of the loops: one holds each loop, the others are stuck in continuations, or spare. The lock guards the lists
 * and is taken by the sentinel, by starts, and by threads that have just lost a loop; never by a loop's owner.
 */
final class Spares {
    private static final long NOT_STANDING = -1;
    private static final long IDLE_NANOS = 10_000_000_000L;

    /** Of those that hold a loop or will: long enough for most turns, and shorter than that of whoever computes. */
    private static final long SLICE_NANOS = 500_000;

    /** How many spare threads there are at least, most of the time, once a loop was taken away. */
    private static final int READY = 4;

    /** How many stuck threads the kernel is asked about at a time: a look takes about ten microseconds. */
    private static final int MAX_LOOKS = 8;

    /** A stuck thread that is seen to compute this often in a row is no short one. */
    private static final int LOOKS_BEFORE_GIVING_WAY = 2;

    /** A thread that the JVM calls runnable and the kernel asleep: longer than a stop for garbage, which looks like that. */
    private static final int LOOKS_IN_KERNEL = 8;

    private final long stackBytes;
    private final boolean letsGiveWay;
    private final int processors = Runtime.getRuntime().availableProcessors();
    private final Object lock = new Object();
    private final ArrayDeque<Worker> idle = new ArrayDeque<>();
    private final List<Worker> holders = new ArrayList<>();
    private final List<Worker> stuck = new ArrayList<>();
    private int looks;
    private boolean isClosing;

    private final AtomicInteger created = new AtomicInteger();

    /** Starts threads; a start returns only when the new thread has got a processor, and there may be a crowd before it. */
    private final Thread maker;

    /** @param letsGiveWay whether stuck threads get a lower priority when more of them compute than there are processors */
    Spares(long stackBytes, boolean letsGiveWay) {
        this.stackBytes = stackBytes;
        this.letsGiveWay = letsGiveWay;
        maker = Thread.ofPlatform()
                .name("dormouse-spares")
                .daemon(true)
                .inheritInheritableThreadLocals(false)
                .unstarted(this::makeReady);
    }

    /** A thread that runs and waits for a job; throws if the system gives none. */
    Worker reserve() {
        synchronized (lock) {
            Worker worker = idle.poll();
            if (worker != null) return worker;
        }
        return new Worker(created.incrementAndGet());
    }

    /** Sees to it that the next threads need not be started first. By the sentinel. */
    void keepReady() {
        synchronized (lock) {
            if (isClosing || idle.size() >= READY / 2) return;
        }
        if (maker.getState() == Thread.State.NEW) maker.start();
        LockSupport.unpark(maker);
    }

    private void makeReady() {
        while (isMissing()) {
            try {
                giveBack(new Worker(created.incrementAndGet()));
            } catch (OutOfMemoryError e) {
                LockSupport.park(this); // the system gives none now; who reserves one will hear of it
            }
        }
    }

    /** Waits until spares are few; false at the end. */
    private boolean isMissing() {
        while (true) {
            synchronized (lock) {
                if (isClosing) return false;
                if (idle.size() < READY) return true;
            }
            LockSupport.park(this);
        }
    }

    /** Takes back a thread that was not needed. */
    void giveBack(Worker worker) {
        synchronized (lock) {
            idle.push(worker);
            if (isClosing) LockSupport.unpark(worker.thread);
        }
    }

    /**
     * Takes {@code loop} from the thread that has been in a continuation of it since tick {@code enteredAt}, and lets a spare hold it.
     *
     * @return the spare; null if it has left that continuation: nothing has changed then
     */
    @Nullable
    Worker handOver(EventLoop loop, long enteredAt) {
        // A thread that cannot be had is missed before the loop is taken from the one it has.
        Worker spare = reserve();
        if (handOver(loop, enteredAt, spare)) return spare;
        giveBack(spare);
        return null;
    }

    private boolean handOver(EventLoop loop, long enteredAt, Worker spare) {
        synchronized (lock) { // the sentinel and the holder may both want it
            Worker holder = holderOf(loop);
            // Before it can come back and look for itself among the stuck.
            if (holder != null) stuck(holder);
            if (loop.ownership().takeAway(enteredAt)) {
                run(spare, loop);
                return true;
            }
            if (holder != null) notStuck(holder, loop);
            return false;
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
        Worker worker = reserve();
        stuck(worker); // counts towards the limit: what it runs may hold it up as well
        synchronized (lock) {
            worker.begin(new Job(loop, stoodAt));
        }
    }

    /** To hold a loop, or to run the continuations of one that stands still. */
    private record Job(EventLoop loop, long stoodAt) {}

    /** The loop of {@code worker} was taken away from it. */
    void stuck(Worker worker) {
        synchronized (lock) {
            if (worker.loop != null) worker.thread.setName(nameOfHolder(worker.loop) + "-stuck");
            holders.remove(worker);
            worker.loop = null;
            worker.isBack = false;
            worker.isKnownToWait = false;
            worker.looksComputing = 0;
            stuck.add(worker);
        }
    }

    /** It was not: it had just left its continuation. */
    private void notStuck(Worker worker, EventLoop loop) {
        synchronized (lock) {
            stuck.remove(worker);
            worker.loop = loop;
            holders.add(worker);
            worker.thread.setName(nameOfHolder(loop));
        }
    }

    private static String nameOfHolder(EventLoop loop) {
        return "dormouse-loop-" + loop.index();
    }

    private void recovered(Worker worker) {
        if (worker.givesWay) worker.givesWay = !ThreadPriority.restore(worker.nice);
        // One that still gives way ends; not with the lock in its hands, for it may be kept waiting, and the sentinel
        // with it.
        worker.isBack = true;
        if (worker.givesWay) return;
        synchronized (lock) {
            stuck.remove(worker);
        }
        worker.thread.setName(worker.nameOfSpare());
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

    int idleCount() {
        synchronized (lock) {
            return idle.size();
        }
    }

    int stuckCount() {
        synchronized (lock) {
            stuck.removeIf(worker -> worker.isBack);
            return stuck.size();
        }
    }

    /**
     * How many stuck threads crowd the loops out: those that compute and have not been made to give way. Looks at a few of them at each
     * call, first at those that are not known to wait. More than one for each processor are made to give way, if that is possible.
     *
     * @param harmless so many need not be looked at
     */
    int crowding(int harmless) {
        synchronized (lock) {
            if (stuck.size() <= Math.min(harmless, processors)) return stuck.size();
            lookAtSome();
            int count = 0;
            for (Worker worker : stuck) if (worker.crowds()) count++;
            if (!letsGiveWay || count <= processors) return count;
            for (Worker worker : stuck) if (worker.crowds() && worker.letGiveWay()) count--;
            return count;
        }
    }

    private void lookAtSome() {
        int left = MAX_LOOKS;
        for (int i = 0; i < stuck.size() && left > 0; i++) {
            Worker worker = stuck.get((looks + i) % stuck.size());
            if (!worker.crowds()) continue;
            worker.look();
            left--;
        }
        for (int i = 0; i < stuck.size() && left > 0; i++) {
            Worker worker = stuck.get((looks + i) % stuck.size());
            if (!worker.isKnownToWait) continue;
            worker.look();
            left--;
        }
        looks = (looks + MAX_LOOKS) % stuck.size();
    }

    /**
     * Finds who broke the promise of an {@link InlineTask}: among the stuck, those that wait, be it for a lock or in the kernel, rather than
     * compute. By the sentinel.
     *
     * @return whether some are to be looked at again
     */
    boolean tellBlocked(Reporter reporter) {
        synchronized (lock) {
            boolean again = false;
            for (Worker worker : stuck) again |= worker.isSuspect(reporter);
            return again;
        }
    }

    /** Ends spare threads now, and the others when they become spare. */
    void close() {
        synchronized (lock) {
            isClosing = true;
            for (Worker worker : idle) LockSupport.unpark(worker.thread);
            LockSupport.unpark(maker);
        }
    }

    /** One platform thread, which does one job after another. */
    final class Worker {
        private final int number;
        private final LoopThread thread;
        private volatile @Nullable Job job;
        private volatile @Nullable File processorTime;
        private volatile boolean givesWay;
        private volatile boolean isBack;

        // its thread only
        private int nice;

        // under the lock
        private @Nullable EventLoop loop;
        private boolean isKnownToWait;
        private int looksComputing;
        private long asleepNanos = ProcessorTime.UNKNOWN;
        private int looksAsleep;

        Worker(int number) {
            this.number = number;
            thread = new LoopThread(this, nameOfSpare(), this::live, stackBytes);
            thread.start();
        }

        LoopThread thread() {
            return thread;
        }

        /** By its thread, in a continuation. */
        boolean giveLoopAway() {
            Worker spare = reserve();
            boolean isGiven;
            synchronized (lock) { // as long as it is held, nobody else takes the loop away
                isGiven = loop != null && handOver(loop, loop.ownership().state(), spare);
            }
            if (isGiven) beginInTurn();
            else giveBack(spare);
            return isGiven;
        }

        private boolean isSuspect(Reporter reporter) {
            InlineTask task = thread.inline();
            if (task == null || task.isSettled()) return false;
            if (!task.isBlockedForLong(isBlocked())) return true;
            StackTraceElement[] stack = thread.getStackTrace();
            reporter.note(() -> task.tell(stack));
            return false;
        }

        private boolean isBlocked() {
            return switch (thread.getState()) {
                case BLOCKED, WAITING, TIMED_WAITING -> true;
                case RUNNABLE -> isAsleep(); // in native code, perhaps
                case NEW, TERMINATED -> false;
            };
        }

        private boolean isAsleep() {
            looksAsleep = ProcessorTime.isAsleep(processorTime, asleepNanos) ? looksAsleep + 1 : 0;
            if (looksAsleep == 0) asleepNanos = ProcessorTime.nanos(processorTime);
            return looksAsleep >= LOOKS_IN_KERNEL;
        }

        private void begin(Job next) {
            job = next;
            LockSupport.unpark(thread);
        }

        private void live() {
            processorTime = ProcessorTime.ofThisThread();
            nice = ThreadPriority.nice();
            ThreadPriority.beginAtOnce(ThreadPriority.SELF, SLICE_NANOS);
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
                thread.setName(nameOfHolder(next.loop) + "-help");
                next.loop.continuations().runInstead(next.stoodAt);
                recovered(this);
                return;
            }
            if (runLoop(next.loop)) released(this);
            else recovered(this);
        }

        /** By the thread itself, so that the kernel's tools show the name too. */
        private boolean runLoop(EventLoop held) {
            thread.setName(nameOfHolder(held));
            return held.run();
        }

        private String nameOfSpare() {
            return "dormouse-spare-" + number;
        }

        private boolean rest() {
            if (givesWay) return false;
            ThreadPriority.beginAtOnce(ThreadPriority.SELF, SLICE_NANOS);
            synchronized (lock) {
                if (isClosing) return false;
                idle.push(this);
            }
            return true;
        }

        /** Nobody can give a job to a thread that is not in the list any more. */
        private boolean hasRetired() {
            synchronized (lock) {
                return job == null && idle.remove(this);
            }
        }

        /** Its loop was taken away: it is no longer one that works for a moment at a time. */
        void beginInTurn() {
            ThreadPriority.beginInTurn(ProcessorTime.number(processorTime));
        }

        private void look() {
            isKnownToWait = ProcessorTime.demand(processorTime) == ProcessorTime.Demand.WAITS;
            looksComputing = isKnownToWait ? 0 : looksComputing + 1;
        }

        private boolean crowds() {
            return !isKnownToWait && !givesWay;
        }

        private boolean letGiveWay() {
            givesWay = looksComputing >= LOOKS_BEFORE_GIVING_WAY
                    && ThreadPriority.giveWay(ProcessorTime.number(processorTime));
            return givesWay;
        }
    }
}
