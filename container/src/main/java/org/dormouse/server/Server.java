package org.dormouse.server;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.dormouse.compression.Compression;
import org.dormouse.compression.CompressionSettings;
import org.dormouse.filter.AccessLog;
import org.dormouse.http.Exchange;
import org.dormouse.http.RequestHead;
import org.dormouse.http1.Http1;
import org.dormouse.http1.Http1Limits;
import org.dormouse.http1.RequestCounts;
import org.dormouse.poller.loop.EventLoop;
import org.dormouse.poller.loop.InlineTask;
import org.dormouse.poller.loop.LoopSettings;
import org.dormouse.transport.ConnectionLimits;
import org.dormouse.transport.Connections;
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
    private final ListenSettings listening;
    private final TlsFront tls;
    private final ConnectionLimits connectionLimits;
    private final Http1Limits http1Limits;
    private final @Nullable String serverHeader;
    private final Compression compression;
    private final HostedApplications hosted;
    private final @Nullable AccessLog accessLog;
    private final ServiceManager manager = ServiceManager.ofThisProcess();
    private final GivenDescriptors given = new GivenDescriptors();
    private final Admission admission;
    /** By the index of their loops, those of earlier times of listening included. */
    private final List<RequestCounts> requestCounts;

    /** For exchanges that somebody else's connections carry. */
    private final Door guests;

    // guarded by this
    private final ServiceState state;
    private @Nullable Network network;
    private boolean listens;
    private @Nullable KeepAlive keepAlive;

    private volatile boolean closed;
    private volatile List<OpenAddress> openAddresses = List.of();

    private Server(
            ServerSettings settings,
            AdmissionSettings admissionSettings,
            LoopSettings loopSettings,
            ListenSettings listening,
            TlsFront tls,
            ConnectionLimits connectionLimits,
            Http1Limits http1Limits,
            @Nullable String serverHeader,
            CompressionSettings compressionSettings,
            List<Hosted> first,
            @Nullable AccessLog accessLog) {
        this.settings = settings;
        this.loopSettings = loopSettings;
        this.listening = listening;
        this.tls = tls;
        this.connectionLimits = connectionLimits;
        this.http1Limits = http1Limits;
        this.serverHeader = serverHeader;
        this.compression = new Compression(compressionSettings);
        this.hosted = new HostedApplications(tls, this::publicTlsPort, compression, first);
        this.accessLog = accessLog;
        this.requestCounts =
                Stream.generate(RequestCounts::new).limit(settings.loops()).toList();
        this.admission = new Admission(admissionSettings, settings.loops() + 1, System::nanoTime);
        this.state = new ServiceState(manager);
        this.guests = new Door(hosted.applications(), admission, settings.loops(), accessLog);
    }

    /**
     * Starts the applications, in their order.
     *
     * @throws IllegalStateException which one failed and why; those started before are stopped again
     * @throws IllegalArgumentException if a setting is out of its range, or certificates cannot be had
     */
    public static Server start(Configuration configuration, LoopSettings loops, List<Hosted> hosted) {
        ListenSettings listening = configuration.listening();
        var server = new Server(
                configuration.server(),
                configuration.admission(),
                loops.withFaults(new LoopFaults()),
                listening,
                TlsFront.of(configuration.tls(), listening),
                configuration.connections(),
                configuration.http1(),
                configuration.serverHeader(),
                configuration.compression(),
                List.copyOf(hosted),
                configuration.accessLog());
        try {
            server.hosted.start();
        } catch (IllegalStateException e) {
            server.endLog();
            throw e;
        }
        return server;
    }

    /**
     * Starts one more application, which can be asked for from then on.
     *
     * @throws IllegalStateException why it cannot be had; it is stopped then
     */
    public void add(Hosted one) {
        hosted.add(one);
    }

    /**
     * Takes an application out of service: new requests do not find it, those under way may end within the drain timeout, those of other
     * applications included that were dispatched into it, then it is stopped.
     *
     * @throws IllegalArgumentException if there is none
     */
    public void remove(String contextPath) {
        HostedApplications.Removed removed = hosted.remove(contextPath);
        Set<Long> own = exchanges(head -> removed.served(head.rawPath()));
        // Those that come to its path from now on are not its own.
        if (!await(
                settings.drainTimeout(), () -> Collections.disjoint(own, exchanges(_ -> true)) && removed.isLeft())) {
            Complaints.warn(
                    "after server.drain-timeout, " + settings.drainTimeout().toMillis()
                            + " ms, requests are at work in " + removed + ", which is stopped all the same");
        }
        removed.stop();
        if (removed.ranInLoops()) renewLoopThreads();
    }

    /** What inline tasks have left in the variables of their threads goes with these. */
    private synchronized void renewLoopThreads() {
        if (network == null) return;
        for (EventLoop loop : network.eachLoop()) loop.inline(InlineTask::endThread);
    }

    /** The exchanges under way over connections of this server that are {@code such}. Asks every loop. */
    private synchronized Set<Long> exchanges(Predicate<RequestHead> such) {
        if (network == null) return Set.of();
        var requests = new RequestList();
        network.note(requests);
        return requests.ids(such);
    }

    /** As {@code ServletContext.getContextPath()} has them, in the order of the applications. */
    public List<String> contextPaths() {
        return hosted.contextPaths();
    }

    /**
     * Begins to accept connections, and keeps the JVM alive as long as it does. Does nothing if it accepts already.
     *
     * @throws java.net.BindException with address and reason, if the address cannot be had; the applications stay started
     * @throws IOException if the kernel refuses a poller
     */
    public synchronized void listen() throws IOException {
        if (closed) throw new IllegalStateException("the server is closed");
        if (listens) return;
        Network reached = network;
        if (reached == null) {
            SystemLimits.ofThisProcess()
                    .warnings(
                            connectionLimits.maxConnections(),
                            listening.options().backlog())
                    .forEach(Complaints::warn);
            reached = Network.start(loopSettings, connectionLimits);
        }
        try {
            reached.listen(
                    listening,
                    manager,
                    given,
                    loop -> new Http1(
                            loop,
                            new Door(hosted.applications(), admission, loop.index(), accessLog),
                            http1Limits,
                            serverHeader,
                            requestCounts.get(loop.index())),
                    tls);
        } catch (IOException | RuntimeException e) {
            if (network == null) reached.close();
            throw e;
        }
        network = reached;
        openAddresses = reached.addresses();
        listens = true;
        tls.watch();
        keepAlive = KeepAlive.begin(addresses().getFirst());
        if (listening.notifies()) state.ready(reached.eachLoop());
    }

    /** The port of the first address that has one; -1 while it does not listen, or on no port. */
    public synchronized int port() {
        if (network == null) return -1;
        for (OpenAddress address : network.addresses()) if (address.port() >= 0) return address.port();
        return -1;
    }

    /** The port of the first address with TLS that has one; -1 while it does not listen, or on none. Any thread. */
    public int tlsPort() {
        return TlsFront.port(openAddresses);
    }

    /** Where clients reach HTTPS, for redirects; asked by requests, which must not wait for a close. */
    private int publicTlsPort() {
        return tls.publicPort(openAddresses);
    }

    /**
     * Reads all certificates anew.
     *
     * @throws IllegalStateException why the present ones stay
     */
    public void reloadCertificates() {
        tls.reload();
    }

    /** What it listens on, as {@code server.listen} would have it, with the ports in use; empty while it does not listen. */
    public synchronized List<String> addresses() {
        return network == null
                ? List.of()
                : network.addresses().stream().map(OpenAddress::shown).toList();
    }

    /**
     * Lets one loop come to rest while the others go on: it takes no new connections, and its own end when what is under way is done. The
     * next {@link #listen} brings it back.
     *
     * @throws IllegalStateException if it does not listen, or no other loop would be left
     */
    public synchronized void drainLoop(int loop) {
        Objects.checkIndex(loop, settings.loops());
        if (!listens || network == null) throw new IllegalStateException("the server does not listen");
        if (network.isDraining(loop)) return;
        if (network.loopsAtWork() < 2) throw new IllegalStateException("loop " + loop + " is the last one at work");
        network.drainLoop(loop, settings.drainTimeout());
    }

    /** Open connections of one loop, those on their way to it included. */
    public synchronized int openConnections(int loop) {
        Objects.checkIndex(loop, settings.loops());
        return network == null ? 0 : network.openConnections(loop);
    }

    /**
     * Accepts what waits to be accepted, then no more, and asks kept-alive connections to end. Applications go on with what they are at.
     */
    public synchronized void stopListening() {
        if (!listens || network == null) return;
        listens = false;
        openAddresses = List.of();
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

    /** The requests that came over connections of this server and have no finished response; the oldest first. Asks every loop. */
    public List<RequestInFlight> listRequests() {
        var requests = new RequestList();
        synchronized (this) {
            if (network != null) network.note(requests);
        }
        return requests.look();
    }

    /** What each loop has done so far, in the order of the loops; none before the first {@link #listen}. */
    public synchronized List<LoopView> loops() {
        if (network == null) return List.of();
        return network.families().stream().map(this::view).toList();
    }

    private LoopView view(Connections family) {
        int index = family.loop().index();
        return new FamilyView(family, admission.counter(index), requestCounts.get(index));
    }

    private int requestsAtWork() {
        return admission.admitted();
    }

    /** Open connections, idle ones included. */
    public synchronized int openConnections() {
        return network == null ? 0 : network.openConnections();
    }

    /** Stops listening, turns away those who wait for their turn, waits for what is under way, for at most the drain timeout, stops the applications and cuts what is left. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) return;
            closed = true;
        }
        synchronized (this) {
            state.stopping();
        }
        stopListening();
        admission.line().close();
        if (!await(settings.drainTimeout(), this::isQuiet)) {
            Complaints.warn(
                    "after server.drain-timeout, " + settings.drainTimeout().toMillis() + " ms, " + openConnections()
                            + " connections are open and " + requestsAtWork() + " requests at work: they are cut");
        }
        synchronized (this) {
            if (network != null) network.abortAll();
        }
        await(AFTER_ABORT, () -> requestsAtWork() == 0);
        hosted.end();
        synchronized (this) {
            state.close();
            tls.unwatch();
            if (network != null) network.close();
        }
        hosted.closeThreads();
        compression.close();
        endLog();
    }

    private void endLog() {
        if (accessLog != null) accessLog.close();
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
}
