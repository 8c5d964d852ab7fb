package org.dormouse.poller.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The platform threads of the loops: one holds each loop, the others are stuck in continuations, or spare. The lock guards the lists, for a
 * few instructions at a time; it is taken by the sentinel, by starts, and by threads that have just lost a loop or are about to; never by a
 * loop's owner.
 */
final class Spares {
    /** How many spare threads there are at least, most of the time, once a loop was taken away. */
    private static final int READY = 4;

    private final long stackBytes;
    private final @Nullable ClassLoader contextLoader = Thread.currentThread().getContextClassLoader();
    private final Object lock = new Object();
    private final ArrayDeque<Worker> idle = new ArrayDeque<>();
    private final List<Worker> holders = new ArrayList<>();
    private final List<Worker> stuck = new ArrayList<>();
    private boolean isClosing;

    private final AtomicInteger created = new AtomicInteger();

    /** Starts threads; a start returns only when the new thread has got a processor, and there may be a crowd before it. */
    private final Thread maker;

    Spares(long stackBytes) {
        this.stackBytes = stackBytes;
        maker = Thread.ofPlatform()
                .name("dormouse-spares")
                .daemon(true)
                .inheritInheritableThreadLocals(false)
                .unstarted(this::makeReady);
    }

    // --- those that are ready

    /** A thread that runs and waits for a job; throws if the system gives none. */
    Worker reserve() {
        synchronized (lock) {
            Worker worker = idle.poll();
            if (worker != null) return worker;
        }
        return made();
    }

    private Worker made() {
        return new Worker(this, created.incrementAndGet(), stackBytes);
    }

    /** Sees to it that the next threads need not be started first. By the sentinel. */
    void keepReady() {
        synchronized (lock) {
            if (isClosing || idle.size() >= READY / 2) return;
        }
        if (maker.getState() == Thread.State.NEW) maker.start();
        LockSupport.unpark(maker);
    }

    /** Of all its threads: that of the thread which has made this. */
    @Nullable
    ClassLoader contextLoader() {
        return contextLoader;
    }

    private void makeReady() {
        while (isMissing()) {
            try {
                giveBack(made());
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
            if (isClosing) LockSupport.unpark(worker.thread());
        }
    }

    int idleCount() {
        synchronized (lock) {
            return idle.size();
        }
    }

    // --- those that hold a loop

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

    /** By the thread of {@code holder}, in a continuation: another one takes its loop. False if it holds none, or there is no other. */
    boolean giveAway(Worker holder) {
        Worker spare;
        try {
            spare = reserve();
        } catch (OutOfMemoryError e) {
            return false; // the system gives no thread now: the sentinel goes on trying
        }
        boolean isGiven;
        synchronized (lock) { // as long as it is held, nobody else takes the loop away
            EventLoop loop = holder.loop();
            isGiven = loop != null && handOver(loop, loop.ownership().state(), spare);
        }
        if (isGiven) holder.beginInTurn();
        else giveBack(spare);
        return isGiven;
    }

    /** Lets a thread hold {@code loop}, which nobody holds. */
    void run(EventLoop loop) {
        run(reserve(), loop);
    }

    private void run(Worker worker, EventLoop loop) {
        synchronized (lock) {
            holders.add(worker);
            worker.hold(loop);
        }
    }

    @Nullable
    Worker holderOf(EventLoop loop) {
        synchronized (lock) {
            for (Worker worker : holders) if (worker.loop() == loop) return worker;
            return null;
        }
    }

    /** Processor time that the holder of {@code loop} has used, for {@link #waitsForProcessor}. */
    long processorNanos(EventLoop loop) {
        Worker holder = holderOf(loop);
        return holder == null ? ProcessorTime.UNKNOWN : ProcessorTime.nanos(holder.processorTime());
    }

    /** Whether the holder of {@code loop} is ready to go on, but has got no processor since it had used {@code nanos}. */
    boolean waitsForProcessor(EventLoop loop, long nanos) {
        Worker holder = holderOf(loop);
        return holder != null && ProcessorTime.isWaitedFor(holder.processorTime(), nanos);
    }

    // --- those that are stuck

    /** Lets a spare thread run the continuations of a loop that stands still. */
    void help(EventLoop loop, long stoodAt) {
        Worker worker = reserve();
        synchronized (lock) {
            stuck(worker); // counts towards the limit: what it runs may hold it up as well
            worker.help(loop, stoodAt);
        }
    }

    /** The loop of {@code worker} was taken away from it. */
    void stuck(Worker worker) {
        synchronized (lock) {
            holders.remove(worker);
            worker.becomeStuck();
            stuck.add(worker);
        }
    }

    /** It was not: it had just left its continuation. */
    private void notStuck(Worker worker, EventLoop loop) {
        stuck.remove(worker);
        holders.add(worker);
        worker.becomeHolder(loop);
    }

    int stuckCount() {
        synchronized (lock) {
            stuck.removeIf(Worker::isBack);
            return stuck.size();
        }
    }

    /** Those that are stuck now. */
    List<Worker> stuck() {
        synchronized (lock) {
            return List.copyOf(stuck);
        }
    }

    /** Lowers the priority of {@code worker}, unless it has come back: then it may hold a loop by now. */
    boolean letGiveWay(Worker worker) {
        synchronized (lock) {
            return stuck.contains(worker) && worker.letGiveWay();
        }
    }

    // --- told by their threads

    /** It has done what it was stuck in. */
    void recovered(Worker worker) {
        synchronized (lock) {
            stuck.remove(worker);
            worker.becomeSpare();
        }
    }

    /** Its loop has ended. */
    void released(Worker worker) {
        synchronized (lock) {
            holders.remove(worker);
            worker.becomeSpare();
        }
    }

    /** Whether it is to wait for the next job. */
    boolean rest(Worker worker) {
        synchronized (lock) {
            if (isClosing) return false;
            idle.push(worker);
            return true;
        }
    }

    /** Whether it may end. Nobody can give a job to a thread that is not in the list any more. */
    boolean retire(Worker worker) {
        synchronized (lock) {
            return !worker.hasJob() && idle.remove(worker);
        }
    }

    /** Ends spare threads now, and the others when they become spare. */
    void close() {
        synchronized (lock) {
            isClosing = true;
            for (Worker worker : idle) LockSupport.unpark(worker.thread());
            LockSupport.unpark(maker);
        }
    }
}
