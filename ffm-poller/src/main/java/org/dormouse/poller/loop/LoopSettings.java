package org.dormouse.poller.loop;

import org.dormouse.poller.Poller;

/**
 * How many loops, on what, and how far they go to stay responsive.
 *
 * @param loops how many event loops, 1 to 1024
 * @param backend {@code auto}, or the name of one that must be had, such as {@code epoll}
 * @param carryThreads whether loops carry virtual threads; the start fails if they cannot: ask {@link CarriedThreads#availability} first
 * @param maxStuck the most threads that sit in continuations which were taken off their loop
 * @param maxComputing while more stuck continuations than this use the processor, no new ones are started
 * @param stuckGiveWay whether stuck continuations that compute get a lower priority than everything else once there are more of them than
 *     processors, and then no longer count towards {@code maxComputing}; only Linux can
 * @param stackBytes stack of each loop and spare thread; it bounds the recursion of what runs in a carried thread
 * @param faults is told what went wrong
 */
public record LoopSettings(
        int loops,
        String backend,
        boolean carryThreads,
        int maxStuck,
        int maxComputing,
        boolean stuckGiveWay,
        long stackBytes,
        Faults faults) {

    public LoopSettings {
        if (loops < 1 || loops > 1024) throw new IllegalArgumentException("loops " + loops + " is not in 1..1024");
        if (maxStuck < 1 || maxStuck > 65536)
            throw new IllegalArgumentException("maxStuck " + maxStuck + " is not in 1..65536");
        if (maxComputing < 1) throw new IllegalArgumentException("maxComputing " + maxComputing + " < 1");
        if (stackBytes < 128 * 1024) throw new IllegalArgumentException("stackBytes " + stackBytes + " < 131072");
    }

    /** One loop per core on the platform's own backend, with carried threads if this JVM can have them. */
    public static LoopSettings defaults() {
        int cores = Runtime.getRuntime().availableProcessors();
        return new LoopSettings(
                cores,
                Poller.AUTO,
                CarriedThreads.availability().isAvailable(),
                256,
                4 * cores,
                true,
                1024 * 1024,
                Faults.LOG);
    }

    public LoopSettings withLoops(int count) {
        return new LoopSettings(count, backend, carryThreads, maxStuck, maxComputing, stuckGiveWay, stackBytes, faults);
    }

    public LoopSettings withBackend(String name) {
        return new LoopSettings(loops, name, carryThreads, maxStuck, maxComputing, stuckGiveWay, stackBytes, faults);
    }

    public LoopSettings withCarryThreads(boolean carry) {
        return new LoopSettings(loops, backend, carry, maxStuck, maxComputing, stuckGiveWay, stackBytes, faults);
    }

    public LoopSettings withMaxStuck(int limit) {
        return new LoopSettings(loops, backend, carryThreads, limit, maxComputing, stuckGiveWay, stackBytes, faults);
    }

    public LoopSettings withMaxComputing(int limit) {
        return new LoopSettings(loops, backend, carryThreads, maxStuck, limit, stuckGiveWay, stackBytes, faults);
    }

    public LoopSettings withStuckGiveWay(boolean give) {
        return new LoopSettings(loops, backend, carryThreads, maxStuck, maxComputing, give, stackBytes, faults);
    }

    public LoopSettings withStackBytes(long bytes) {
        return new LoopSettings(loops, backend, carryThreads, maxStuck, maxComputing, stuckGiveWay, bytes, faults);
    }

    public LoopSettings withFaults(Faults listener) {
        return new LoopSettings(
                loops, backend, carryThreads, maxStuck, maxComputing, stuckGiveWay, stackBytes, listener);
    }
}
