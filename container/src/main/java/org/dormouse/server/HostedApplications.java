package org.dormouse.server;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;
import org.dormouse.compression.Compression;
import org.dormouse.http.BadRequest;
import org.dormouse.servlet.DormouseContext;
import org.dormouse.servlet.ServletDispatcher;
import org.dormouse.servlet.mapping.CanonicalPath;
import org.jspecify.annotations.Nullable;

/**
 * The applications of a server: those it starts with, and those that come and go while it runs. Any thread; a list is changed by one at a
 * time, and what an application does at its start or end is waited for without a lock.
 */
final class HostedApplications {
    private final TlsFront tls;
    private final IntSupplier securePort;
    private final Compression compression;
    /** Where requests run, those of applications included that are gone. */
    private final Set<RequestThreads> threads = ConcurrentHashMap.newKeySet();
    /** In the order they were added. */
    private final CopyOnWriteArrayList<Hosted> hosted = new CopyOnWriteArrayList<>();
    /** Those that can be asked for: none until they have started. */
    private final Applications applications = new Applications();

    // guarded by this
    private boolean ended;

    /**
     * Takes those to start with.
     *
     * @param securePort where clients reach HTTPS
     * @throws IllegalArgumentException if two have the same context path
     */
    HostedApplications(TlsFront tls, IntSupplier securePort, Compression compression, List<Hosted> first) {
        this.tls = tls;
        this.securePort = securePort;
        this.compression = compression;
        hosted.addAll(first);
        Applications.checkDistinct(contextPaths());
        for (Hosted each : first) threads.add(each.threads());
    }

    /** What doors look them up in. */
    Applications applications() {
        return applications;
    }

    /** As {@code ServletContext.getContextPath()} has them, in the order they were added. */
    List<String> contextPaths() {
        return hosted.stream().map(HostedApplications::path).toList();
    }

    /**
     * Starts those that it began with, in their order.
     *
     * @throws IllegalStateException which one failed and why; those started before are stopped again
     */
    void start() {
        try {
            for (Hosted each : hosted) begin(each);
        } catch (IllegalStateException e) {
            end();
            throw e;
        }
        applications.set(hosted.stream().map(this::application).toList());
    }

    /**
     * Starts one more, which can be asked for from then on.
     *
     * @throws IllegalStateException why it cannot be had; it is stopped then
     */
    void add(Hosted one) {
        threads.add(one.threads());
        try {
            checkFree(path(one));
            begin(one);
            synchronized (this) {
                if (ended) throw new IllegalStateException("the server is closed");
                checkFree(path(one)); // another thread may have been faster
                applications.add(application(one));
                hosted.add(one);
            }
        } catch (RuntimeException | Error e) {
            stop(one);
            throw e;
        }
    }

    /**
     * Takes one out of service: from now on nobody finds it, and what is under way goes on. It is to be stopped with {@link Removed#stop}.
     *
     * @throws IllegalArgumentException if there is none
     */
    synchronized Removed remove(String contextPath) {
        for (Hosted each : hosted) {
            if (!path(each).equals(contextPath)) continue;
            hosted.remove(each);
            applications.remove(contextPath);
            return new Removed(each);
        }
        throw new IllegalArgumentException("no application is at context path \"" + contextPath + "\"");
    }

    /** One that is out of service, and not stopped yet. */
    final class Removed {
        private final Hosted one;

        private Removed(Hosted one) {
            this.one = one;
        }

        /**
         * Whether a request to this path was one of its own.
         *
         * @param rawPath encoded, as the client sent it
         */
        boolean served(String rawPath) {
            try {
                String own = path(one);
                if (!Applications.isBelow(CanonicalPath.of(rawPath), own)) return false;
                Application other = applications.find(rawPath);
                return other == null || other.contextPath().length() < own.length();
            } catch (BadRequest e) {
                return false;
            }
        }

        /** True if no request of another application is in it, and from then on none gets in. */
        boolean isLeft() {
            return one.context().visitors().closeIfNone();
        }

        /** Whether something of it may have run on the threads of loops. */
        boolean ranInLoops() {
            return one.context().dispatcher().makesPromises() || one.context().promiseOfEndpoints() != null;
        }

        void stop() {
            HostedApplications.stop(one);
            one.threads().renew();
        }

        @Override
        public String toString() {
            return "application " + name(one);
        }
    }

    /** Stops all, the last first; those that were never started give up what their deployment opened. Nothing can be added any more. */
    void end() {
        synchronized (this) {
            ended = true;
        }
        for (Hosted each : List.copyOf(hosted).reversed()) stop(each);
    }

    void closeThreads() {
        for (RequestThreads each : threads) each.close();
    }

    private void begin(Hosted one) {
        try {
            tls.check(one);
            one.context().securePort(securePort);
            one.context().neighbours(this::find);
            one.context().start();
        } catch (Exception | LinkageError | StackOverflowError e) {
            throw new IllegalStateException("application " + name(one) + " failed to start", e);
        }
    }

    /** The running one that serves {@code path}, decoded: the longest context path wins (Servlet 6.1 §12.1). */
    private @Nullable DormouseContext find(String path) {
        DormouseContext found = null;
        for (Hosted each : hosted) {
            boolean isLonger = found == null
                    || path(each).length() > found.getContextPath().length();
            if (isLonger && each.context().isRunning() && Applications.isBelow(path, path(each)))
                found = each.context();
        }
        return found;
    }

    private void checkFree(String contextPath) {
        if (contextPaths().contains(contextPath))
            throw new IllegalStateException("an application is at context path \"" + contextPath + "\" already");
    }

    /** Only after the start is it known which ones have servlets that promise not to block. */
    private Application application(Hosted started) {
        Application.Dispatch dispatch = started.context().dispatcher()::dispatch;
        if (compression.isNeeded()) dispatch = new CodedDispatch(dispatch, compression);
        return new Application(path(started), threads(started), dispatch);
    }

    private static RequestThreads threads(Hosted one) {
        ServletDispatcher dispatcher = one.context().dispatcher();
        return dispatcher.makesPromises() ? new InlineRequests(dispatcher, one.threads()) : one.threads();
    }

    private static void stop(Hosted one) {
        try {
            one.context().stop();
        } catch (RuntimeException | Error e) {
            Complaints.report("application " + name(one) + " failed to stop", e);
        }
    }

    private static String path(Hosted one) {
        return one.context().getContextPath();
    }

    private static String name(Hosted one) {
        return path(one).isEmpty() ? "/" : path(one);
    }
}
