package org.dormouse.poller.loop;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.poller.Interest;
import org.dormouse.poller.Poller;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * One poller with everything that happens on it. "Loop owner" is whoever holds the loop now and runs its code outside of any
 * continuation, not one thread for ever: a thread that gets stuck in a continuation loses the loop to another.
 *
 * <pre>
 *   turn:  poll -> handlers of events -> handlers that asked for another go -> tasks -> timeouts -> continuations -+
 *            ^                                                                                                     |
 *            +-----------------------------------------------------------------------------------------------------+
 * </pre>
 *
 * <p>Each step does what was there when it began; what that brings about comes in the next turn, after a poll. Continuations come last,
 * entered from this outermost frame, so when one of them costs its thread the loop, the new holder simply begins a turn.
 */
public final class EventLoop {
    /** Is told that something happened to a descriptor. Called by the loop's owner; must not block. */
    public interface Handler {
        /**
         * Something happened to what was registered.
         *
         * @param readiness bits of {@link org.dormouse.poller.Readiness}; 0 when asked for by {@link EventLoop#again}
         */
        void ready(int readiness);

        /** {@link #ready} threw, which is a bug and has been reported: the place to close what cannot be trusted any more. */
        default void failed(Throwable bug) {}
    }

    /** Ticks after which the rest of the continuations waits for the next turn, so that many short ones do not add up to a long one. */
    private static final long MAX_TICKS_OF_CONTINUATIONS = 4;

    private static final long NANOS_BETWEEN_FAILURES = 10_000_000;

    private final int index;
    private final Poller poller;
    private final NanoClock clock;
    private final Sentinel sentinel;
    private final Reporter reporter;
    private final boolean carriesThreads;
    private final boolean overwritesReadBuffer;

    // any thread
    private final Ownership ownership = new Ownership();
    private final Mailbox mailbox = new Mailbox();
    private final Executor carrier = this::schedule;
    private final AtomicLong steps = new AtomicLong();
    private final AtomicBoolean lateTasksRun = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Aid aid;
    private volatile boolean isClosing;
    private volatile boolean isClosed;

    // loop owner adds, any thread takes
    private final RunQueue started = new RunQueue();
    private final RunQueue resumed = new RunQueue();

    // loop owner only
    private final Registrations registrations = new Registrations();
    private final ArrayDeque<Handler> again = new ArrayDeque<>();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final TimerWheel timeouts;
    private final TimerWheel.Expiry expiry = this::expire;
    private final byte[] readBuffer = new byte[StreamSocket.MAX_TRANSFER];
    private boolean isStarting;
    private boolean resumedFirst;

    /** The continuation that was entered last; the sentinel samples it, so it may be a little old. */
    private @Nullable Runnable entered;

    /** Continuations of another loop that have waited too long. */
    record Aid(RunQueue queue, long end) {}

    EventLoop(
            int index,
            Poller poller,
            NanoClock clock,
            Sentinel sentinel,
            Reporter reporter,
            boolean carriesThreads,
            boolean overwritesReadBuffer) {
        this.index = index;
        this.poller = poller;
        this.clock = clock;
        this.sentinel = sentinel;
        this.reporter = reporter;
        this.carriesThreads = carriesThreads;
        this.overwritesReadBuffer = overwritesReadBuffer;
        timeouts = new TimerWheel(clock.nanoTime());
    }

    /** Position among the loops of its server, from 0. */
    public int index() {
        return index;
    }

    /**
     * Watches a connection for input, output and hang-up, once for its life; what is ready already is reported too. Loop owner.
     *
     * @return names this registration, for {@link #deregister}
     */
    public long register(StreamSocket socket, Handler handler) throws IOException {
        return register(socket.descriptor(), Interest.READ_AND_WRITE, handler);
    }

    /** Watches a listening socket for connections to accept. Loop owner. */
    public long register(ListenSocket socket, Handler handler) throws IOException {
        return register(socket.descriptor(), Interest.READ, handler);
    }

    private long register(int descriptor, Interest interest, Handler handler) throws IOException {
        assert isOwner();
        long token = registrations.add(descriptor, handler);
        try {
            poller.add(descriptor, interest, token);
        } catch (IOException e) {
            registrations.remove(token);
            throw e;
        }
        return token;
    }

