package org.dormouse.server;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.dormouse.http.Exchange;
import org.dormouse.http1.Http1;
import org.dormouse.http1.Http1Limits;
import org.dormouse.poller.loop.LoopSettings;
import org.dormouse.poller.socket.SocketOptions;
import org.dormouse.servlet.ServletDispatcher;
import org.dormouse.transport.ConnectionLimits;
import org.jspecify.annotations.Nullable;

/**
 * Applications, and the network that reaches them. Safe to use from any thread.
 *
 * <pre>
 *   start (applications only), listen, stop listening, (listen again,) close
 * </pre>
 */
public final class Server implements AutoCloseable {
    private static final long STEP_NANOS = Duration.ofMillis(5).toNanos();
    private static final Duration AFTER_ABORT = Duration.ofSeconds(2);

    private final ServerSettings settings;
    private final LoopSettings loopSettings;
    private final SocketOptions sockets;
    private final boolean checksSockets;
    private final ConnectionLimits connectionLimits;
    private final Http1Limits http1Limits;
    private final @Nullable String serverHeader;
    private final List<Hosted> hosted;
    private final Admission admission;
    private final Applications applications;
    /** For exchanges that somebody else's connections carry. */
    private final Door guests;

    // guarded by this
    private @Nullable Network network;
    private int port = -1;
    private @Nullable KeepAlive keepAlive;

    private volatile boolean closed;

    private Server(
            ServerSettings settings,
            LoopSettings loopSettings,
            SocketOptions sockets,
            boolean checksSockets,
            ConnectionLimits connectionLimits,
            Http1Limits http1Limits,
            @Nullable String serverHeader,
            List<Hosted> hosted) {
        this.settings = settings;
        this.loopSettings = loopSettings;
        this.sockets = sockets;
        this.checksSockets = checksSockets;
        this.connectionLimits = connectionLimits;
        this.http1Limits = http1Limits;
        this.serverHeader = serverHeader;
        this.hosted = hosted;
        this.admission = new Admission(settings.maxRequestsInFlight(), settings.loops() + 1);
        this.applications =
                new Applications(hosted.stream().map(Server::application).toList());
        this.guests = new Door(applications, admission, settings.loops());
    }

    private static Application application(Hosted hosted) {
        ServletDispatcher dispatcher = hosted.context().dispatcher();
        return new Application(hosted.context().getContextPath(), hosted.threads(), dispatcher::dispatch);
    }

    /**
     * Starts the applications, in their order.
     *
     * @throws IllegalStateException which one failed and why; those started before are stopped again
     */
    public static Server start(Configuration configuration, LoopSettings loops, List<Hosted> hosted) {
        var server = new Server(
                configuration.server(),
                loops.withFaults(new LoopFaults()),
                configuration.sockets(),
                configuration.setsSockets(),
                configuration.connections(),
                configuration.http1(),
                configuration.serverHeader(),
                List.copyOf(hosted));
        for (Hosted each : hosted) {
            try {
                each.context().start();
            } catch (Exception | LinkageError | StackOverflowError e) {
                stop(server.hosted);
                throw new IllegalStateException("application " + name(each) + " failed to start", e);
            }
        }
        return server;
    }

    private static String name(Hosted hosted) {
        String path = hosted.context().getContextPath();
        return path.isEmpty() ? "/" : path;
    }

    /**
     * Begins to accept connections, and keeps the JVM alive as long as it does. Does nothing if it accepts already.
     *
     * @throws java.net.BindException with address and reason, if the address cannot be had; the applications stay started
     * @throws IOException if the kernel refuses a poller
     */
    public synchronized void listen() throws IOException {
        if (closed) throw new IllegalStateException("the server is closed");
        if (port >= 0) return;
        Network reached = network;
        if (reached == null) {
            reached = Network.start(loopSettings, connectionLimits);
        }
        try {
            port = reached.listen(
                    settings.host(),
                    settings.port(),
                    sockets,
                    checksSockets,
                    loop -> new Http1(
                            loop, new Door(applications, admission, loop.index()), http1Limits, serverHeader));
        } catch (IOException e) {
            if (network == null) reached.close();
            throw e;
        }
        network = reached;
        keepAlive = KeepAlive.begin(port);
    }

    /** The port in use; -1 while it does not listen. */
    public synchronized int port() {
        return port;
    }

    /**
     * Accepts what waits to be accepted, then no more, and asks kept-alive connections to end. Applications go on with what they are at.
     */
    public synchronized void stopListening() {
        if (port < 0 || network == null) return;
        port = -1;
        network.stopListening(settings.drainTimeout());
        if (keepAlive != null) keepAlive.end();
    }

    /** Lets the applications answer an exchange that somebody else's connection carries. Any thread; does not wait. */
    public void handle(Exchange exchange) {
        if (closed) PlainAnswer.sendBusy(exchange, "the server is closed");
        else guests.handle(exchange);
    }

    /** Requests whose response is not finished yet, asynchronous ones included. Asks every loop: not for the fast path. */
    public synchronized int requestsInFlight() {
        return network == null ? requestsAtWork() : network.connectionsAtWork() + guests.admitted();
    }

    private int requestsAtWork() {
        return admission.admitted();
    }

    /** Open connections, idle ones included. */
    public synchronized int openConnections() {
        return network == null ? 0 : network.openConnections();
    }

    /** Stops listening, waits for what is under way, for at most the drain timeout, stops the applications and cuts what is left. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) return;
            closed = true;
        }
        stopListening();
        if (!await(settings.drainTimeout(), this::isQuiet)) {
            Complaints.warn(
                    "after server.drain-timeout, " + settings.drainTimeout().toMillis() + " ms, " + openConnections()
                            + " connections are open and " + requestsAtWork() + " requests at work: they are cut");
        }
        synchronized (this) {
            if (network != null) network.abortAll();
        }
        await(AFTER_ABORT, () -> requestsAtWork() == 0);
        stop(hosted);
        synchronized (this) {
            if (network != null) network.close();
        }
        for (Hosted each : hosted) each.threads().close();
    }

    private boolean isQuiet() {
        return requestsAtWork() == 0 && openConnections() == 0;
    }

    /** Looks every few milliseconds: a close is rare, and nobody on the fast path shall have to tell it anything. */
    private static boolean await(Duration atMost, BooleanSupplier condition) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline >= 0) return false;
            LockSupport.parkNanos(STEP_NANOS);
            if (Thread.currentThread().isInterrupted()) return false;
        }
        return true;
    }

    /** Those that were never started give up what their deployment opened. */
    private static void stop(List<Hosted> hosted) {
        for (Hosted each : hosted.reversed()) {
            try {
                each.context().stop();
            } catch (RuntimeException | Error e) {
                Complaints.report("application " + name(each) + " failed to stop", e);
            }
        }
    }
}
