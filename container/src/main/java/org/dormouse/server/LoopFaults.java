package org.dormouse.server;

import java.util.concurrent.TimeUnit;
import org.dormouse.poller.loop.Faults;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes wrong in loops, for the log. A loop that was taken over from a busy request did what it is made for, so that is told at DEBUG
 * only. A loop that stands still is not: each at DEBUG, and now and then a line at WARN. Called by the loops' reporting thread only.
 */
final class LoopFaults implements Faults {
    private static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** A JVM that has just started loads classes and interprets: a loop that was held up then says nothing. */
    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(10);

    private long warnedAt = System.nanoTime() - WARN_NANOS + WARM_UP_NANOS;
    private int sinceWarned;

    @Override
    public void fellBack(String what) {
        log().info("{}", what);
    }

    @Override
    public void failed(String where, Throwable cause) {
        log().error("a loop met a bug in {}; it goes on", where, cause);
    }

    @Override
    public void handedOver(int loop, StackTraceElement[] stack, int others) {
        Logger log = log();
        if (!log.isDebugEnabled()) return;
        log.debug(
                "loop {} was taken over from a request that kept its thread for more than a millisecond ({} more like it){}",
                loop,
                others,
                lines(stack));
    }

    @Override
    public void stalled(String what, StackTraceElement[] stack) {
        Logger log = log();
        if (log.isDebugEnabled()) log.debug("{}{}", what, lines(stack));
        sinceWarned++;
        long now = System.nanoTime();
        if (now - warnedAt < WARN_NANOS) return;
        warnedAt = now;
        log.warn(
                "{} ({} such since the last line like this; debug shows each){}",
                what,
                sinceWarned,
                stack.length == 0 ? "" : ", at " + stack[0]);
        sinceWarned = 0;
    }

    private static String lines(StackTraceElement[] stack) {
        var lines = new StringBuilder();
        for (StackTraceElement frame : stack) lines.append("\n\tat ").append(frame);
        return lines.toString();
    }

    private static Logger log() {
        return LoggerFactory.getLogger("org.dormouse.server.loops");
    }
}
