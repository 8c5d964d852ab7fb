package org.dormouse.push;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.push.Recipient.Delivery;

/**
 * Events on their way to one client, in order, from any thread. Whoever finds nobody writing writes, as far as the client takes it, then the
 * container says when there is room. The lock is held for a few assignments, never while anything is written.
 *
 * <pre>
 *   BLOCKED -- onWritePossible --> WRITING -- all sent --> IDLE -- something to send --> WRITING
 *      ^                              |
 *      '---------- no room -----------'
 * </pre>
 */
final class StreamOutput implements WriteListener {
    /** What an event that waits takes beside its bytes. */
    private static final int EVENT_COST = 64;

    private enum Stage {
        BLOCKED,
        IDLE,
        WRITING
    }

    private static final class Waiting {
        final byte[] bytes;
        final Runnable dropped;

        Waiting(byte[] bytes, Runnable dropped) {
            this.bytes = bytes;
            this.dropped = dropped;
        }

        int cost() {
            return bytes.length + EVENT_COST;
        }
    }

    private final ServletOutputStream out;
    private final int budget;
    private final Runnable whenDone;

    // guarded by this
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>(2);
    private int waiting;
    private Stage stage = Stage.BLOCKED;
    private boolean hasRoomAgain; // which was said before the writer had noted that there was none
    private boolean isClosed; // nothing more is taken
    private boolean isOver; // nothing more is written

    // who writes
    private boolean isUnflushed;

    /** @param whenDone ends the request: all is sent after {@link #close}, or a write has failed. Once at most */
    StreamOutput(ServletOutputStream out, int budget, Runnable whenDone) {
        this.out = out;
        this.budget = budget;
        this.whenDone = whenDone;
    }

    void begin() {
        out.setWriteListener(this);
    }

    synchronized boolean isOpen() {
        return !isClosed;
    }

    synchronized int waitingBytes() {
        return waiting;
    }

    Delivery offer(byte[] bytes, SlowPeer policy, Runnable dropped) {
        var event = new Waiting(bytes, dropped);
        List<Waiting> left = new ArrayList<>(0);
        boolean writes;
        synchronized (this) {
            if (isClosed) return Delivery.GONE;
            if (!hasBudget(event) && policy != SlowPeer.DROP_OLDEST) return Delivery.DROPPED;
            while (!hasBudget(event)) left.add(take());
            queue.add(event);
            waiting += event.cost();
            writes = stage == Stage.IDLE;
            if (writes) stage = Stage.WRITING;
        }
        for (Waiting oldest : left) oldest.dropped.run();
        if (writes) write();
        return Delivery.SENT;
    }

    /** One event always has, however long. */
    private boolean hasBudget(Waiting event) {
        return queue.isEmpty() || waiting + event.cost() <= budget;
    }

    private Waiting take() {
        Waiting first = queue.remove();
        waiting -= first.cost();
        return first;
    }

    /** Takes nothing more, and ends when what waits is sent. */
    void close() {
        synchronized (this) {
            isClosed = true;
            if (stage != Stage.IDLE) return; // who writes, now or when there is room, ends it
            stage = Stage.WRITING;
        }
        write();
    }

    /** The request is over, or is to be without what waits. */
    synchronized void drop() {
        isClosed = true;
        isOver = true;
        queue.clear();
        waiting = 0;
    }

    // --- who writes

    private void write() {
        boolean isDone;
        try {
            isDone = writeWhatWaits();
        } catch (IOException | IllegalStateException e) { // the client has left, or the request is over already
            drop();
            isDone = true;
        }
        if (isDone) whenDone.run();
    }

    /** True if nothing will follow. */
    private boolean writeWhatWaits() throws IOException {
        while (true) {
            boolean isReady = out.isReady();
            byte[] next;
            synchronized (this) {
                if (isOver) return false;
                if (!isReady) {
                    if (!hasRoomAgain) {
                        stage = Stage.BLOCKED;
                        return false;
                    }
                    hasRoomAgain = false;
                    continue;
                }
                next = queue.isEmpty() ? null : take().bytes;
                if (next == null && !isUnflushed) {
                    stage = Stage.IDLE;
                    isOver = isClosed;
                    return isOver;
                }
            }
            isUnflushed = next != null;
            if (next != null) out.write(next);
            else out.flush();
        }
    }

    @Override
    public void onWritePossible() {
        synchronized (this) {
            hasRoomAgain = stage == Stage.WRITING;
            if (stage != Stage.BLOCKED || isOver) return;
            stage = Stage.WRITING;
        }
        write();
    }

    /** The listener of the request is told too. */
    @Override
    public void onError(Throwable failure) {
        drop();
    }
}
