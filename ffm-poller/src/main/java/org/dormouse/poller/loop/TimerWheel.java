package org.dormouse.poller.loop;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The timeouts of one loop: five wheels of 64 places, the first in steps of a millisecond, each further one 64 times coarser. Lazy: a
 * timeout stays where it was planned, and when its place comes up it is put where its deadline is by then. All of it belongs to the
 * loop's owner.
 *
 * <p>A timeout never fires early, and at most one step late (plus what the loop is busy). What was taken back or planned elsewhere since
 * does not stay until its place comes up, or a timeout of an hour would keep an hour's worth of it: whoever plans looks at two entries on
 * the way round and drops such, so that there are never more of them than of others.
 */
class TimerWheel {
    static final long NANOS_PER_TICK = 1_000_000;

    private static final int LEVELS = 5;
    private static final int BITS = 6;
    private static final int PLACES = 1 << BITS;
    private static final long FARTHEST = (1L << (BITS * LEVELS)) - 1;
    private static final int FIRST_CAPACITY = 4;
    private static final int LOOKS = 2;
    private static final int FEW = 1024;

    private final @Nullable Timeout[][][] places = new Timeout[LEVELS][PLACES][];
    private final int[][] counts = new int[LEVELS][PLACES];
    private final long[] occupied = new long[LEVELS];

    /** Everything planned up to this tick has been looked at. */
    private long now;

    /** Entries of the present tick that are still to be looked at, since memory lacked: null but then. */
    private @Nullable Timeout @Nullable [] rest;

    private int restLevel;
    private int restFrom;
    private int restTo;

    /** How many need no tidying. */
    private final int few;

    private int size;

    // where tidying goes on
    private int tidyLevel;
    private int tidyPlace;
    private int tidyIndex;

    TimerWheel(long nanoTime) {
        this(nanoTime, FEW);
    }

    /** For tests, which have few. */
    TimerWheel(long nanoTime, int few) {
        now = nanoTime / NANOS_PER_TICK;
        this.few = few;
    }

    /** Entries, those that nobody waits for any more included. */
    int size() {
        return size;
    }

    /** Makes sure that {@code timeout} is looked at no later than its deadline. */
    void plan(Timeout timeout) {
        long deadline = timeout.expiresAt();
        if (deadline == Timeout.NEVER) return;
        long tick = Math.max(tickAfter(deadline), now + 1);
        if (timeout.plannedTick <= tick) return;
        put(timeout, Math.min(tick, now + FARTHEST));
    }

    private static long tickAfter(long nanos) {
        return nanos / NANOS_PER_TICK + (nanos % NANOS_PER_TICK == 0 ? 0 : 1);
    }

    /**
     * An entry planned earlier for the same timeout stays behind and is recognised by its tick. Where memory lacks for the place, the timeout
     * stays as it was.
     */
    private void put(Timeout timeout, long tick) {
        if (size >= few) tidy();
        int level = level(tick);
        int place = (int) (tick >>> (BITS * level)) & (PLACES - 1);
        @Nullable Timeout[] entries = places[level][place];
        int count = counts[level][place];
        if (entries == null) entries = places[level][place] = newPlace();
        else if (count == entries.length) entries = places[level][place] = Arrays.copyOf(entries, count * 2);
        size++;
        timeout.plannedTick = tick;
        entries[count] = timeout;
        counts[level][place] = count + 1;
        occupied[level] |= 1L << place;
    }

    /** Tests let it fail. */
    @Nullable
    Timeout[] newPlace() {
        return new Timeout[FIRST_CAPACITY];
    }

    /** The wheel whose hand passes the tick's place within one turn of it: where the highest digit differs from now. */
    private int level(long tick) {
        int highestDifference = 63 - Long.numberOfLeadingZeros(tick ^ now);
        return Math.min(highestDifference / BITS, LEVELS - 1);
    }

    /**
     * How long the loop may sleep.
     *
     * @return nanoseconds from {@code nanoTime} to the next place that is not empty; 0 if it is over; negative if there is none
     */
    long nanosToNext(long nanoTime) {
        if (rest != null) return 0;
        long next = Long.MAX_VALUE;
        for (int level = 0; level < LEVELS; level++) next = Math.min(next, nextTick(level));
        if (next == Long.MAX_VALUE) return -1;
        return Math.max(0, next * NANOS_PER_TICK - nanoTime);
    }

    /** The tick at which the hand of {@code level} reaches its next place that is not empty. */
    private long nextTick(int level) {
        if (occupied[level] == 0) return Long.MAX_VALUE;
        int shift = BITS * level;
        long hand = now >>> shift;
        int distance =
                1 + Long.numberOfTrailingZeros(Long.rotateRight(occupied[level], (int) (hand + 1) & (PLACES - 1)));
        return (hand + distance) << shift;
    }

