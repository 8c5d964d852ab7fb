package org.dormouse.server;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.dormouse.http.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Requests beyond the limit, in the order of their arrival: each waits without a thread until one at work leaves, its time is up, its client
 * has left, or the server closes. Whoever takes it out of the line has to end it, and nobody else may. Any thread.
 */
final class WaitingLine {
    /** Before another thread gets the processor, which may be the holder's. */
    private static final int SPINS = 200;

    private static final long PAUSE_NANOS = 20_000;

    private final int maxLength;
    private final long timeoutNanos;
    private final String timeout;

    /** Taken only beyond the limit, for a few instructions, and never while a request is started or answered. */
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private final LinkedHashSet<Waiting> waiting = new LinkedHashSet<>();
    private boolean closed;

    /** Written under the lock, read by whoever comes or leaves. */
    private volatile int length;

    WaitingLine(AdmissionSettings settings) {
        this.maxLength = settings.queueLength();
        this.timeoutNanos = settings.queueTimeout().toNanos();
        this.timeout = settings.queueTimeout().toMillis() + " ms";
    }

    /** One request that waits. */
    abstract static class Waiting {
        final Exchange exchange;
        final Admission.Counter counter;
        private @Nullable Runnable timer; // guarded by the lock; null: it is still joining

        Waiting(Exchange exchange, Admission.Counter counter) {
            this.exchange = exchange;
            this.counter = counter;
        }

        /** Begins the request, which was counted in. False if it has been answered instead, and is not to be counted. */
        abstract boolean begin();
    }

    /**
     * Takes the lock without its queue. In that a loop could come to wait behind a carried thread, which goes on only when the loop does. The
     * lock is held for less than a microsecond, unless its holder loses its processor meanwhile.
     */
    private void acquire() {
        for (int tries = 1; !lock.tryLock(); tries++) {
            if (tries % SPINS == 0) LockSupport.parkNanos(this, PAUSE_NANOS);
            else Thread.onSpinWait();
        }
    }

    boolean isEmpty() {
        return length == 0;
    }

    int length() {
        return length;
    }

    /** Lets {@code request} wait; false if the line is full, or the server closes. To be followed by {@link #admit} in either case. */
    boolean join(Waiting request) {
        acquire();
        try {
            if (closed || waiting.size() >= maxLength) return false;
            waiting.add(request);
            length = waiting.size();
        } finally {
            lock.unlock();
        }
        try {
            Runnable timer = request.exchange.schedule(timeoutNanos, () -> expired(request));
            request.exchange.whenGone(() -> left(request));
            becomeReady(request, timer);
        } catch (RuntimeException | Error e) {
            take(request); // or it would stand before all others for ever
            throw e;
        }
        return true;
    }

    /** It may be begun now: whoever begins it finds its timer, and nothing is asked of its exchange here any more. */
    private void becomeReady(Waiting request, Runnable timer) {
        boolean isHere;
        boolean isLate;
        acquire();
        try {
            request.timer = timer;
            isHere = waiting.contains(request);
            isLate = closed && waiting.remove(request);
            length = waiting.size();
        } finally {
            lock.unlock();
        }
        if (!isHere) timer.run();
        if (isLate) turnAway(request);
    }

    /** Begins those who wait, while there is room. */
    void admit() {
        for (Waiting next = takeFirst(); next != null; next = takeFirst()) {
            if (!begin(next)) next.counter.takeBack();
        }
    }

    /** Whoever leaves is not to be hit by what goes wrong here. */
    private boolean begin(Waiting next) {
        try {
            release(next);
            return next.begin();
        } catch (RuntimeException | Error bug) {
            PlainAnswer.cut(next.exchange);
            Complaints.report("request " + next.exchange.request().rawPath() + " could not begin after its wait", bug);
            return false;
        }
    }

    private @Nullable Waiting takeFirst() {
        acquire();
        try {
            if (waiting.isEmpty()) return null;
            Waiting first = waiting.getFirst();
            if (first.timer == null || !first.counter.enter()) return null;
            waiting.remove(first);
            length = waiting.size();
            return first;
        } finally {
            lock.unlock();
        }
    }

    private boolean take(Waiting request) {
        acquire();
        try {
            boolean wasHere = waiting.remove(request);
            length = waiting.size();
            return wasHere;
        } finally {
            lock.unlock();
        }
    }

    /** The exchange is about to belong to somebody else. */
    private void release(Waiting request) {
        request.exchange.whenGone(null);
        Runnable timer;
        acquire();
        try {
            timer = request.timer;
        } finally {
            lock.unlock();
        }
        if (timer != null) timer.run();
    }

    private void expired(Waiting request) {
        if (!take(request)) return;
        request.exchange.whenGone(null);
        request.counter.turnAway(request.exchange, "no room within server.queue-timeout, " + timeout);
    }

    private void left(Waiting request) {
        if (!take(request)) return;
        release(request);
        PlainAnswer.cut(request.exchange);
    }

    /** Answers all who wait 503, so that they try elsewhere while there is time, and lets nobody wait any more. */
    void close() {
        var rest = new ArrayList<Waiting>();
        acquire();
        try {
            closed = true;
            for (Waiting each : waiting) if (each.timer != null) rest.add(each);
            rest.forEach(waiting::remove);
            length = waiting.size();
        } finally {
            lock.unlock();
        }
        rest.forEach(this::turnAway);
    }

    private void turnAway(Waiting request) {
        release(request);
        request.counter.turnAway(request.exchange, "the server is closing");
    }
}
