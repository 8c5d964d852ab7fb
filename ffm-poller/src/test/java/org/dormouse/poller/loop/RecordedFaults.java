package org.dormouse.poller.loop;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what loops report. */
final class RecordedFaults implements Faults {
    record Stall(String what, List<StackTraceElement> stack) {}

    private final BlockingQueue<Stall> stalls = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> fallBacks = new LinkedBlockingQueue<>();

    @Override
    public void fellBack(String what) {
        fallBacks.add(what);
    }

    @Override
    public void failed(String where, Throwable cause) {
        failures.add(cause);
    }

    @Override
    public void handedOver(int loop, StackTraceElement[] stack, int others) {
        stalls.add(new Stall("handed over " + loop, List.of(stack)));
    }

    @Override
    public void stalled(String what, StackTraceElement[] stack) {
        stalls.add(new Stall(what, List.of(stack)));
    }

    /** The next report of a stall whose text contains {@code part}. */
    Stall awaitStall(String part) throws InterruptedException {
        while (true) {
            Stall stall = stalls.poll(10, TimeUnit.SECONDS);
            if (stall == null) throw new AssertionError("no report of: " + part);
            if (stall.what.contains(part)) return stall;
        }
    }

    Throwable awaitFailure() throws InterruptedException {
        Throwable failure = failures.poll(10, TimeUnit.SECONDS);
        if (failure == null) throw new AssertionError("no failure was reported");
        return failure;
    }
}