    /** Lets what has expired by {@code nanoTime} happen; {@code loop} is told of each. */
    void advance(long nanoTime, Expiry expiry) {
        long until = nanoTime / NANOS_PER_TICK;
        while (now < until) {
            long next = Long.MAX_VALUE;
            for (int level = 0; level < LEVELS; level++) next = Math.min(next, nextTick(level));
            if (rest != null) next = now + 1;
            if (next > until) {
                now = until;
                return;
            }
            now = next;
            try {
                if (rest != null) emptyRest(expiry);
                // Coarse wheels first: what they hold for this very tick moves down, or fires.
                for (int level = LEVELS - 1; level >= 0; level--)
                    if (level == 0 || (now & ((1L << (BITS * level)) - 1)) == 0) empty(level, expiry);
            } catch (Throwable e) {
                now--; // the next call comes to this tick once more, for what it still holds
                throw e;
            }
        }
    }

    private void empty(int level, Expiry expiry) {
        int place = (int) (now >>> (BITS * level)) & (PLACES - 1);
        if ((occupied[level] & (1L << place)) == 0) return;
        @Nullable Timeout[] entries = places[level][place];
        int count = counts[level][place];
        // Taken out first: what fires may plan again, into this very place too.
        places[level][place] = null;
        counts[level][place] = 0;
        occupied[level] &= ~(1L << place);
        size -= count;
        lookAt(entries, 0, count, level, expiry);
    }

    private void emptyRest(Expiry expiry) {
        @Nullable Timeout[] entries = Objects.requireNonNull(rest);
        rest = null;
        size -= restTo - restFrom;
        lookAt(entries, restFrom, restTo, restLevel, expiry);
    }

    /** Lets happen what is due and puts the others where they belong. What remains when that fails is kept for the next call. */
    private void lookAt(@Nullable Timeout[] entries, int from, int to, int level, Expiry expiry) {
        int next = from;
        try {
            while (next < to) {
                Timeout timeout = entries[next];
                if (!isStale(timeout, level)) {
                    long deadline = timeout.expiresAt();
                    long tick = deadline == Timeout.NEVER ? now : tickAfter(deadline);
                    if (tick > now) {
                        put(timeout, Math.min(tick, now + FARTHEST));
                    } else {
                        timeout.plannedTick = Timeout.NOT_PLANNED;
                        next++;
                        if (deadline != Timeout.NEVER) expiry.expired(timeout);
                        continue;
                    }
                }
                next++;
            }
        } finally {
            if (next < to) keep(entries, next, to, level);
        }
    }

    private void keep(@Nullable Timeout[] entries, int from, int to, int level) {
        rest = entries;
        restLevel = level;
        restFrom = from;
        restTo = to;
        size += to - from;
    }

    /** Whether the timeout has been planned for another place since. */
    private boolean isStale(Timeout timeout, int level) {
        return isElsewhere(timeout, level, now >>> (BITS * level));
    }

    private static boolean isElsewhere(Timeout timeout, int level, long hand) {
        long tick = timeout.plannedTick;
        return tick == Timeout.NOT_PLANNED || tick >>> (BITS * level) != hand;
    }

    private void tidy() {
        for (int i = 0; i < LOOKS; i++) {
            if (tidyIndex >= counts[tidyLevel][tidyPlace]) goToNextPlace();
            else if (!isNeeded()) drop();
            else tidyIndex++;
        }
    }

    private void goToNextPlace() {
        tidyIndex = 0;
        tidyPlace++;
        long further = tidyPlace == PLACES ? 0 : occupied[tidyLevel] >>> tidyPlace;
        if (further != 0) {
            tidyPlace += Long.numberOfTrailingZeros(further);
        } else {
            tidyPlace = 0;
            tidyLevel = (tidyLevel + 1) % LEVELS;
        }
    }

    private boolean isNeeded() {
        Timeout timeout = entry();
        if (isElsewhere(timeout, tidyLevel, handAt(tidyLevel, tidyPlace))) return false;
        if (timeout.expiresAt() != Timeout.NEVER) return true;
        timeout.plannedTick = Timeout.NOT_PLANNED;
        return false;
    }

    private Timeout entry() {
        @Nullable Timeout[] entries = places[tidyLevel][tidyPlace];
        return entries[tidyIndex];
    }

    /** What the hand of {@code level} shows when it comes to {@code place} next. */
    private long handAt(int level, int place) {
        long next = (now >>> (BITS * level)) + 1;
        return next + ((place - next) & (PLACES - 1));
    }

    /** The last one of its place takes its place. */
    private void drop() {
        @Nullable Timeout[] entries = places[tidyLevel][tidyPlace];
        int last = --counts[tidyLevel][tidyPlace];
        entries[tidyIndex] = entries[last];
        entries[last] = null;
        size--;
        if (last > 0) return;
        places[tidyLevel][tidyPlace] = null;
        occupied[tidyLevel] &= ~(1L << tidyPlace);
    }

    /** Is handed what has expired. */
    interface Expiry {
        void expired(Timeout timeout);
    }
}
