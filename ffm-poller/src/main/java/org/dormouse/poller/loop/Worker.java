package org.dormouse.poller.loop;

import java.io.File;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.poller.ThreadPriority;
import org.jspecify.annotations.Nullable;

/** One platform thread of {@link Spares}, which does one job after another. */
final class Worker {
    private static final long NOT_STANDING = -1;
    private static final long IDLE_NANOS = 10_000_000_000L;

    /** Of those that hold a loop or will: long enough for most turns, and shorter than that of whoever computes. */
    private static final long SLICE_NANOS = 500_000;

    private final Spares spares;
    private final String nameOfSpare;
    private final LoopThread thread;
    private final Demeanour demeanour = new Demeanour();
    private volatile @Nullable Job job;
    private volatile @Nullable File processorTime;
    private volatile boolean givesWay;
    private volatile boolean isBack;

    // its thread only
    private int nice;
    private boolean ends;

    // written under the lock of the spares
    private @Nullable EventLoop loop;
    /** What the thread is to be called; see {@link #showTitle}. */
    private volatile String title;

    /** Starts the thread; throws if the system gives none. */
    Worker(Spares spares, int number, long stackBytes) {
        this.spares = spares;
        nameOfSpare = "dormouse-spare-" + number;
        title = nameOfSpare;
        thread = new LoopThread(this, title, this::live, stackBytes, spares.contextLoader());
        thread.start();
    }

    /** To hold a loop, or to run the continuations of one that stands still. */
    private record Job(EventLoop loop, long stoodAt) {}

    LoopThread thread() {
        return thread;
    }

    /** Where its processor time can be asked for; null before it runs, and where the system has no such place. */
    @Nullable
    File processorTime() {
        return processorTime;
    }

    /** What the sentinel has seen of it since it got stuck. */
    Demeanour demeanour() {
        return demeanour;
    }

    /** By its thread, in a continuation. */
    boolean giveLoopAway() {
        return spares.giveAway(this);
    }

    // --- under the lock of the spares

    @Nullable
    EventLoop loop() {
        return loop;
    }

    /** Lets it hold {@code held}, which nobody holds. */
    void hold(EventLoop held) {
        becomeHolder(held);
        begin(new Job(held, NOT_STANDING));
    }

    /** Lets it run the continuations of a loop that stands still at step {@code stoodAt}. */
    void help(EventLoop other, long stoodAt) {
        title = nameOfHolder(other) + "-help";
        begin(new Job(other, stoodAt));
    }

    void becomeHolder(EventLoop held) {
        loop = held;
        title = nameOfHolder(held);
    }

    void becomeStuck() {
        EventLoop lost = loop;
        if (lost != null) title = nameOfHolder(lost) + "-stuck";
        loop = null;
        isBack = false;
        demeanour.forget();
    }

    void becomeSpare() {
        loop = null;
        title = nameOfSpare;
    }

    /** Whether its thread gets a lower priority from now on, until its continuation ends. */
    boolean letGiveWay() {
        givesWay = ThreadPriority.giveWay(ProcessorTime.number(processorTime));
        return givesWay;
    }

    private void begin(Job next) {
        job = next;
        LockSupport.unpark(thread);
    }

    private static String nameOfHolder(EventLoop held) {
        return "dormouse-loop-" + held.index();
    }

    // --- any thread

    /** Whether it has done what it was stuck in, though it may still be on its way back. */
    boolean isBack() {
        return isBack;
    }

    boolean givesWay() {
        return givesWay;
    }

    boolean hasJob() {
        return job != null;
    }

    /** Its loop was taken away: it is no longer one that works for a moment at a time. */
    void beginInTurn() {
        ThreadPriority.beginInTurn(ProcessorTime.number(processorTime));
    }

    boolean showsTitle() {
        return thread.getName().equals(title);
    }

    /**
     * Gives the thread its name. Not for the sentinel, nor with a lock held: setting a name takes the monitor of the thread, which is what an
     * inline task gets from {@code Thread.currentThread()}, and may hold for as long as it likes.
     */
    void showTitle() {
        String shown;
        do {
            shown = title;
            thread.setName(shown);
        } while (!shown.equals(title));
    }

    // --- its thread

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
            LockSupport.parkNanos(spares, IDLE_NANOS);
            if (job == null && spares.retire(this)) return;
        }
    }

    private void work(Job next) {
        showTitle(); // by the thread itself, so that the kernel's tools show the name too
        if (next.stoodAt != NOT_STANDING) {
            next.loop.continuations().runInstead(next.stoodAt);
            comeBack();
        } else if (next.loop.run()) {
            spares.released(this);
        } else {
            comeBack();
        }
    }

    private void comeBack() {
        if (givesWay) givesWay = !ThreadPriority.restore(nice);
        // One that still gives way ends; not with the lock in its hands, for it may be kept waiting, and the sentinel
        // with it.
        isBack = true;
        if (givesWay) return;
        spares.recovered(this);
        showTitle();
    }

    void endWhenBack() {
        ends = true;
    }

    private boolean rest() {
        if (givesWay || ends) return false;
        ThreadPriority.beginAtOnce(ThreadPriority.SELF, SLICE_NANOS);
        return spares.rest(this);
    }
}
