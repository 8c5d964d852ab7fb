package org.dormouse.poller.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.poller.Poller;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.ScriptedPoller;

/**
 * An event loop over a {@link ScriptedKernel} that the test drives turn by turn, on its own thread, which is the loop's owner for as
 * long as it lives. Carried threads run in these turns too. The read buffer is overwritten before each entry of a continuation.
 *
 * <pre>{@code
 * try (var loop = new ScriptedLoop(kernel, clock)) {
 *     ...
 *     peer.send("hello");
 *     loop.settle();                          // turns until nothing is left to do
 *     loop.advance(Duration.ofSeconds(10));   // moves the clock, and lets happen what is due
 * }                                           // fails if a handler, task or timeout threw and nobody asked: see takeFaults
 * }</pre>
 */
public final class ScriptedLoop implements AutoCloseable {
    private static final int MAX_TURNS = 100_000;

    private final ScriptedPoller poller;
    private final HandClock clock;
    private final EventLoop loop;
    private final Reporter reporter;
    private final List<Throwable> faults = new ArrayList<>();

    public ScriptedLoop(ScriptedKernel kernel, HandClock clock) {
        this(kernel, clock, 0);
    }

    /** A loop among others of the same kernel: {@code index} is its {@link EventLoop#index}. */
    public ScriptedLoop(ScriptedKernel kernel, HandClock clock, int index) {
        this.clock = clock;
        poller = kernel.poller();
        reporter = new Reporter(new Faults() {
            @Override
            public void fellBack(String what) {
                faults.add(new AssertionError(what));
            }

            @Override
            public void failed(String where, Throwable cause) {
                faults.add(new AssertionError(where, cause));
            }

            @Override
            public void handedOver(int index, StackTraceElement[] stack, int others) {
                faults.add(new AssertionError("nobody takes this loop away"));
            }

            @Override
            public void stalled(String what, StackTraceElement[] stack) {
                faults.add(new AssertionError(what));
            }
        });
        // Never started: with one thread there is nobody to hand over to.
        var spares = new Spares(1024 * 1024);
        var sentinel = new Sentinel(spares, new StuckThreads(spares, false), reporter, 1, 1);
        boolean carries = CarriedThreads.availability().isAvailable();
        loop = new EventLoop(index, Poller.over(poller), clock, sentinel, reporter, carries, true);
        loop.ownership().hold(Thread.currentThread().threadId());
    }

    public EventLoop loop() {
        return loop;
    }

    public HandClock clock() {
        return clock;
    }

    /** One turn. */
    public void turn() {
        if (!loop.turn(false)) throw new AssertionError("nobody takes this loop away");
        reporter.writeQueued();
    }

    /** Turns until the loop would wait. */
    public void settle() {
        for (int i = 0; i < MAX_TURNS; i++) {
            turn();
            if (!loop.hasWork() && !poller.hasEvents()) return;
        }
        throw new AssertionError("still busy after " + MAX_TURNS + " turns");
    }

    /** Moves the clock in one step, then settles. */
    public void advance(Duration time) {
        clock.advance(time);
        settle();
    }

    /** What handlers, tasks and timeouts threw since the last call; the reason is the cause of each. */
    public List<Throwable> takeFaults() {
        var taken = List.copyOf(faults);
        faults.clear();
        return taken;
    }

    /** Ends the loop. Fails if there are faults that nobody has taken. */
    @Override
    public void close() {
        loop.end();
        reporter.writeQueued();
        if (faults.isEmpty()) return;
        var failure = new AssertionError(faults.size() + " faults in the loop");
        faults.forEach(failure::addSuppressed);
        throw failure;
    }
}
