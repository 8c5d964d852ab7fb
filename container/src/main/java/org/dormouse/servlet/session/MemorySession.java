package org.dormouse.servlet.session;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpSession;
import java.lang.ref.WeakReference;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session. Any thread: many requests may share it.
 *
 * <pre>
 *   LIVE -> ENDING (listeners are told, everything still readable) -> ENDED
 * </pre>
 */
public final class MemorySession implements HttpSession {
    private enum Life {
        LIVE,
        ENDING,
        ENDED
    }

    private static final int AS_IT_IS = Integer.MIN_VALUE;

    private final Sessions sessions;
    private final long createdMillis;
    final ConcurrentHashMap<String, Object> attributes = new ConcurrentHashMap<>();
    private final AtomicReference<Life> life = new AtomicReference<>(Life.LIVE);
    /** Requests that use it now: it does not expire under them (Servlet 6.1 §7.5). */
    private final AtomicInteger users = new AtomicInteger();

    /** Held while the id or the owner changes, or the id is forgotten: only one id leads to a live session, none to one that has ended. */
    final Object idLock = new Object();

    private volatile String id;
    private volatile int inactiveSeconds;
    /** What {@link #inactiveSeconds} becomes when it is no session for a login alone any more; {@link #AS_IT_IS} if it is none. */
    private volatile int usualSeconds = AS_IT_IS;

    private volatile long lastAccessedMillis;
    private volatile long thisAccessedMillis;
    /** When the last use ended. */
    private volatile long idleSinceMillis;

    private volatile boolean isNew = true;
    private volatile @Nullable Owner owner;
    private volatile @Nullable SessionNote note;
    /**
     * Sessions of other applications that go by the id of this one; null if there never was one. Each list is never changed. What is alive is
     * held by its application, and that is not to be held by this one.
     */
    private volatile @Nullable List<WeakReference<MemorySession>> companions;

    /** What shall not outlive the login under which it began; null if nothing. Guarded by the lock of the id. */
    private @Nullable Set<Runnable> followers;

    /** How often it has been in a store. */
    private final int version;

    /** @param keptAs how the principal logged in for the whole session; null if it was for single requests */
    private record Owner(Principal principal, @Nullable String keptAs) {}

    MemorySession(Sessions sessions, String id, long nowMillis, int inactiveSeconds) {
        this.sessions = sessions;
        this.id = id;
        this.createdMillis = nowMillis;
        this.lastAccessedMillis = nowMillis;
        this.thisAccessedMillis = nowMillis;
        this.idleSinceMillis = nowMillis;
        this.inactiveSeconds = inactiveSeconds;
        this.version = 0;
    }

    /** Back from a store, without its attributes. */
    MemorySession(Sessions sessions, StoredSession stored) {
        this.sessions = sessions;
        this.id = stored.id();
        this.createdMillis = stored.createdMillis();
        this.lastAccessedMillis = stored.accessedMillis();
        this.thisAccessedMillis = stored.accessedMillis();
        this.idleSinceMillis = stored.idleSinceMillis();
        this.inactiveSeconds = stored.inactiveSeconds();
        this.isNew = false;
        this.version = stored.version();
        StoredSession.Login login = stored.login();
        if (login != null) owner = new Owner(sessions.callers().restore(login), login.keptAs());
    }

    /** Itself for a store. */
    StoredSession stored(Map<String, byte[]> serialized) {
        Owner known = owner;
        return new StoredSession(
                id,
                version + 1,
                createdMillis,
                thisAccessedMillis,
                idleSinceMillis,
                inactiveSeconds,
                known == null ? null : sessions.callers().login(known.principal, known.keptAs),
                serialized);
    }

    /** A store has it now: it ends here, and nobody is told. */
    void leaveMemory() {
        life.set(Life.ENDED);
        note(null);
        sessions.remove(this);
        attributes.clear();
    }

    /** Begins a use; false if it has ended. Each true is followed by one {@link #leave}. */
    boolean enter(long nowMillis) {
        users.incrementAndGet();
        if (life.get() != Life.LIVE) {
            users.decrementAndGet();
            return false;
        }
        lastAccessedMillis = thisAccessedMillis;
        thisAccessedMillis = nowMillis;
        return true;
    }

    /** Ends a use: from now on the time without use is counted. */
    public void leave() {
        idleSinceMillis = sessions.now();
        users.decrementAndGet();
    }

    /** The client has sent the id back. */
    void join() {
        if (isNew) isNew = false;
    }

