package org.dormouse.filter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Token buckets for any number of keys in memory that is taken once. A bucket is one number, the time at which it will be full again (the
 * generic cell rate algorithm), so a full bucket and one that is not there are the same, and nobody has to be remembered who has been quiet
 * for long. Eight places next to each other, chosen by a secret hash, are searched for a key; where all are taken by others, the one that is
 * full soonest is forgotten: that client has more than its share for a moment, and never less. Any thread, no lock.
 */
final class TokenTable {
    private static final int WAYS = 8;
    private static final int TAG_BITS = 20;
    private static final int TIME_BITS = Long.SIZE - TAG_BITS;
    private static final long TIME_MASK = (1L << TIME_BITS) - 1;
    /** A token is so many units of time, so that dividing it rounds by little. */
    private static final int UNITS_PER_TOKEN = 64;

    private static final VarHandle PLACES = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] places;
    private final int groupMask;
    private final double unitNanos;
    private final long burst;
    private final long seed = ThreadLocalRandom.current().nextLong();
    private final long secondSeed = ThreadLocalRandom.current().nextLong();

    /**
     * @param keys how many can be remembered at once; rounded up to a power of two
     * @param burst tokens of a full bucket
     * @param nanosPerToken how long one takes to come back
     */
    TokenTable(int keys, long burst, double nanosPerToken) {
        int groups = Integer.highestOneBit(Math.max(1, (keys - 1) / WAYS)) * (keys > WAYS ? 2 : 1);
        places = new long[groups * WAYS];
        groupMask = groups - 1;
        unitNanos = nanosPerToken / UNITS_PER_TOKEN;
        this.burst = burst * UNITS_PER_TOKEN;
    }

    int places() {
        return places.length;
    }

    /**
     * Takes a token of the bucket of {@code key}.
     *
     * @param now nanoseconds since the table was made
     * @return tokens left, 0 or more; if there was none: the negative number of nanoseconds until there is one
     */
    long take(long key, long now) {
        long hash = mix(mix(key ^ seed) + secondSeed);
        int group = ((int) hash & groupMask) * WAYS;
        long tag = hash >>> TIME_BITS;
        long time = (long) (now / unitNanos) & TIME_MASK;
        while (true) {
            int chosen = group;
            long before = 0;
            long least = Long.MAX_VALUE;
            for (int i = group; i < group + WAYS; i++) {
                long place = (long) PLACES.getVolatile(places, i);
                long debt = debt(place, time);
                if (place >>> TIME_BITS == tag && debt > 0) {
                    chosen = i;
                    before = place;
                    least = debt;
                    break;
                }
                if (debt < least) {
                    chosen = i;
                    before = place;
                    least = debt;
                }
            }
            boolean isOwn = before >>> TIME_BITS == tag;
            long owed = (isOwn ? Math.max(0, least) : 0) + UNITS_PER_TOKEN;
            if (owed > burst) return -Math.max(1, (long) ((owed - burst) * unitNanos));
            long after = tag << TIME_BITS | (time + owed & TIME_MASK);
            if (PLACES.compareAndSet(places, chosen, before, after)) return (burst - owed) / UNITS_PER_TOKEN;
        }
    }

    /** Units of time until the bucket is full; 0 if it is. Time goes round, and what lies too far ahead is old. */
    private long debt(long place, long time) {
        long ahead = (place & TIME_MASK) - time & TIME_MASK;
        return ahead > burst ? 0 : ahead;
    }

    private static long mix(long value) {
        long mixed = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }

    /** A key made of text. */
    long key(CharSequence text) {
        long hash = seed;
        for (int i = 0; i < text.length(); i++) hash = mix(hash + text.charAt(i));
        return hash;
    }
}