    /** Ends the watch; events that were taken already reach nobody. Loop owner; before {@code close}. A second call does nothing. */
    public void deregister(long token) {
        assert isOwner();
        int descriptor = registrations.remove(token);
        if (descriptor < 0) return;
        try {
            poller.remove(descriptor);
        } catch (IOException e) {
            reporter.failed(index, "end of a watch", null, e);
        }
    }

    /** Calls {@code handler} in the next turn with readiness 0. Loop owner. For whoever stops before "would block": there is no second edge. */
    public void again(Handler handler) {
        assert isOwner();
        again.add(handler);
    }

    /**
     * Runs {@code task} as the owner of this loop; after the loop was closed, on some other thread, still one at a time. Any thread; tasks
     * of one caller keep their order. Never throws, never blocks.
     */
    public void execute(Runnable task) {
        mailbox.addTask(task);
        mailFor();
    }

    /**
     * Runs {@code body} in a new virtual thread carried by this loop. Any thread; if the loop's owner calls, it runs in the same turn,
     * after the caller has returned.
     *
     * @throws UnsupportedOperationException if this loop does not {@linkplain #carriesThreads carry threads}
     */
    public void carry(Runnable body) {
        if (!carriesThreads) throw new UnsupportedOperationException("this loop carries no threads");
        if (!isOwner() && !isClosed) {
            // By way of the owner, so that it counts as new where new ones are held back.
            execute(() -> carry(body));
            return;
        }
        Thread thread = CarriedThreads.create(carrier, body);
        isStarting = true;
        try {
            thread.start();
        } finally {
            isStarting = false;
        }
    }

    /** Whether this loop can {@link #carry}. Any thread. */
    public boolean carriesThreads() {
        return carriesThreads;
    }

    /** Whether so many continuations compute already that a new one would only wait: time to answer 503. Any thread. */
    public boolean isOverloaded() {
        return !sentinel.admitsNew();
    }

    /**
     * Whether the caller is this loop's code, or a continuation that it runs and still holds it. In a continuation "still" may end at any
     * moment, so only a true answer of {@link #isOwner} allows to touch what belongs to the loop.
     */
    public boolean isHeld() {
        return ownership.isHeldBy(CarriedThreads.currentCarrier());
    }

    /** Whether the caller is this loop's own code, outside of any continuation; stays true until it returns. */
    public boolean isOwner() {
        return ownership.isOwner(Thread.currentThread());
    }

    /** The loop's clock; never negative. Any thread. */
    public long nanoTime() {
        return clock.nanoTime();
    }

    /** Scratch for {@link StreamSocket#receive}, {@link StreamSocket#MAX_TRANSFER} bytes. Loop owner; overwritten in between. */
    public byte[] readBuffer() {
        assert isOwner();
        return readBuffer;
    }

    /** Makes sure that {@code timeout} is looked at when its deadline comes. Loop owner. Cheap if it is already. */
    public void schedule(Timeout timeout) {
        assert isOwner();
        timeouts.plan(timeout);
    }

    /** How many descriptors are watched. Loop owner. */
    public int registered() {
        return registrations.size();
    }

    /**
     * The scheduler of the carried threads: lock-free, and whatever happens between the entry of a continuation and its end goes to the
     * mailbox, even if the thread that entered it still holds the loop.
     */
    private void schedule(Runnable continuation) {
        if (isOwner() && !isClosed) {
            (isStarting ? started : resumed).add(continuation);
        } else {
            mailbox.addContinuation(continuation);
            mailFor();
        }
    }

    private void mailFor() {
        if (isClosed) passOn();
        else if (ownership.mustWakeUp()) poller.wakeUp();
    }

    // --- the holder's part

    /**
     * Runs the loop on the calling platform thread.
     *
     * @return true when the loop was closed; false when it was taken away: then nothing of it may be touched any more
     */
    boolean run() {
        long thread = Thread.currentThread().threadId();
        ownership.hold(thread);
        while (!isClosing) {
            if (!turn(thread, true)) return false;
        }
        end();
        return true;
    }

