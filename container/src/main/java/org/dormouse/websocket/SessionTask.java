package org.dormouse.websocket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.dormouse.transport.Connection;
import org.jspecify.annotations.Nullable;

/**
 * Delivers what has arrived to the application, in order and one at a time, in a task of its executor. The loop makes a batch and starts the task;
 * while that runs, nothing more is parsed: the bytes stay with the connection, and with the peer when that is full.
 *
 * <pre>
 *   work:  nothing, or RUNNING with WAITING (input was refused) and FINISH (there will be no more messages)
 *          HELD: the application wants to have nothing more for now; with PAUSED, RUNNING stays, but no thread is at it
 * </pre>
 */
abstract class SessionTask implements Runnable {
    private static final int RUNNING = 1;
    private static final int WAITING = 2;
    private static final int FINISH = 4;
    private static final int HELD = 8;
    private static final int PAUSED = 16;

    private static final VarHandle WORK;

    static {
        try {
            WORK = MethodHandles.lookup().findVarHandle(SessionTask.class, "work", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Connection connection;
    final WebSocketSession session;
    private final Executor executor;

    // any thread
    private volatile int work = RUNNING; // the first task calls onOpen

    // loop owner; handed to the task with RUNNING and back without it
    private @Nullable Inbound firstInbound;
    private @Nullable Inbound lastInbound;

    // loop owner, and the task when there will be no more
    private @Nullable Aside aside; // behind a message that is read while it arrives

    // the task
    private boolean opened;
    private boolean broken; // what arrived cannot be decompressed: nothing more is delivered

    /** What came while the task was at work. */
    private static final class Aside {
        @Nullable
        Inbound first;

        @Nullable
        Inbound last;
    }

    SessionTask(Connection connection, Executor executor, WebSocketSession session) {
        this.connection = connection;
        this.executor = executor;
        this.session = session;
    }

    /** Whether messages are still delivered: neither side has closed. Any thread. */
    abstract boolean delivers();

    /** The last thing the task does. */
    abstract void end();

    /** The executor has no room for the task, which {@link #start} has to try again later. Loop owner. */
    abstract void startLater();

    /** Whether there is no later: the connection is closed. */
    abstract boolean isLost();

    /** The peer broke the protocol, as the task has found out. Loop owner. */
    abstract void violated(ProtocolViolation violation);

    final Connection connection() {
        return connection;
    }

    final WebSocketSession session() {
        return session;
    }

    final boolean isFinishing() {
        return (work & FINISH) != 0;
    }

    /** Runs {@code task}, which calls the application, in its executor, beside the messages. Any thread. */
    final void executeForApplication(Runnable task) {
        connection.execute(
                () -> { // the executor may be one that only the loop may use
                    try {
                        executor.execute(task);
                    } catch (RejectedExecutionException e) {
                        Thread.startVirtualThread(task); // a result must be told, or a sender waits for ever
                    }
                });
    }

    // --- the application, any thread

    /** Lets nothing more be delivered, and after a while nothing more be read, until {@link #release}. */
    final void hold() {
        WORK.getAndBitwiseOr(this, HELD);
    }

    final void release() {
        while (true) {
            int now = work;
            if ((now & HELD) == 0) return;
            boolean isRunning = (now & RUNNING) != 0;
            int next = now & ~(HELD | PAUSED);
            if (!WORK.compareAndSet(this, now, isRunning ? next : next & ~WAITING)) continue;
            if ((now & PAUSED) != 0) connection.execute(this::start);
            else if (!isRunning && (now & WAITING) != 0) connection.execute(this::resumed);
            return;
        }
    }

    /** Who reads a message while it arrives can take more of it. */
    final void roomAgain() {
        connection.execute(connection::resumeReading);
    }

    /** What is read while it arrives cannot be decompressed. The task. */
    final void breakOffBy(ProtocolViolation violation) {
        broken = true;
        connection.execute(() -> violated(violation));
    }

    // --- loop owner

    /** Whether the input has to wait for the application; it is asked for again then, when that is ready. */
    final boolean isBusy() {
        while (true) {
            int now = work;
            if ((now & (RUNNING | HELD)) == 0) return false;
            if (WORK.compareAndSet(this, now, now | WAITING)) return true;
        }
    }

    /** From now on, what is added waits until the task has done what it has. While the input is busy. */
    final void putAside() {
        if (aside == null) aside = new Aside();
    }

    /** What was put aside is the next batch. While the input is not busy. */
    final void takeAside() {
        Aside waiting = aside;
        if (waiting == null) return;
        aside = null;
        firstInbound = waiting.first;
        lastInbound = waiting.last;
    }

    /** The task is ready for more. */
    private void resumed() {
        if (aside != null && delivers() && !isBusy()) {
            takeAside();
            startIfNeeded();
        }
        connection.resumeReading();
    }

    /** Adds to the batch, while the input is not busy, or to what is put aside. */
    final void add(Receiver target, Object message, boolean last) {
        if (!delivers()) return;
        Inbound inbound = new Inbound(target, message, last);
        if (aside != null) {
            if (aside.last == null) aside.first = inbound;
            else aside.last.next = inbound;
            aside.last = inbound;
            return;
        }
        if (lastInbound == null) {
            firstInbound = inbound;
        } else {
            lastInbound.next = inbound;
        }
        lastInbound = inbound;
    }

    /** Starts the task if there is something for it to do. */
    final void startIfNeeded() {
        if (firstInbound != null && ((int) WORK.getAndBitwiseOr(this, RUNNING) & RUNNING) == 0) start();
    }

    /** Lets the task, which may have to be started for it, end the session after what it has to deliver. */
    final void finishTask() {
        int before = (int) WORK.getAndBitwiseOr(this, FINISH | RUNNING);
        if ((before & RUNNING) == 0) start();
        else wakeIfOver();
    }

    /** A task that is paused goes on where there is nothing to wait for: what it still has is not delivered then. */
    final void wakeIfOver() {
        int now = work;
        while ((now & PAUSED) != 0 && !delivers()) {
            if (WORK.compareAndSet(this, now, now & ~PAUSED)) {
                start();
                return;
            }
            now = work;
        }
    }

    /** Gives the task, which has RUNNING already, to the executor. */
    final void start() {
        try {
            executor.execute(this);
        } catch (RejectedExecutionException e) {
            if (isLost()) {
                Thread.startVirtualThread(this); // a closed connection has no deadlines
                return;
            }
            startLater(); // nothing is lost and nothing more is read: a full pool slows its peers down
        }
    }

    // --- the task

    @Override
    public final void run() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(session.classLoader());
        try {
            if (!opened) {
                opened = true;
                session.opened();
            }
            deliver();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private void deliver() {
        while (true) {
            boolean isLeft = !deliverBatch();
            int now = work;
            if (isLeft) {
                if ((now & HELD) == 0 || !delivers()) continue;
                if (WORK.compareAndSet(this, now, now | PAUSED)) return;
            } else if ((now & FINISH) != 0) {
                if (aside != null) {
                    takeAside();
                    continue;
                }
                end();
                return;
            } else if (WORK.compareAndSet(this, now, (now & HELD) == 0 ? 0 : now & (HELD | WAITING))) {
                if ((now & (WAITING | HELD)) == WAITING) connection.execute(this::resumed);
                return;
            }
        }
    }

    /** Returns false if the application stopped it; what is left is the batch then. */
    private boolean deliverBatch() {
        Inbound batch = firstInbound;
        Inbound end = lastInbound;
        firstInbound = null;
        lastInbound = null;
        for (Inbound inbound = batch; inbound != null; inbound = inbound.next) {
            if (!delivers() || broken) continue;
            if (isHeld() || !deliver(inbound)) {
                firstInbound = inbound;
                lastInbound = end;
                return false;
            }
        }
        return true;
    }

    private boolean isHeld() {
        return (work & HELD) != 0;
    }

    /** Returns false if the application stopped it before its end. */
    private boolean deliver(Inbound inbound) {
        if (!(inbound.message instanceof Compressed compressed)) {
            session.deliver(inbound.receiver, inbound.message, inbound.last);
            return true;
        }
        try {
            return deliver(session.deflate(), inbound.receiver, compressed, inbound.last);
        } catch (ProtocolViolation e) {
            breakOffBy(e);
            return true;
        }
    }

    private boolean deliver(SessionDeflate deflate, Receiver target, Compressed compressed, boolean last)
            throws ProtocolViolation {
        if (!target.isPartial()) {
            session.deliver(target, deflate.whole(session, target, compressed, session.maxSize(target)), true);
            return true;
        }
        if (!deflate.isInParts()) deflate.beginParts(compressed, last);
        do {
            Object part = deflate.nextPart(target.kind(), last);
            boolean isEnd = last && !deflate.isInParts();
            if (part != null) session.deliver(target, part, isEnd);
            if (!delivers()) return true;
            if (isHeld() && deflate.isInParts()) return false;
        } while (deflate.isInParts());
        return true;
    }
}
