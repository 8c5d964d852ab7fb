package org.dormouse.server;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * A limit that follows the time which requests take. Where many at once make each of them slower than twice what one takes when there is
 * room, the limit falls in proportion; otherwise it grows by its square root, the room that it allows for a burst. Pure: time comes with
 * each sample. One thread at a time.
 *
 * <pre>
 *   gradient = 2 * usual / median of the window    within 0.5 to 1
 *   limit    = limit + ((limit * gradient + sqrt(limit)) - limit) / 5
 * </pre>
 *
 * The median, since among many requests there are some that take as long as they like without keeping anybody from anything: they poll, or
 * their client reads slowly. A mean would be theirs alone.
 *
 * <p>
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
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5); // for those that never end
    private static final int MOST_SAMPLES = 128; // the last ones of a window speak for it

    private final int least;
    private final int most;
    private double limit;

    private double usualNanos;
    private boolean hasSeenRoom; // or has looked for it in vain
    private int crowdedWindows;
    private int slowWindows;
    private int calmWindows;
    private boolean isProbing;
    private long probeBegan;

    private long windowBegan = Long.MIN_VALUE;
    private final long[] times = new long[MOST_SAMPLES];
    private int samples;
    private int mostInFlight;

    /** Begins with {@value #FIRST}, or what is nearest to it between {@code least} and {@code most}. */
    AdaptiveLimit(int least, int most) {
        this.least = least;
        this.most = most;
        this.limit = Math.clamp(FIRST, least, most);
    }

    int limit() {
        return isProbing ? least : (int) limit;
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
        times[samples++ % MOST_SAMPLES] = nanos;
        mostInFlight = Math.max(mostInFlight, inFlight);
        if (now - windowBegan < WINDOW_NANOS || samples < LEAST_SAMPLES) return false;
        int before = limit();
        endWindow(now, Math.max(1, (double) median()));
        windowBegan = now;
        samples = 0;
        mostInFlight = 0;
        return limit() != before;
    }

    /** While nothing ends there are no samples: whoever has to wait lets time pass. Returns whether the limit is another one now. */
    boolean pass(long now) {
        if (!isProbing || now - probeBegan < PATIENCE_NANOS) return false;
        isProbing = false;
        return true;
    }

    private long median() {
        int count = Math.min(samples, MOST_SAMPLES);
        Arrays.sort(times, 0, count);
        return times[(count - 1) / 2];
    }

    private void endWindow(long now, double medianNanos) {
        if (isProbing) {
            probe(now, medianNanos);
            return;
        }
        if (usualNanos == 0 || medianNanos < usualNanos) usualNanos = medianNanos;
        double gradient = Math.clamp(TOLERANCE * usualNanos / medianNanos, STEEPEST, 1);
        if ((gradient < 1 && ++slowWindows == SLOW_BEFORE_PROBE) || isCrowdedFromTheStart()) {
            slowWindows = 0;
            calmWindows = 0;
            hasSeenRoom = true;
            isProbing = true;
            probeBegan = now;
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

    private void probe(long now, double medianNanos) {
        // Several loops may each pass their share a little.
        if (mostInFlight > 2 * least || ++calmWindows < CALM_WINDOWS) {
            pass(now);
            return;
        }
        usualNanos = medianNanos;
        isProbing = false;
    }
}