    boolean isOver(long nowMillis) {
        int seconds = inactiveSeconds;
        return seconds > 0 && users.get() == 0 && nowMillis - idleSinceMillis >= seconds * 1000L;
    }

    public boolean isLive() {
        return life.get() == Life.LIVE;
    }

    /** Ends it, if nobody has, because its time is over or its application stops. */
    void end() {
        endAndTell().log("the end of a session");
    }

    /** Ends it, if nobody has: whatever listeners throw, it has ended then, and every value has been told. */
    private ListenerFailures endAndTell() {
        var failures = new ListenerFailures();
        if (!life.compareAndSet(Life.LIVE, Life.ENDING)) return failures;
        sessions.remove(this);
        note(null);
        if (!sessions.isClosing()) failures.run(this::loginIsOver);
        failures.run(() -> sessions.listeners().destroyed(this));
        life.set(Life.ENDED);
        for (String name : attributes.keySet()) {
            Object value = attributes.remove(name);
            if (value != null) failures.run(() -> sessions.listeners().changed(this, name, value, null));
        }
        return failures;
    }

    /** Ends it; it may have ended already. */
    public void endNow() {
        end();
    }

    Sessions sessions() {
        return sessions;
    }

    /** From now on, {@code other}, of another application and with the same id, changes its id with this one. */
    public void goesWith(MemorySession other) {
        synchronized (idLock) {
            List<MemorySession> known = companions();
            if (known.contains(other)) return;
            var all = new ArrayList<WeakReference<MemorySession>>();
            for (MemorySession each : known) if (each.isLive()) all.add(new WeakReference<>(each));
            all.add(new WeakReference<>(other));
            companions = List.copyOf(all);
        }
    }

    List<MemorySession> companions() {
        List<WeakReference<MemorySession>> known = companions;
        if (known == null) return List.of();
        var all = new ArrayList<MemorySession>(known.size());
        for (WeakReference<MemorySession> each : known) {
            MemorySession companion = each.get();
            if (companion != null) all.add(companion);
        }
        return all;
    }

    /**
     * Has been made so that somebody can log in, and lives for {@code seconds} without use, until somebody has or it holds something: then as
     * long as others.
     */
    public void isForLogin(int seconds) {
        synchronized (idLock) {
            usualSeconds = inactiveSeconds;
            inactiveSeconds = seconds;
        }
    }

    /** Whether it is for a login alone: there is nothing in it that anybody would miss. */
    boolean isForLogin() {
        return usualSeconds != AS_IT_IS;
    }

    private void isForMore() {
        synchronized (idLock) {
            int usual = usualSeconds;
            if (usual != AS_IT_IS) inactiveSeconds = usual;
            usualSeconds = AS_IT_IS;
        }
    }

    /** Who sends its requests, if somebody logged in for the session and not for a single request. */
    public @Nullable Principal caller() {
        Owner known = owner;
        return known != null && known.keptAs != null ? known.principal : null;
    }

    /** How {@link #caller} logged in: what {@code getAuthType} answers; null if there is none. */
    public @Nullable String keptAs() {
        Owner known = owner;
        return known == null ? null : known.keptAs;
    }

    /** Nobody is logged in with it any more. */
    public void belongToNobody() {
        synchronized (idLock) {
            owner = null;
        }
        loginIsOver();
    }

    /**
     * Has {@code whenOver} run once when this session ends, or somebody logs out or in with it; at once if it has ended. Not when the
     * application stops.
     *
     * @return calls that off
     */
    public Runnable follow(Runnable whenOver) {
        synchronized (idLock) {
            if (isLive()) {
                if (followers == null) followers = new HashSet<>(2);
                followers.add(whenOver);
                return () -> unfollow(whenOver);
            }
        }
        whenOver.run();
        return () -> {};
    }

    private void unfollow(Runnable whenOver) {
        synchronized (idLock) {
            if (followers == null || !followers.remove(whenOver)) return;
            if (followers.isEmpty()) followers = null;
        }
    }

    void loginIsOver() {
        Set<Runnable> told;
        synchronized (idLock) {
            told = followers;
            followers = null;
        }
        if (told != null) told.forEach(Runnable::run);
    }

    boolean belongsTo(Principal principal) {
        Owner known = owner;
        return known != null && known.principal.equals(principal);
    }

