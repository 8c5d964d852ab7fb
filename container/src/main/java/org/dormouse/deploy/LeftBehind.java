package org.dormouse.deploy;

import java.beans.Introspector;
import java.time.Duration;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.dormouse.jsp.PageCaches;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an application leaves in its JVM when it stops: what can be cleared is, and what cannot is named in the log. Else its class loader,
 * and with it all of the application, would stay in memory.
 */
final class LeftBehind implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeftBehind.class);

    /** For threads that have been told to end. */
    private static final Duration LAST_MOMENT = Duration.ofMillis(500);

    static {
        // The JVM's thread for delayed tasks has the context class loader of whoever needs it first, for ever.
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        try {
            var _ = ForkJoinPool.commonPool().schedule(() -> {}, 0, TimeUnit.NANOSECONDS);
        } finally {
            thread.setContextClassLoader(callers);
        }
    }

    private final String application;
    private final WebAppClassLoader loader;

    /** @param application for the log */
    LeftBehind(String application, WebAppClassLoader loader) {
        this.application = application;
        this.loader = loader;
    }

    /** After the application has stopped, before its class loader is closed. */
    @Override
    public void close() {
        try {
            clear(loader.defineFromWithin());
        } catch (ReflectiveOperationException | LinkageError e) {
            LOG.warn("{}: what it has registered with the JVM cannot be taken back", application, e);
        }
        ResourceBundle.clearCache(loader);
        forgetBeans();
        PageCaches.forget(loader, loader.server());
        nameThreads();
    }

    private static void forgetBeans() {
        try {
            Introspector.flushCaches();
        } catch (LinkageError e) {
            // A JVM without java.desktop: nobody has looked into a bean.
        }
    }

    private void clear(Class<?> fromWithin) throws ReflectiveOperationException {
        Object within = fromWithin.getDeclaredConstructor().newInstance();
        if (!loader.knowsDrivers() || !(within instanceof Callable<?> drivers)) return;
        // The JVM's list of drivers may be made by this call: it takes those that the context class loader offers.
        Thread thread = Thread.currentThread();
        ClassLoader callers = thread.getContextClassLoader();
        thread.setContextClassLoader(loader.server());
        try {
            if (drivers.call() instanceof List<?> names && !names.isEmpty())
                LOG.warn(
                        "{} has left JDBC drivers registered: {}. They are deregistered; its contextDestroyed should do that",
                        application,
                        names);
        } catch (Exception e) {
            LOG.warn("{}: its JDBC drivers cannot be deregistered", application, e);
        } finally {
            thread.setContextClassLoader(callers);
        }
    }

    /** Virtual threads cannot be listed; they hold nothing that does not hold them. */
    private void nameThreads() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        for (ThreadGroup parent = root; parent != null; parent = parent.getParent()) root = parent;
        Thread[] threads = new Thread[root.activeCount() + 64];
        int found = root.enumerate(threads);
        long deadline = System.nanoTime() + LAST_MOMENT.toNanos();
        for (int i = 0; i < found; i++) {
            Thread thread = threads[i];
            if (thread.equals(Thread.currentThread()) || !isOfApplication(thread) || ends(thread, deadline)) continue;
            LOG.warn(
                    "{} has left thread \"{}\" running ({}), which keeps all of it in memory; its contextDestroyed should end it",
                    application,
                    thread.getName(),
                    thread.getClass().getName());
        }
    }

    /** Whether it ends by then: it may have been told to a moment ago. */
    private static boolean ends(Thread thread, long deadline) {
        try {
            return thread.join(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !thread.isAlive();
        }
    }

    private boolean isOfApplication(Thread thread) {
        return isBelow(thread.getContextClassLoader())
                || isBelow(thread.getClass().getClassLoader());
    }

    @SuppressWarnings("ReferenceEquality") // this very one
    private boolean isBelow(@Nullable ClassLoader known) {
        for (ClassLoader each = known; each != null; each = each.getParent()) if (each == loader) return true;
        return false;
    }
}