    /** One turn of the caller, who holds the loop: what a test does instead of {@link #run}. */
    boolean turn(boolean mayWait) {
        long thread = Thread.currentThread().threadId();
        ownership.hold(thread);
        return turn(thread, mayWait);
    }

    private boolean turn(long thread, boolean mayWait) {
        try {
            int repeats = again.size();
            int events = poll(mayWait);
            if (events > 0) sentinel.watch();
            tellOfEvents(events);
            for (int i = 0; i < repeats; i++) tell(again.remove(), 0);
            runTasks();
            timeouts.advance(clock.nanoTime(), expiry);
            return runContinuations(thread);
        } catch (Throwable e) {
            // A handler's or a task's bug ends where it was called. This is the poller's, or the end of the memory: no
            // reason to give up
            // every connection of this loop.
            reporter.failed(index, "poller", null, e);
            LockSupport.parkNanos(this, NANOS_BETWEEN_FAILURES);
            return true;
        }
    }

    private int poll(boolean mayWait) throws IOException {
        if (!mayWait || hasWork()) return poller.await(0);
        entered = null;
        ownership.beginWaiting();
        try {
            // Again, now that everyone who brings work will see that this loop waits.
            return hasWork() ? poller.await(0) : poller.await(timeouts.nanosToNext(clock.nanoTime()));
        } finally {
            ownership.endWaiting();
        }
    }

    /** Whether the next poll must not wait. Loop owner. */
    boolean hasWork() {
        return !again.isEmpty()
                || !mailbox.isEmpty()
                || (!resumed.isEmpty() && sentinel.admitsAny())
                || (!started.isEmpty() && sentinel.admitsNew())
                || aid != null
                || isClosing;
    }

    private void tellOfEvents(int events) {
        for (int i = 0; i < events; i++) {
            long token = poller.token(i);
            if (token < 0) continue;
            Handler handler = registrations.find(token);
            if (handler != null) tell(handler, poller.readiness(i));
        }
    }

    private void tell(Handler handler, int readiness) {
        step();
        try {
            handler.ready(readiness);
        } catch (Throwable bug) {
            reporter.failed(index, "handler", handler, bug);
            try {
                handler.failed(bug);
            } catch (Throwable another) {
                reporter.failed(index, "closing of handler", handler, another);
            }
        }
    }

