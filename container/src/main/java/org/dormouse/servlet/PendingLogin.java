package org.dormouse.servlet;

import java.util.LinkedHashMap;
import java.util.Map;
import org.dormouse.servlet.session.SessionNote;
import org.jspecify.annotations.Nullable;

/**
 * What a session keeps while its client is being asked who it is: for each attempt that is under way, the request that led to it. Any
 * thread.
 */
final class PendingLogin implements SessionNote {
    /** Of one session; a browser that opens many windows at once can finish the last of them. */
    private static final int MAX_ATTEMPTS = 4;

    private final LoginMemory memory;
    // all guarded by this
    private final Map<String, @Nullable SavedRequest> attempts = new LinkedHashMap<>();
    private int taken;
    private boolean dropped;
    private long deadlineMillis;

    PendingLogin(LoginMemory memory) {
        this.memory = memory;
    }

    /** Begins an attempt; false if there is no room for it, or this has been dropped. */
    synchronized boolean begin(String attempt, @Nullable SavedRequest saved, long nowMillis) {
        int bytes = cost(saved);
        if (dropped || !memory.take(bytes)) return false;
        taken += bytes;
        deadlineMillis = nowMillis + memory.settings().timeout().toMillis();
        attempts.put(attempt, saved);
        if (attempts.size() > MAX_ATTEMPTS) {
            String oldest = attempts.keySet().iterator().next();
            SavedRequest lost = attempts.remove(oldest);
            giveBack(cost(lost));
        }
        return true;
    }

    private static int cost(@Nullable SavedRequest saved) {
        return LoginMemory.OVERHEAD_BYTES + (saved == null ? 0 : saved.size());
    }

    private void giveBack(int bytes) {
        taken -= bytes;
        memory.giveBack(bytes);
    }

    synchronized boolean knows(String attempt) {
        return attempts.containsKey(attempt);
    }

    /** The attempt that began last; null if there is none. */
    synchronized @Nullable String last() {
        String last = null;
        for (String attempt : attempts.keySet()) last = attempt;
        return last;
    }

    /** Ends an attempt: it counts once. */
    synchronized @Nullable SavedRequest end(String attempt) {
        if (!attempts.containsKey(attempt)) return null;
        SavedRequest saved = attempts.remove(attempt);
        giveBack(cost(saved));
        return saved;
    }

    @Override
    public synchronized boolean isOver(long nowMillis) {
        return nowMillis >= deadlineMillis;
    }

    @Override
    public synchronized void dropped() {
        dropped = true;
        giveBack(taken);
        attempts.clear();
    }
}
