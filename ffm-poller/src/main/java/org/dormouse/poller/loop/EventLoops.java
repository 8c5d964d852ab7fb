package org.dormouse.poller.loop;

import java.io.IOException;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.dormouse.poller.BackendChoice;
import org.dormouse.poller.Poller;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.SocketOption;
import org.dormouse.poller.socket.SocketOptions;
import org.dormouse.poller.socket.StreamSocket;
import org.dormouse.poller.socket.UnixAddress;
import org.dormouse.poller.socket.UnixSockets;

/** The loops of one server, with the threads that run them, and the sentinel that watches them. */
public final class EventLoops implements AutoCloseable {
    private static final long MAX_CLOSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final List<EventLoop> loops;
    private final Poller first;
    private final Sentinel sentinel;
    private final Spares spares;
    private final Reporter reporter;

    private EventLoops(List<EventLoop> loops, Poller first, Sentinel sentinel, Spares spares, Reporter reporter) {
        this.loops = List.copyOf(loops);
        this.first = first;
        this.sentinel = sentinel;
        this.spares = spares;
        this.reporter = reporter;
    }

    /**
     * Opens the pollers and starts the threads, which are daemons.
     *
     * @throws IOException if the kernel refuses a poller
     * @throws UnsupportedOperationException if the backend or the carried threads that were asked for cannot be had
     */
    public static EventLoops start(LoopSettings settings) throws IOException {
        var availability = CarriedThreads.availability();
        if (settings.carryThreads() && !availability.isAvailable())
            throw new UnsupportedOperationException("carried virtual threads cannot be had: " + availability.reason());
        FirstUse.load();
        var reporter = new Reporter(settings.faults());
        var spares = new Spares(settings.stackBytes());
        var stuck = new StuckThreads(spares, settings.stuckGiveWay());
        var sentinel = new Sentinel(spares, stuck, reporter, settings.maxStuck(), settings.maxComputing());
        var choice = BackendChoice.of(settings.backend());
        var pollers = openPollers(choice.name(), settings.loops());
        var loops = new ArrayList<EventLoop>();
        for (Poller poller : pollers)
            loops.add(new EventLoop(
                    loops.size(), poller, NanoClock.SYSTEM, sentinel, reporter, settings.carryThreads(), false));
        var all = new EventLoops(loops, pollers.getFirst(), sentinel, spares, reporter);
        reporter.start();
        if (!choice.reason().isEmpty()) reporter.fellBack("backend " + choice.name() + ": " + choice.reason());
        loops.forEach(spares::run);
        sentinel.start(loops);
        return all;
    }

    private static List<Poller> openPollers(String backend, int count) throws IOException {
        var pollers = new ArrayList<Poller>();
        try {
            for (int i = 0; i < count; i++) pollers.add(Poller.open(backend));
            return pollers;
        } catch (IOException | RuntimeException e) {
            pollers.forEach(Poller::close);
            throw e;
        }
    }

    public int size() {
        return loops.size();
    }

    public EventLoop loop(int index) {
        return loops.get(index);
    }

    /** The backend in force, such as {@code epoll}. */
    public String backend() {
        return first.backend();
    }

    /** How often a loop was taken over from a continuation that kept its thread for more than a millisecond. */
    public long handOvers() {
        return reporter.handOvers();
    }

    /** As {@link #listen(SocketAddress, SocketOptions)} with {@link SocketOptions#DEFAULT} and that backlog. */
    public List<ListenSocket> listen(SocketAddress address, int backlog) throws IOException {
        return listen(address, SocketOptions.DEFAULT.with(SocketOption.BACKLOG, backlog));
    }

    /**
     * Opens one listening socket per loop on the same address, over which connections are spread. Port 0 picks a free one.
     *
     * @param options what each of them and each connection is to have; the backlog is that of each
     * @return the socket of each loop, in the loops' order, not registered yet
     * @throws java.net.BindException if the address is in use, by another Dormouse too, or not of this machine
     * @throws IOException if the kernel refuses an option
     */
    public List<ListenSocket> listen(SocketAddress address, SocketOptions options) throws IOException {
        return first.listen(address, options, loops.size());
    }

    /**
     * Opens one listening socket that the first {@code count} loops share, or that one of them is to accept from for all.
     *
     * @return one for each of {@code count} loops, not registered yet
     * @throws IOException as {@link #listen(SocketAddress, SocketOptions)}
     */
    public List<ListenSocket> listenShared(SocketAddress address, SocketOptions options, int count) throws IOException {
        return first.listenShared(address, options, count);
    }

    /**
     * Opens a listening Unix domain socket for {@code count} loops.
     *
     * @throws IOException as {@link UnixSockets#listen}; or if the backend has no such sockets
     */
    public UnixSockets.Opened listen(
            UnixAddress address, Set<PosixFilePermission> permissions, SocketOptions options, int count)
            throws IOException {
        return first.listen(address, permissions, options.backlog(), count);
    }

    /**
     * Begins to connect to {@code address}, without waiting, to be registered at one of these loops. Any thread.
     *
     * @return tells by {@link StreamSocket#finishConnect} what became of it, at its first readiness
     * @throws IOException as {@link Poller#connect}
     */
    public StreamSocket connect(SocketAddress address, SocketOptions options) throws IOException {
        return first.connect(address, options);
    }

    /**
     * Takes over a listening socket that somebody else has opened, for {@code count} loops.
     *
     * @throws IOException as {@link org.dormouse.poller.socket.GivenSockets#listening}; or if the backend takes none
     */
    public List<ListenSocket> adoptListening(int descriptor, int count) throws IOException {
        return first.adoptListening(descriptor, count);
    }

    /**
     * What {@code socket} has otherwise than asked for: {@link SocketOptions#shortfalls}, where options can be read back at all.
     */
    public List<String> shortfalls(SocketOptions options, ListenSocket socket) {
        return first.shortfalls(options, socket);
    }

    /**
     * Takes over a connection that somebody else has made or accepted, to be registered at one of these loops.
     *
     * @throws IOException as {@link org.dormouse.poller.socket.GivenSockets#connected}; or if the backend takes none
     */
    public StreamSocket adopt(int descriptor) throws IOException {
        return first.adopt(descriptor);
    }

    /**
     * Stops the loops and waits for them, unless a loop's own code is the caller. Who is still carried, or woken later, goes on elsewhere;
     * tasks that come later run elsewhere too. What is registered is not closed. A second call does nothing.
     *
     * @throws IllegalStateException if a loop's own code has not returned after ten seconds
     */
    @Override
    public void close() {
        for (EventLoop loop : loops) loop.close();
        boolean haveEnded = true;
        for (EventLoop loop : loops) haveEnded &= loop.isOwner() || awaitEnd(loop);
        sentinel.close();
        spares.close();
        reporter.close();
        if (loops.stream().noneMatch(EventLoop::isOwner)) reporter.awaitEnd();
        if (!haveEnded)
            throw new IllegalStateException(
                    "a loop still runs its own code after " + TimeUnit.NANOSECONDS.toSeconds(MAX_CLOSE_NANOS) + " s");
    }

    private static boolean awaitEnd(EventLoop loop) {
        boolean wasInterrupted = false;
        try {
            while (true) {
                try {
                    return loop.awaitEnd(MAX_CLOSE_NANOS);
                } catch (InterruptedException e) {
                    wasInterrupted = true; // a close cannot be given up half way
                }
            }
        } finally {
            if (wasInterrupted) Thread.currentThread().interrupt();
        }
    }
}
