package org.dormouse.poller.loop;

import java.util.concurrent.atomic.LongAdder;

/**
 * What one loop has done so far, and what waits in it now. Any thread reads; sums only grow. Read while the loop runs, two of them need not
 * be of the same moment.
 */
public final class LoopCounts {
    private static final int TURNS = 0;
    private static final int WAITS = 1;
    private static final int EVENTS = 2;
    private static final int WAKE_UPS = 3;
    private static final int TASKS = 4;
    private static final int CONTINUATIONS = 5;
    private static final int STEALS = 6;

    private static final int HAND_OVERS = 0;
    private static final int STALLS = 1;

    private final Tally byOwner = new Tally(7);
    private final Tally bySentinel = new Tally(2);
    /** By threads that run what a loop which stands still cannot. */
    private final LongAdder byHelpers = new LongAdder();

    private final Continuations continuations;
    private final Mailbox mailbox;

    LoopCounts(Continuations continuations, Mailbox mailbox) {
        this.continuations = continuations;
        this.mailbox = mailbox;
    }

    /** Turns, each of which polls once. An idle loop makes none. */
    public long turns() {
        return byOwner.get(TURNS);
    }

    /** Turns that had nothing to do and waited in the poller. */
    public long waits() {
        return byOwner.get(WAITS);
    }

    /** Events that told of a descriptor. */
    public long events() {
        return byOwner.get(EVENTS);
    }

    /** Events that were wake-ups by another thread. */
    public long wakeUps() {
        return byOwner.get(WAKE_UPS);
    }

    /** Tasks that others sent. */
    public long tasks() {
        return byOwner.get(TASKS);
    }

    /** Pieces of carried threads that this loop ran: one for each time that a thread begins, or goes on after it was blocked. */
    public long continuations() {
        return byOwner.get(CONTINUATIONS) + byOwner.get(STEALS);
    }

    /** Those of them that were stolen from another loop, where they had waited too long. */
    public long steals() {
        return byOwner.get(STEALS);
    }

    /** Continuations of this loop that another thread ran, because the loop stood still in its own code. */
    public long helped() {
        return byHelpers.sum();
    }

    /** How often a continuation kept its thread, so that another took this loop over. */
    public long handOvers() {
        return bySentinel.get(HAND_OVERS);
    }

    /** How often this loop stood still in its own code. */
    public long stalls() {
        return bySentinel.get(STALLS);
    }

    /** Continuations that are ready and wait for this loop. Takes time for each that another thread has woken: for reports. */
    public int readyContinuations() {
        return continuations.ready();
    }

    /** Tasks that wait for this loop. Takes time for each: for reports. */
    public int waitingTasks() {
        return mailbox.waitingTasks();
    }

    // --- loop owner

    void turned(int events, int wakeUps) {
        byOwner.add(TURNS, 1);
        if (events == 0) return;
        byOwner.add(EVENTS, events - wakeUps);
        if (wakeUps > 0) byOwner.add(WAKE_UPS, wakeUps);
    }

    void beginsToWait() {
        byOwner.add(WAITS, 1);
    }

    void ranTasks(int count) {
        byOwner.add(TASKS, count);
    }

    void entersOwn() {
        byOwner.add(CONTINUATIONS, 1);
    }

    void entersStolen() {
        byOwner.add(STEALS, 1);
    }

    // --- the sentinel, and those it sends

    void handedOver() {
        bySentinel.add(HAND_OVERS, 1);
    }

    void stalled() {
        bySentinel.add(STALLS, 1);
    }

    void helpedOut() {
        byHelpers.increment();
    }
}
