package org.dormouse.servlet.session;

import jakarta.servlet.ServletContext;
import java.security.Principal;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of one application, in memory, and with a store also beyond its stop. Any thread. Listeners are called by the thread that causes the event, with no lock held.
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
    private volatile boolean closing;
    private @Nullable Passivation passivation;
    private Callers callers = Callers.NOBODY;

    /** Who is logged in with a session, as a store keeps it. */
    public interface Callers {
        /** For sessions without a store. */
        Callers NOBODY = new Callers() {
            @Override
            public StoredSession.@Nullable Login login(Principal principal, @Nullable String keptAs) {
                return null;
            }

            @Override
            public Principal restore(StoredSession.Login login) {
                throw new IllegalStateException("there is no store");
            }
        };

        /** Null for a principal of which no more is known than its class says: who sent the session has to log in again. */
        StoredSession.@Nullable Login login(Principal principal, @Nullable String keptAs);

        Principal restore(StoredSession.Login login);
    }

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
     * Keeps sessions beyond a stop, and finds those that were kept. Called before the first of the other methods.
     *
     * @param application the loader of the classes that attributes may have
     * @param maxSessionBytes of the attributes of one session
     */
    public Sessions storedIn(SessionStore store, ClassLoader application, int maxSessionBytes, Callers known) {
        passivation = new Passivation(this, store, application, maxSessionBytes);
        callers = known;
        keepsCallers = true; // a stored session may have one
        return this;
    }

    /**
     * Makes a session, in use by the caller until {@link MemorySession#leave}.
     *
     * @throws TooManySessions if there are
     */
    public MemorySession create() {
        return create(ids.next());
    }

    /**
     * The same under an id that this server has made for a session elsewhere; if another request has been faster, the session that it made.
     *
     * @throws TooManySessions as {@link #create()}
     */
    public MemorySession create(String id) {
        if (byId.size() >= maxSessions && !makesRoom()) {
            var refused = new TooManySessions(byId.size(), maxSessions);
            if (isDue(nextComplaintMillis, COMPLAINT_MILLIS)) LOG.warn("no new sessions: {}", refused.getMessage());
            throw refused;
        }
        var session = new MemorySession(this, id, now(), defaultInactiveSeconds);
        session.enter(now());
        MemorySession faster = byId.putIfAbsent(id, session);
        if (faster != null && faster.enter(now())) return faster;
        if (faster != null) byId.put(id, session);
        try {
            listeners.created(session);
        } catch (Throwable e) { // nobody will ever learn its id
            session.end();
            throw e;
        }
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
        return session == null ? null : use(session);
    }

    /** Whether there is a store to look into where {@link #find} finds nothing. */
    public boolean isStored() {
        return passivation != null;
    }

    /**
     * The same for a session that may be in the store; does not ask for ids there that cannot be.
     *
     * @param beforeWaiting called before the thread waits for the store
     */
    public @Nullable MemorySession fetch(String id, Runnable beforeWaiting) {
        MemorySession session = passivation == null ? null : passivation.activate(id, beforeWaiting);
        return session == null ? null : use(session);
    }

    private @Nullable MemorySession use(MemorySession session) {
        long now = now();
        if (session.isOver(now)) {
            session.end();
            return null;
        }
        if (!session.enter(now)) return null;
        session.join();
        return session;
    }

    /** A request came with {@code id} and has ended without a look at its session; false if there is no such session in memory. */
    public boolean touch(String id) {
        MemorySession session = byId.get(id);
        long now = now();
        if (session == null || session.isOver(now) || !session.enter(now)) return false;
        session.join();
        session.leave();
        return true;
    }

    /** Whether no session is in memory. */
    public boolean isEmpty() {
        return byId.isEmpty();
    }

    /** Whether {@code id} is that of a live session; does not count as use. */
    public boolean isLive(String id) {
        MemorySession session = byId.get(id);
        return session != null && !session.isOver(now());
    }

    /**
     * Gives {@code session} a new id, against fixation.
     *
     * @param client gets to know the id, before the listeners, whatever these throw
     * @throws IllegalStateException if it has ended
     */
    public String changeId(MemorySession session, Consumer<String> client) {
        String oldId;
        String newId;
        synchronized (session.idLock) {
            if (!session.isLive()) throw new IllegalStateException("session has been invalidated or has expired");
            oldId = session.getId();
            newId = ids.next();
            move(session, newId);
        }
        client.accept(newId);
        tellOfId(session, oldId);
        return newId;
    }

    /** Also those in other applications that go by the id of {@code session}: under the old one, nothing is left. */
    private void tellOfId(MemorySession session, String oldId) {
        var failures = new ListenerFailures();
        failures.run(() -> listeners.idChanged(session, oldId));
        for (MemorySession each : session.companions())
            failures.run(() -> each.sessions().follow(each, session, oldId));
        failures.throwFirst();
    }

    /** Takes the id of {@code leader}, which has just changed. If it changes more often meanwhile, the last one to come finds the last id. */
    private void follow(MemorySession session, MemorySession leader, String oldId) {
        synchronized (session.idLock) {
            if (!session.isLive() || !session.getId().equals(oldId)) return;
            move(session, leader.getId());
        }
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(context.getClassLoader());
        try {
            listeners.idChanged(session, oldId);
        } finally {
            thread.setContextClassLoader(callers);
        }
    }

    /**
     * Notes that {@code session} belongs to {@code principal}, and gives it a new id unless it did before. Of several requests that say so
     * at once, one changes the id.
     *
     * @param keptAs how the principal logged in, if {@link MemorySession#caller} is to answer with it
     * @param client gets to know the id if it changes, before the listeners, whatever these throw
     */
    public void handOver(MemorySession session, Principal principal, @Nullable String keptAs, Consumer<String> client) {
        String oldId;
        String newId;
        synchronized (session.idLock) {
            if (!session.isLive()) return;
            boolean same = session.belongsTo(principal);
            session.belongTo(principal, keptAs == null && same ? session.keptAs() : keptAs);
            if (same) return;
            oldId = session.getId();
            newId = ids.next();
            move(session, newId);
        }
        client.accept(newId);
        session.loginIsOver();
        tellOfId(session, oldId);
    }

    /** With the lock of its id held, and the session alive: who ends it meanwhile waits, and removes it by the new id. */
    private void move(MemorySession session, String newId) {
        String oldId = session.getId();
        byId.put(newId, session);
        session.id(newId);
        byId.remove(oldId);
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
        if (passivation != null) passivation.expire();
    }

    /** Whether {@link #expire} may have something to do one day. */
    public boolean needsSweep() {
        return !byId.isEmpty() || passivation != null;
    }

    /** Stores all sessions where there is a store, and ends those that are not stored. May block. */
    public void close() {
        closing = true;
        for (MemorySession session : byId.values()) {
            if (passivation == null || !passivation.passivate(session)) session.end();
        }
        if (passivation != null) passivation.close();
    }

    boolean isClosing() {
        return closing;
    }

    @Nullable
    MemorySession known(String id) {
        return byId.get(id);
    }

    boolean isFull() {
        return byId.size() >= maxSessions;
    }

    /** One that comes back from a store. */
    void put(MemorySession session) {
        byId.put(session.getId(), session);
    }

    Callers callers() {
        return callers;
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