    private void runTasks() {
        mailbox.takeTasks(tasks);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) run(task);
    }

    private void run(Runnable task) {
        step();
        try {
            task.run();
        } catch (Throwable bug) {
            reporter.failed(index, "task", task, bug);
        }
    }

    private void expire(Timeout timeout) {
        step();
        try {
            timeout.expireAt(Timeout.NEVER);
            timeout.expired();
        } catch (Throwable bug) {
            reporter.failed(index, "timeout", timeout, bug);
        }
    }

    /** Whoever watches from outside sees that the loop goes on. */
    private void step() {
        steps.setOpaque(steps.getPlain() + 1);
    }

    private boolean runContinuations(long thread) {
        mailbox.takeContinuations(resumed);
        long resumedEnd = resumed.end();
        long startedEnd = started.end();
        if (resumed.isEmpty() && started.isEmpty() && aid == null) return true;
        sentinel.watch();
        long deadline = sentinel.tick() + MAX_TICKS_OF_CONTINUATIONS;
        resumedFirst = !resumedFirst;
        if (resumedFirst) {
            return runResumed(resumedEnd, deadline, thread)
                    && runStarted(startedEnd, deadline, thread)
                    && runOthers(deadline, thread);
        }
        return runStarted(startedEnd, deadline, thread)
                && runResumed(resumedEnd, deadline, thread)
                && runOthers(deadline, thread);
    }

    private boolean runResumed(long end, long deadline, long thread) {
        while (sentinel.admitsAny() && sentinel.tick() < deadline) {
            Runnable next = resumed.takeBefore(end);
            if (next == null) return true;
            if (!enter(next, thread)) return false;
        }
        return true;
    }

    private boolean runStarted(long end, long deadline, long thread) {
        while (sentinel.admitsNew() && sentinel.tick() < deadline) {
            Runnable next = started.takeBefore(end);
            if (next == null) return true;
            if (!enter(next, thread)) return false;
        }
        return true;
    }

    /** Helps another loop out, if the sentinel asked for it. */
    private boolean runOthers(long deadline, long thread) {
        Aid asked = aid;
        if (asked == null) return true;
        aid = null;
        while (sentinel.admitsNew() && sentinel.tick() < deadline) {
            Runnable next = asked.queue().stealBefore(asked.end());
            if (next == null) return true;
            if (!enter(next, thread)) return false;
        }
        return true;
    }

    /**
     * Runs a continuation until it ends or yields.
     *
     * @return false if the loop was taken away meanwhile: every caller returns at once, without reading a field
     */
    private boolean enter(Runnable continuation, long thread) {
        if (overwritesReadBuffer) Arrays.fill(readBuffer, (byte) 0xA5);
        step();
        entered = continuation;
        long tick = sentinel.tick();
        ownership.enter(tick);
        try {
            continuation.run();
        } catch (Throwable bug) {
            reporter.failed(index, "continuation", null, bug);
        }
        return ownership.leave(tick, thread);
    }

    // --- the sentinel's part

    Ownership ownership() {
        return ownership;
    }

    long steps() {
        return steps.getOpaque();
    }

    RunQueue started() {
        return started;
    }

    RunQueue resumed() {
        return resumed;
    }

    boolean isClosed() {
        return isClosed;
    }

    /** The virtual thread that was entered last, if it can be told. */
    @Nullable
    Thread enteredThread() {
        Runnable last = entered;
        return last == null ? null : CarriedThreads.threadOf(last);
    }

    void wakeUp() {
        if (ownership.mustWakeUp()) poller.wakeUp();
    }

    void help(Aid other) {
        aid = other;
        wakeUp();
    }

    /** Runs this loop's ready continuations on the calling thread, for as long as its owner stands still at {@code steps}. */
    void runContinuationsInstead(long stoodAt) {
        while (steps() == stoodAt) {
            Runnable next = resumed.stealBefore(resumed.end());
            if (next == null) next = mailbox.pollContinuation();
            if (next == null) next = started.stealBefore(started.end());
            if (next == null) return;
            try {
                next.run();
            } catch (Throwable bug) {
                reporter.failed(index, "continuation", null, bug);
            }
        }
    }

    boolean hasReadyContinuations() {
        return !started.isEmpty() || !resumed.isEmpty() || mailbox.hasContinuations();
    }

    // --- the end

    /** Asks the loop to end; {@link #awaitEnd} waits for it. Any thread. */
    void close() {
        isClosing = true;
        wakeUp();
    }

    /** Returns false if the loop goes on after {@code nanos}. */
    boolean awaitEnd(long nanos) throws InterruptedException {
        return ended.await(nanos, java.util.concurrent.TimeUnit.NANOSECONDS);
    }

    /** Loop owner. What is ready, and what comes later, goes on elsewhere. */
    void end() {
        runTasks();
        // Given up before late tasks can begin, whose thread holds what is left of the loop.
        ownership.release();
        isClosed = true;
        poller.close();
        Executor late = LateCarrier.executor();
        for (Runnable next = resumed.takeBefore(resumed.end()); next != null; next = resumed.takeBefore(resumed.end()))
            late.execute(next);
        for (Runnable next = started.takeBefore(started.end()); next != null; next = started.takeBefore(started.end()))
            late.execute(next);
        ended.countDown();
        passOn();
    }

    /** Any thread, after the end. */
    private void passOn() {
        Executor late = LateCarrier.executor();
        for (Runnable next = mailbox.pollContinuation(); next != null; next = mailbox.pollContinuation())
            late.execute(next);
        if (mailbox.hasTasks() && lateTasksRun.compareAndSet(false, true)) late.execute(this::runLateTasks);
    }

    /** One thread at a time, which holds what is left of the loop meanwhile. */
    private void runLateTasks() {
        ownership.hold(Thread.currentThread().threadId());
        for (Runnable task = mailbox.pollTask(); task != null; task = mailbox.pollTask()) run(task);
        ownership.release();
        lateTasksRun.set(false);
        passOn();
    }
}
