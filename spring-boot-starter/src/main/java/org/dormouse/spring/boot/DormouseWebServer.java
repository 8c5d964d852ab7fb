package org.dormouse.spring.boot;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.dormouse.Dormouse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.GracefulShutdownCallback;
import org.springframework.boot.web.server.GracefulShutdownResult;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.WebServerException;

/**
 * A Dormouse under Boot's control. The servlet context is up when it is constructed; {@link #start} listens, which keeps the JVM alive until
 * {@link #stop}. Safe to use from any thread.
 *
 * <pre>
 *   PREPARED -start-> LISTENING -stop-> PREPARED      and from both: -destroy-> DESTROYED
 * </pre>
 */
public class DormouseWebServer implements WebServer {
    private static final Logger LOG = LoggerFactory.getLogger(DormouseWebServer.class);
    private static final long DRAIN_CHECK_MILLIS = 50;

    private enum State {
        PREPARED,
        LISTENING,
        DESTROYED
    }

    private final Dormouse server;
    private final String contextPath;
    private final int wantedPort;
    private final boolean graceful;
    private final StaticResources resources;

    private final ReentrantLock lock = new ReentrantLock();
    // guarded by lock
    private final Condition stopped = lock.newCondition();
    private State state = State.PREPARED;

    /**
     * @param server prepared, not listening yet
     * @param contextPath empty for the root
     * @param wantedPort as configured; below 0 means that {@link #start} does not listen
     * @param graceful whether {@link #shutDownGracefully} waits for requests
     * @param resources closed with the server
     */
    DormouseWebServer(
            Dormouse server, String contextPath, int wantedPort, boolean graceful, StaticResources resources) {
        this.server = server;
        this.contextPath = contextPath;
        this.wantedPort = wantedPort;
        this.graceful = graceful;
        this.resources = resources;
    }

    /** The server behind it. */
    public Dormouse getDormouse() {
        return server;
    }

    @Override
    public void start() {
        lock.lock();
        try {
            if (state == State.DESTROYED) throw new WebServerException("this Dormouse was destroyed", null);
            if (state == State.LISTENING || wantedPort < 0) return;
            listen();
            state = State.LISTENING;
        } finally {
            lock.unlock();
        }
        LOG.info("Dormouse started on port {} (http) with context path '{}'", server.port(), displayedContextPath());
    }

    private void listen() {
        try {
            server.listen();
        } catch (RuntimeException e) {
            PortInUseException.throwIfPortBindingException(e, () -> wantedPort);
            throw new WebServerException("Dormouse cannot listen on port " + wantedPort + ": " + e.getMessage(), e);
        }
    }

    private String displayedContextPath() {
        return contextPath.isEmpty() ? "/" : contextPath;
    }

    @Override
    public void stop() {
        lock.lock();
        try {
            if (state == State.LISTENING) {
                server.stopListening();
                state = State.PREPARED;
            }
            stopped.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void destroy() {
        lock.lock();
        try {
            if (state == State.DESTROYED) return;
            state = State.DESTROYED;
            stopped.signalAll();
        } finally {
            lock.unlock();
        }
        server.close();
        resources.close();
    }

    @Override
    public int getPort() {
        lock.lock();
        try {
            return state == State.LISTENING ? server.port() : -1;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void shutDownGracefully(GracefulShutdownCallback callback) {
        if (!graceful) {
            callback.shutdownComplete(GracefulShutdownResult.IMMEDIATE);
            return;
        }
        LOG.info("Commencing graceful shutdown. Waiting for active requests to complete");
        server.stopListening();
        Thread.ofPlatform().name("dormouse-shutdown").start(() -> callback.shutdownComplete(awaitIdle()));
    }

    private GracefulShutdownResult awaitIdle() {
        lock.lock();
        try {
            // stop() ends the wait: Boot calls it when spring.lifecycle.timeout-per-shutdown-phase is over.
            while (state == State.LISTENING && server.requestsInFlight() > 0) {
                stopped.await(DRAIN_CHECK_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        int left = server.requestsInFlight();
        if (left == 0) {
            LOG.info("Graceful shutdown complete");
            return GracefulShutdownResult.IDLE;
        }
        LOG.info("Graceful shutdown aborted with {} requests still active", left);
        return GracefulShutdownResult.REQUESTS_ACTIVE;
    }
}
