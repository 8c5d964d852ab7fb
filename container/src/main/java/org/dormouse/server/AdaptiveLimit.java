package org.dormouse.server;

import java.util.concurrent.TimeUnit;

/**
 * A limit that follows the time which requests take. Where many at once make each of them slower than twice what one takes when there is
 * room, the limit falls in proportion; otherwise it grows by its square root, the room that it allows for a burst. Pure: time comes with
 * each sample. One thread at a time.
 *
 * <pre>
 *   gradient = 2 * usual / mean of the window      within 0.5 to 1
 *   limit    = limit + ((limit * gradient + sqrt(limit)) - limit) / 5
 * </pre>
 *
 * What is usual is the fastest window so far. After {@value #SLOW_BEFORE_PROBE} slow ones it is measured anew, with the least limit for a
 * moment: so an application that has become slower for another reason gets its limit back, and an overload that lasts is never taken for usual.
 * The same is done once, and sooner, for a server that has been crowded since its start: it does not know yet what there is room for.
 */
final class AdaptiveLimit {
    private static final int FIRST = 200;
    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int LEAST_SAMPLES = 10;
    private static final double TOLERANCE = 2;
    private static final double STEEPEST = 0.5;
    private static final double SMOOTHING = 0.2;
    private static final int SLOW_BEFORE_PROBE = 300;
    private static final int CROWDED_BEFORE_PROBE = 10;
    private static final int CALM_WINDOWS = 2; // in the first one end requests that began before
    private static final int PATIENCE_WINDOWS = 20; // for those that never end

    private final int least;
    private final int most;
    private double limit;

    private double usualNanos;
    private boolean hasSeenRoom; // or has looked for it in vain
    private int crowdedWindows;
    private int slowWindows;
    private int calmWindows;
    private int probeWindowsLeft; // 0: not probing

    private long windowBegan = Long.MIN_VALUE;
    private double sumNanos;
    private int samples;
    private int mostInFlight;

    /** Begins with {@value #FIRST}, or what is nearest to it between {@code least} and {@code most}. */
    AdaptiveLimit(int least, int most) {
        this.least = least;
        this.most = most;
        this.limit = Math.clamp(FIRST, least, most);
    }

    int limit() {
        return probeWindowsLeft > 0 ? least : (int) limit;
    }

    /**
     * Takes in one request.
     *
     * @param nanos from its admission to its end
     * @param inFlight how many were at work when it ended
     * @return whether the limit is another one now
     */
    boolean sample(long now, long nanos, int inFlight) {
        if (windowBegan == Long.MIN_VALUE) windowBegan = now;
        sumNanos += nanos;
        samples++;
        mostInFlight = Math.max(mostInFlight, inFlight);
        if (now - windowBegan < WINDOW_NANOS || samples < LEAST_SAMPLES) return false;
        int before = limit();
        endWindow(Math.max(1, sumNanos / samples));
        windowBegan = now;
        sumNanos = 0;
        samples = 0;
        mostInFlight = 0;
        return limit() != before;
    }

    private void endWindow(double meanNanos) {
        if (probeWindowsLeft > 0) {
            probe(meanNanos);
            return;
        }
        if (usualNanos == 0 || meanNanos < usualNanos) usualNanos = meanNanos;
        double gradient = Math.clamp(TOLERANCE * usualNanos / meanNanos, STEEPEST, 1);
        if ((gradient < 1 && ++slowWindows == SLOW_BEFORE_PROBE) || isCrowdedFromTheStart()) {
            slowWindows = 0;
            calmWindows = 0;
            hasSeenRoom = true;
            probeWindowsLeft = PATIENCE_WINDOWS;
        }
        // A limit that is not made use of says nothing about more of it.
        if (gradient == 1 && mostInFlight < limit / 2) return;
        double wanted = limit * gradient + Math.sqrt(limit);
        limit = Math.clamp(limit + (wanted - limit) * SMOOTHING, least, most);
    }

    private boolean isCrowdedFromTheStart() {
        if (mostInFlight <= 2 * least) hasSeenRoom = true;
        return !hasSeenRoom && mostInFlight >= limit() && ++crowdedWindows == CROWDED_BEFORE_PROBE;
    }

    private void probe(double meanNanos) {
        probeWindowsLeft--;
        // Several loops may each pass their share a little.
        if (mostInFlight > 2 * least || ++calmWindows < CALM_WINDOWS) return;
        usualNanos = meanNanos;
        probeWindowsLeft = 0;
    }
}
