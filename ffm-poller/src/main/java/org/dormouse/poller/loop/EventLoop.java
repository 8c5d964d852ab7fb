package org.dormouse.poller.loop;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.dormouse.poller.Interest;
import org.dormouse.poller.Poller;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.StreamSocket;

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
public final class EventLoop implements Executor {
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

    private static final long NANOS_BETWEEN_FAILURES = 10_000_000;

    private final int index;
    private final Poller poller;
    private final NanoClock clock;
    private final Sentinel sentinel;
    private final Reporter reporter;
    private final boolean carriesThreads;

    // any thread
    private final Ownership ownership = new Ownership();
    private final Mailbox mailbox = new Mailbox();
    private final Continuations continuations;
    private final LoopCounts counts;
    private final Executor carrier = this::schedule;
    private final AtomicBoolean lateTasksRun = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean isClosing;
    private volatile boolean isClosed;

    // loop owner only
    private final Registrations registrations = new Registrations();
    private final ArrayDeque<Handler> again = new ArrayDeque<>();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final TimerWheel timeouts;
    private final TimerWheel.Expiry expiry = this::expire;
    private long turnNanos;
    private final byte[] readBuffer = new byte[StreamSocket.MAX_TRANSFER];

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
        continuations = new Continuations(
                index, ownership, mailbox, sentinel, reporter, overwritesReadBuffer ? readBuffer : null);
        counts = continuations.counts();
        turnNanos = clock.nanoTime();
        timeouts = new TimerWheel(turnNanos);
    }

    /** Position among the loops of its server, from 0. */
    public int index() {
        return index;
    }

    /** What this loop has done, for whoever looks after the server. Any thread. */
    public LoopCounts counts() {
        return counts;
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
        return register(socket.descriptor(), socket.isShared() ? Interest.READ_SHARED : Interest.READ, handler);
    }

    private long register(int descriptor, Interest interest, Handler handler) throws IOException {
        assert isOwner();
        long token = registrations.add(descriptor, handler);
        try {
            poller.add(descriptor, interest, token);
        } catch (IOException | RuntimeException | Error e) {
            registrations.remove(token);
            throw e;
        }
        return token;
    }

    /** Ends the watch; events that were taken already reach nobody. Loop owner; before {@code close}. A second call does nothing. */
    public void deregister(long token) {
        assert isOwner();
        int descriptor = registrations.remove(token);
        if (descriptor < 0 || isClosed) return; // a closed poller watches nobody
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
    @Override
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
            insist(() -> carry(body));
            return;
        }
        Thread thread = CarriedThreads.create(carrier, body);
        continuations.start(thread);
    }

    /**
     * Runs {@code task}, which promises not to block, on the thread that holds this loop, in its turn among the continuations. Any thread;
     * if the loop's owner calls, it runs in the same turn, after the caller has returned. Needs no carried threads. An
     * {@link InlineTask} is told if it breaks its promise; while a loop stands still, and after it was closed, another thread runs it.
     */
    public void inline(Runnable task) {
        if (isClosed) LateCarrier.executor().execute(task);
        else if (isOwner()) continuations.start(task instanceof InlineTask own ? own : new InlineTask.Unheard(task));
        else insist(() -> inline(task));
    }

    /** {@link #execute} of what must not be lost where it fails for lack of memory. Any thread. */
    void insist(Runnable attempt) {
        execute(new Insistent(this, attempt));
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

    /**
     * Whether the continuation that asks has had this loop since before the sentinel's last look, which at the next one takes the loop away: the
     * moment to yield, for what could go on for long. False for one that has lost the loop. In a continuation of this loop.
     */
    public boolean isOverdue() {
        long entered = ownership.state();
        return entered > Ownership.OUTERMOST && entered != sentinel.tick();
    }

    /** The loop's clock; never negative. Any thread. */
    public long nanoTime() {
        return clock.nanoTime();
    }

    /** When the present turn took its events, by {@link #nanoTime}: without the cost of asking the clock. Loop owner. */
    public long turnNanos() {
        return turnNanos;
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
            continuations.add(continuation);
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
            long now = clock.nanoTime();
            turnNanos = now;
            if (events > 0) sentinel.watch();
            tellOfEvents(events);
            for (int i = 0; i < repeats; i++) tell(again.remove(), 0);
            runTasks();
            timeouts.advance(now, expiry);
            return continuations.run(thread);
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
        continuations.forget();
        counts.beginsToWait();
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
        return !again.isEmpty() || !mailbox.isEmpty() || continuations.haveWork() || isClosing;
    }

    private void tellOfEvents(int events) {
        int wakeUps = 0;
        for (int i = 0; i < events; i++) {
            long token = poller.token(i);
            if (token < 0) {
                wakeUps++;
                continue;
            }
            Handler handler = registrations.find(token);
            if (handler != null) tell(handler, poller.readiness(i));
        }
        counts.turned(events, wakeUps);
    }

    private void tell(Handler handler, int readiness) {
        ownership.step();
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
        if (!tasks.isEmpty()) counts.ranTasks(tasks.size());
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) run(task);
    }

    private void run(Runnable task) {
        ownership.step();
        try {
            task.run();
        } catch (Throwable bug) {
            reporter.failed(index, "task", task, bug);
        }
    }

    private void expire(Timeout timeout) {
        ownership.step();
        try {
            timeout.expireAt(Timeout.NEVER);
            timeout.expired();
        } catch (Throwable bug) {
            reporter.failed(index, "timeout", timeout, bug);
        }
    }

    /**
     * Runs {@code note} on the thread that tells {@link Faults}, where it may log: a loop itself may not. Notes come in their order; if too
     * many wait, those to come are dropped and counted. Any thread.
     */
    public void report(Runnable note) {
        reporter.note(note);
    }

    // --- the sentinel's part

    Ownership ownership() {
        return ownership;
    }

    boolean isClosed() {
        return isClosed;
    }

    void wakeUp() {
        if (ownership.mustWakeUp()) poller.wakeUp();
    }

    Continuations continuations() {
        return continuations;
    }

    void help(Continuations.Aid other) {
        continuations.help(other);
        wakeUp();
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
        continuations.passOn(LateCarrier.executor());
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