    /** Whether somebody else has logged in with it before. */
    public boolean belongsToAnother(Principal principal) {
        Owner known = owner;
        return known != null && !known.principal.equals(principal);
    }

    /**
     * Notes whose session it is, for one whose id no client knows yet; any other is {@linkplain Sessions#handOver handed over}.
     *
     * @param keptAs how the principal logged in, if {@link #caller} is to answer with it
     */
    public void belongTo(Principal principal, @Nullable String keptAs) {
        synchronized (idLock) {
            owner = new Owner(principal, keptAs);
            isForMore();
        }
        if (keptAs != null) sessions.keepCallers();
    }

    /** What the container keeps in it; null if nothing. */
    public @Nullable SessionNote note() {
        return note;
    }

    /** Keeps {@code next} in the place of {@code known}, unless that has been replaced meanwhile: then nothing happens, and it is false. */
    @SuppressWarnings("ReferenceEquality") // this very note
    public boolean replaceNote(@Nullable SessionNote known, SessionNote next) {
        SessionNote lost;
        synchronized (idLock) {
            if (note != known) return false;
            lost = isLive() ? known : next;
            if (isLive()) note = next;
        }
        if (lost != null) lost.dropped();
        return true;
    }

    /** Keeps {@code next}, or nothing, in the place of what was kept before. If the session has ended, {@code next} is dropped at once. */
    public void note(@Nullable SessionNote next) {
        SessionNote lost;
        synchronized (idLock) {
            boolean keeps = isLive() || next == null;
            lost = keeps ? note : next;
            if (keeps) note = next;
        }
        if (lost != null) lost.dropped();
    }

    /** Forgets {@code known}, if it is what is kept: of several threads that take it, one does. */
    @SuppressWarnings("ReferenceEquality") // this very note
    public boolean takeNote(SessionNote known) {
        synchronized (idLock) {
            if (note != known) return false;
            note = null;
        }
        known.dropped();
        return true;
    }

    void forgetOldNote(long nowMillis) {
        SessionNote known = note;
        if (known != null && known.isOver(nowMillis)) takeNote(known);
    }

    void id(String newId) {
        id = newId;
    }

    void checkLive() {
        if (life.get() == Life.ENDED) throw new IllegalStateException("session has been invalidated or has expired");
    }

    @Override
    public String getId() {
        return id;
    }

    @Override
    public long getCreationTime() {
        checkLive();
        return createdMillis;
    }

    @Override
    public long getLastAccessedTime() {
        checkLive();
        return lastAccessedMillis;
    }

    @Override
    public ServletContext getServletContext() {
        return sessions.context();
    }

    @Override
    public void setMaxInactiveInterval(int seconds) {
        synchronized (idLock) {
            usualSeconds = AS_IT_IS;
            inactiveSeconds = seconds;
        }
    }

    @Override
    public int getMaxInactiveInterval() {
        return inactiveSeconds;
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        checkLive();
        return attributes.get(name);
    }

    @Override
    public Enumeration<String> getAttributeNames() {
        checkLive();
        return Collections.enumeration(attributes.keySet());
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the same object again is no binding; an equal one is
    public void setAttribute(String name, @Nullable Object value) {
        if (value == null) {
            removeAttribute(name);
            return;
        }
        checkLive();
        if (isForLogin()) isForMore();
        if (attributes.get(name) != value) sessions.listeners().bound(this, name, value);
        Object before = attributes.put(name, value);
        sessions.listeners().changed(this, name, before, value);
    }

    @Override
    public void removeAttribute(String name) {
        checkLive();
        Object before = attributes.remove(name);
        if (before != null) sessions.listeners().changed(this, name, before, null);
    }

    @Override
    public void invalidate() {
        if (life.get() != Life.LIVE) throw new IllegalStateException("session has been invalidated or has expired");
        endAndTell().throwFirst();
    }

    @Override
    public boolean isNew() {
        checkLive();
        return isNew;
    }

    @Override
    public Accessor getAccessor() {
        checkLive();
        String known = id;
        return task -> access(known, task);
    }

    /** Use outside of a request: as long as {@code task} runs, the session does not expire. */
    private void access(String knownId, Consumer<HttpSession> task) {
        if (!knownId.equals(id))
            throw new IllegalStateException("the id of the session has changed; get its accessor again");
        if (isOver(sessions.now())) end();
        if (!enter(sessions.now())) throw new IllegalStateException("session has been invalidated or has expired");
        try {
            task.accept(this);
        } finally {
            leave();
        }
    }
}
