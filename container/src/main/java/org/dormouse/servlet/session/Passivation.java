package org.dormouse.servlet.session;

import jakarta.servlet.http.HttpSessionActivationListener;
import jakarta.servlet.http.HttpSessionEvent;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves sessions from memory to a store and back (Servlet 6.1 §7.7.2). Any thread; the store is used by threads of its own, so that no
 * event loop waits for a disk.
 */
final class Passivation {
    private static final Logger LOG = LoggerFactory.getLogger(Passivation.class);
    private static final int THREADS = 2;
    private static final int EXPIRED_AT_ONCE = 1_000;

    private final Sessions sessions;
    private final SessionStore store;
    private final ClassLoader application;
    private final AttributeForm form;
    private final ThreadPoolExecutor threads;
    private final ConcurrentHashMap<String, CompletableFuture<@Nullable MemorySession>> underWay =
            new ConcurrentHashMap<>();
    private final AtomicLong dropped = new AtomicLong();

    Passivation(Sessions sessions, SessionStore store, ClassLoader application, int maxSessionBytes) {
        this.sessions = sessions;
        this.store = store;
        this.application = application;
        this.form = new AttributeForm(application, maxSessionBytes);
        ThreadFactory made = Thread.ofPlatform()
                .name("dormouse-sessions-", 1)
                .daemon()
                .inheritInheritableThreadLocals(false)
                .factory();
        threads = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), made);
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * The session called {@code id}, back from the store; null if it has none. Waits for it.
     *
     * @param beforeWaiting called before that
     */
    @Nullable
    MemorySession activate(String id, Runnable beforeWaiting) {
        if (!store.mayHold(id)) {
            // Not there, or just taken: whoever takes it is under way first, and makes it known before that is over.
            CompletableFuture<@Nullable MemorySession> taking = underWay.get(id);
            return taking == null ? sessions.known(id) : join(taking, beforeWaiting);
        }
        var own = new CompletableFuture<@Nullable MemorySession>();
        CompletableFuture<@Nullable MemorySession> other = underWay.putIfAbsent(id, own);
        if (other != null) return join(other, beforeWaiting);
        try {
            threads.execute(() -> {
                MemorySession session = null;
                try {
                    session = activateNow(id);
                } catch (Throwable e) { // whoever waits has to go on
                    LOG.error("a session cannot be read from its store", e);
                }
                own.complete(session);
            });
            return join(own, beforeWaiting);
        } finally {
            own.complete(null); // if no thread could be had
            underWay.remove(id);
        }
    }

    private static @Nullable MemorySession join(
            CompletableFuture<@Nullable MemorySession> other, Runnable beforeWaiting) {
        if (!other.isDone()) beforeWaiting.run();
        return other.join();
    }

    /** A thread of ours. Another request may have brought it back since the caller looked. */
    private @Nullable MemorySession activateNow(String id) throws IOException {
        MemorySession live = sessions.known(id);
        if (live != null) return live;
        if (sessions.isFull()) return null; // it stays where it is
        StoredSession stored = store.take(id);
        if (stored == null) return null;
        MemorySession session = restore(stored);
        if (session.isOver(sessions.now())) {
            inApplication(session::end);
            return null;
        }
        sessions.put(session);
        return session;
    }

    private MemorySession restore(StoredSession stored) {
        var session = new MemorySession(sessions, stored);
        inApplication(() -> {
            stored.attributes().forEach((name, bytes) -> {
                try {
                    session.attributes.put(name, form.read(bytes));
                } catch (IOException e) {
                    drop(name, e);
                }
            });
            tell(session, (listener, event) -> listener.sessionDidActivate(event));
        });
        return session;
    }

    private void drop(String name, Exception why) {
        LOG.warn("attribute {} is dropped from a stored session: {}; {} so far", name, why, dropped.incrementAndGet());
    }

    private void inApplication(Runnable task) {
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(application);
        try {
            task.run();
        } finally {
            thread.setContextClassLoader(callers);
        }
    }

    private interface Telling {
        void tell(HttpSessionActivationListener listener, HttpSessionEvent event);
    }

    private static void tell(MemorySession session, Telling what) {
        var event = new HttpSessionEvent(session);
        var failures = new ListenerFailures();
        for (Object value : session.attributes.values()) {
            if (value instanceof HttpSessionActivationListener listener) failures.run(() -> what.tell(listener, event));
        }
        failures.log("a session that goes to its store, or comes from there");
    }

    /** Hands over a session that nobody uses any more; false if it was not kept, and has to end. The caller may block. */
    boolean passivate(MemorySession session) {
        if (session.isOver(sessions.now()) || session.isForLogin()) return false;
        tell(session, (listener, event) -> listener.sessionWillPassivate(event));
        Map<String, byte[]> attributes = new LinkedHashMap<>();
        session.attributes.forEach((name, value) -> {
            try {
                attributes.put(name, form.write(value));
            } catch (IOException | RuntimeException | StackOverflowError e) { // also what its writeObject throws
                LOG.warn(
                        "attribute {} of class {} is not stored: {}",
                        name,
                        value.getClass().getName(),
                        e.toString());
            }
        });
        try {
            if (!store.save(session.stored(attributes))) return false;
        } catch (IOException e) {
            LOG.error("a session cannot be stored", e);
            return false;
        }
        session.leaveMemory();
        return true;
    }

    /** Ends those in the store whose time is over. The caller may block. */
    void expire() {
        try {
            for (StoredSession stored : store.takeExpired(sessions.now(), EXPIRED_AT_ONCE)) {
                MemorySession session = restore(stored);
                inApplication(session::end);
            }
        } catch (IOException e) {
            LOG.error("stored sessions cannot be looked through", e);
        }
    }

    void close() {
        threads.shutdown();
        try {
            store.close();
        } catch (IOException e) {
            LOG.warn("the store of sessions cannot be closed", e);
        }
    }
}
