package org.dormouse.servlet.session;

import jakarta.servlet.ServletContext;
import java.security.Principal;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of one application, in memory. Any thread. Listeners are called by the thread that causes the event, with no lock held.
 */
public final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final long SCAN_MILLIS = 1_000;
    private static final long COMPLAINT_MILLIS = 60_000;

    private final ServletContext context;
    private final SessionListeners listeners;
    private final LongSupplier clockMillis;
    private final int maxSessions;
    private final SessionIds ids = new SessionIds();
    private final ConcurrentHashMap<String, MemorySession> byId = new ConcurrentHashMap<>();
    private final AtomicLong nextScanMillis = new AtomicLong(Long.MIN_VALUE);
    private final AtomicLong nextComplaintMillis = new AtomicLong(Long.MIN_VALUE);
    private volatile int defaultInactiveSeconds;
    private volatile boolean keepsCallers;

    /**
     * @param clockMillis milliseconds since 1970
     * @param maxSessions how many may live at once; key {@code session.max-sessions}
     * @param inactiveSeconds how long a new session lives without being used; 0 or less: for ever
     */
    public Sessions(
            ServletContext context,
            SessionListeners listeners,
            LongSupplier clockMillis,
            int maxSessions,
            int inactiveSeconds) {
        this.context = context;
        this.listeners = listeners;
        this.clockMillis = clockMillis;
        this.maxSessions = maxSessions;
        this.defaultInactiveSeconds = inactiveSeconds;
    }

    /**
     * Makes a session, in use by the caller until {@link MemorySession#leave}.
     *
     * @throws TooManySessions if there are
     */
    public MemorySession create() {
        if (byId.size() >= maxSessions && !makesRoom()) {
            var refused = new TooManySessions(byId.size(), maxSessions);
            if (isDue(nextComplaintMillis, COMPLAINT_MILLIS)) LOG.warn("no new sessions: {}", refused.getMessage());
            throw refused;
        }
        var session = new MemorySession(this, ids.next(), now(), defaultInactiveSeconds);
        session.enter(now());
        byId.put(session.getId(), session);
        listeners.created(session);
        return session;
    }

    /** Looks for sessions that are over, unless somebody did within the last second: a flood of new ones shall not pay for it each time. */
    private boolean makesRoom() {
        if (isDue(nextScanMillis, SCAN_MILLIS)) expire();
        return byId.size() < maxSessions;
    }

    /** True for one caller in every {@code interval}. */
    private boolean isDue(AtomicLong next, long interval) {
        long now = now();
        long due = next.get();
        return now >= due && next.compareAndSet(due, now + interval);
    }

    /**
     * The live session called {@code id}, in use by the caller until {@link MemorySession#leave}; it is no longer new. Null if there is
     * none, or its time is over: then it ends here.
     */
    public @Nullable MemorySession find(String id) {
        MemorySession session = byId.get(id);
        if (session == null) return null;
        long now = now();
        if (session.isOver(now)) {
            session.end();
            return null;
        }
        if (!session.enter(now)) return null;
        session.join();
        return session;
    }

    /** Whether {@code id} is that of a live session; does not count as use. */
    public boolean isLive(String id) {
        MemorySession session = byId.get(id);
        return session != null && !session.isOver(now());
    }

    /**
     * Gives {@code session} a new id, against fixation. Its cookie is the caller's business.
     *
     * @throws IllegalStateException if it has ended
     */
    public String changeId(MemorySession session) {
        String oldId;
        String newId;
        synchronized (session.idLock) {
            if (!session.isLive()) throw new IllegalStateException("session has been invalidated or has expired");
            oldId = session.getId();
            newId = move(session);
        }
        listeners.idChanged(session, oldId);
        return newId;
    }

    /**
     * Notes that {@code session} belongs to {@code principal}, and gives it a new id unless it did before. Of several requests that say so
     * at once, one changes the id.
     *
     * @param keptAs how the principal logged in, if {@link MemorySession#caller} is to answer with it
     * @return the new id; null if it has not changed, or the session has ended
     */
    public @Nullable String handOver(MemorySession session, Principal principal, @Nullable String keptAs) {
        String oldId;
        String newId;
        synchronized (session.idLock) {
            if (!session.isLive()) return null;
            boolean same = session.belongsTo(principal);
            session.belongTo(principal, keptAs == null && same ? session.keptAs() : keptAs);
            if (same) return null;
            oldId = session.getId();
            newId = move(session);
        }
        listeners.idChanged(session, oldId);
        return newId;
    }

    /** With the lock of its id held, and the session alive: who ends it meanwhile waits, and removes it by the new id. */
    private String move(MemorySession session) {
        String oldId = session.getId();
        String newId = ids.next();
        byId.put(newId, session);
        session.id(newId);
        byId.remove(oldId);
        return newId;
    }

    /** Whether a session has ever kept a caller: if not, none needs to be looked for to know that nobody is logged in. */
    public boolean keepsCallers() {
        return keepsCallers;
    }

    void keepCallers() {
        if (!keepsCallers) keepsCallers = true;
    }

    public int size() {
        return byId.size();
    }

    /** Ends the sessions whose time is over. Somebody calls it now and then; who asks for such a session does not get it anyway. */
    public void expire() {
        long now = now();
        for (MemorySession session : byId.values()) {
            if (session.isOver(now)) session.end();
            else session.forgetOldNote(now);
        }
    }

    /** Ends all sessions. */
    public void close() {
        for (MemorySession session : byId.values()) session.end();
    }

    public int defaultInactiveSeconds() {
        return defaultInactiveSeconds;
    }

    public void defaultInactiveSeconds(int seconds) {
        defaultInactiveSeconds = seconds;
    }

    ServletContext context() {
        return context;
    }

    SessionListeners listeners() {
        return listeners;
    }

    long now() {
        return clockMillis.getAsLong();
    }

    void remove(MemorySession session) {
        synchronized (session.idLock) {
            byId.remove(session.getId(), session);
        }
    }
}
