package org.dormouse.identity;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Failures by key. Bounded: where there is no room, of those that were touched longest ago the one with the fewest failures is forgotten, so
 * that a flood of new keys does not wash away what is locked. Safe for many threads.
 */
final class FailureTable {
    /** How many of the oldest are looked at for one to forget. */
    private static final int LOOKED_AT = 16;

    private final int limit;
    private final long lockNanos;
    private final int maxEntries;
    // Held for a look-up only.
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashMap<String, Failures> byKey = new LinkedHashMap<>(16, 0.75f, true);

    private static final class Failures {
        int count;
        long sinceNanos;
    }

    /** @param limit so many failures within {@code lockNanos} lock a key for {@code lockNanos} */
    FailureTable(int limit, long lockNanos, int maxEntries) {
        this.limit = limit;
        this.lockNanos = lockNanos;
        this.maxEntries = maxEntries;
    }

    /** Nanoseconds until {@code key} is heard again; 0 if it is now. */
    long lockedFor(String key, long nowNanos) {
        lock.lock();
        try {
            Failures known = byKey.get(key);
            if (known == null || known.count < limit) return 0;
            return Math.max(0, lockNanos - (nowNanos - known.sinceNanos));
        } finally {
            lock.unlock();
        }
    }

    /** Counts a failure, or what may become one: see {@link #takeBack}. */
    void add(String key, long nowNanos) {
        lock.lock();
        try {
            Failures known = byKey.get(key);
            if (known == null) {
                makeRoom(nowNanos);
                known = new Failures();
                known.sinceNanos = nowNanos;
                byKey.put(key, known);
            } else if (nowNanos - known.sinceNanos >= lockNanos) {
                known.count = 0;
                known.sinceNanos = nowNanos;
            }
            if (++known.count >= limit) known.sinceNanos = nowNanos; // from now on it is locked
        } finally {
            lock.unlock();
        }
    }

    /** What was counted was no failure. */
    void takeBack(String key) {
        lock.lock();
        try {
            Failures known = byKey.get(key);
            if (known != null && --known.count <= 0) byKey.remove(key);
        } finally {
            lock.unlock();
        }
    }

    void forget(String key) {
        lock.lock();
        try {
            byKey.remove(key);
        } finally {
            lock.unlock();
        }
    }

    private void makeRoom(long nowNanos) {
        if (byKey.size() < maxEntries) return;
        String least = null;
        int fewest = Integer.MAX_VALUE;
        int looked = 0;
        Iterator<Map.Entry<String, Failures>> oldest = byKey.entrySet().iterator();
        while (oldest.hasNext() && looked++ < LOOKED_AT) {
            Map.Entry<String, Failures> each = oldest.next();
            boolean isOver = nowNanos - each.getValue().sinceNanos >= lockNanos;
            int count = isOver ? 0 : each.getValue().count;
            if (count >= fewest) continue;
            fewest = count;
            least = each.getKey();
        }
        if (least != null) byKey.remove(least);
    }

    int size() {
        lock.lock();
        try {
            return byKey.size();
        } finally {
            lock.unlock();
        }
    }
}
