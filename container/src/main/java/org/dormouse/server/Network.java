package org.dormouse.server;

import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.dormouse.poller.loop.EventLoop;
import org.dormouse.poller.loop.EventLoops;
import org.dormouse.poller.loop.LoopSettings;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.transport.AddressLimit;
import org.dormouse.transport.AddressLimited;
import org.dormouse.transport.ConnectionLimits;
import org.dormouse.transport.Connections;
import org.dormouse.transport.Entrance;
import org.dormouse.transport.Listener;
import org.dormouse.transport.ProtocolUpgrade;
import org.dormouse.transport.ProxyProtocol;
import org.dormouse.transport.ProxySettings;
import org.jspecify.annotations.Nullable;

/** The loops of a server, with the connections of each and the listeners. One thread at a time, but for what says otherwise. */
final class Network {
    private static final long PATIENCE_SECONDS = 5;

    /** Less than the patience with a loop that does not answer. */
    private static final long ACCEPT_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** Right after its start a loop has many classes to load, and maybe no processor to do it with. */
    private static final long BEGIN_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final EventLoops loops;
    private final List<Connections> families = new ArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private final @Nullable AddressLimit addressLimit;
    private final List<Listening> listeners = new ArrayList<>();
    private List<OpenAddress> addresses = List.of();

    /**
     * One listener.
     *
     * @param entrances of its address, one for each loop
     */
    private record Listening(Listener listener, List<Entrance> entrances) {}

    /** Makes what is spoken at an address, by the connections of each loop. */
    interface Speech {
        /** Puts in front of {@code http} what the address asks for. */
        ProtocolUpgrade at(ListenPoint point, ProtocolUpgrade http);
    }

    private Network(EventLoops loops, ConnectionLimits limits) {
        this.loops = loops;
        boolean canBite = limits.maxPerAddress() < limits.maxConnections();
        addressLimit = canBite ? new AddressLimit(limits.maxPerAddress()) : null;
        for (int i = 0; i < loops.size(); i++) families.add(new Connections(loops.loop(i), limits, open, addressLimit));
    }

    static Network start(LoopSettings settings, ConnectionLimits limits) throws IOException {
        return new Network(EventLoops.start(settings), limits);
    }

    /**
     * Begins to accept on every address.
     *
     * @param protocols makes what is spoken over the connections of a loop, wherever they come in
     * @param speech makes of that what is spoken at one address
     * @throws BindException with the address and the reason, if one cannot be had; none is listened on then
     * @throws IOException if a loop cannot accept from one of them; likewise
     */
    void listen(
            ListenSettings settings,
            ServiceManager manager,
            GivenDescriptors given,
            Function<EventLoop, ProtocolUpgrade> protocols,
            Speech speech)
            throws IOException {
        addresses = OpenAddress.openAll(loops, settings, manager, given);
        var spoken = new ArrayList<ProtocolUpgrade>();
        for (Connections family : families) {
            family.takeNew();
            spoken.add(protocols.apply(family.loop()));
        }
        for (OpenAddress address : addresses) {
            List<ListenSocket> sockets = address.sockets();
            List<Entrance> entrances = entrances(settings, address.point(), spoken, speech);
            if (settings.balance().hasAcceptor()) {
                // Accepting for all is some work: another loop does it for each address.
                int acceptor = listeners.size() % loops.size();
                Listener listener = Listener.startForAll(entrances, acceptor, sockets.getFirst(), settings.balance());
                listeners.add(new Listening(listener, entrances));
            } else {
                for (int i = 0; i < sockets.size(); i++)
                    listeners.add(new Listening(Listener.start(entrances.get(i), sockets.get(i)), entrances));
            }
        }
        awaitBegun();
    }

    /** Only then is the server ready: connections to a socket that no loop watches would wait for ever. */
    private void awaitBegun() throws IOException {
        try {
            for (Listening each : listeners) each.listener.awaitBegun(BEGIN_NANOS);
        } catch (IOException e) {
            stopListening(Duration.ZERO);
            abortAll();
            throw e;
        }
    }

    /** PROXY header first, then who comes, then TLS. */
    private List<Entrance> entrances(
            ListenSettings settings, ListenPoint point, List<ProtocolUpgrade> spoken, Speech speech) {
        ProxySettings proxies = settings.proxies(point);
        var entrances = new ArrayList<Entrance>();
        for (int i = 0; i < families.size(); i++) {
            ProtocolUpgrade first = speech.at(point, spoken.get(i));
            if (addressLimit != null) first = new AddressLimited(first);
            if (proxies != null) first = new ProxyProtocol(proxies, first);
            entrances.add(new Entrance(families.get(i), first));
        }
        return List.copyOf(entrances);
    }

    /** What is listened on, as {@code server.listen} would have it, with the ports in use. */
    List<OpenAddress> addresses() {
        return addresses;
    }

    /**
     * Lets one loop come to rest: it stops accepting for itself, gets no connections from others, and its own end when what is under way is
     * done. A listening socket that no other loop has is left to one of them. The next {@link #listen} brings the loop back.
     *
     * @param atMost for how long those that wait to be accepted may wait for room
     */
    void drainLoop(int index, Duration atMost) {
        Connections family = families.get(index);
        long patienceNanos = Math.min(atMost.toNanos(), ACCEPT_NANOS);
        var own = new ArrayList<Listening>();
        for (Listening each : listeners)
            if (each.listener.family() == family && !each.listener.isForAll()) own.add(each);
        listeners.removeAll(own);
        var done = new CountDownLatch(own.size() + 1);
        family.loop().execute(() -> {
            try {
                family.drain();
            } finally {
                done.countDown();
            }
        });
        for (Listening each : own) {
            Entrance heir = each.entrances.get(heirOf(index));
            if (each.listener.isShared()) each.listener.close(patienceNanos, done::countDown);
            else listeners.add(new Listening(each.listener.moveTo(heir, done::countDown), each.entrances));
        }
        await(done);
    }

    /** The next loop that is at work; there is one, or nobody would drain this. */
    private int heirOf(int index) {
        int heir = (index + 1) % families.size();
        while (heir != index && isDraining(heir)) heir = (heir + 1) % families.size();
        return heir;
    }

    /** Whether {@link #drainLoop} was called for it. */
    boolean isDraining(int loop) {
        return families.get(loop).isDraining();
    }

    /** Loops that take new connections. */
    int loopsAtWork() {
        return (int) families.stream().filter(family -> !family.isDraining()).count();
    }

    /**
     * Asks connections to end when what is under way is done, and returns when no socket listens any more.
     *
     * @param atMost for how long those that wait to be accepted may wait for room
     */
    void stopListening(Duration atMost) {
        long patienceNanos = Math.min(atMost.toNanos(), ACCEPT_NANOS);
        for (OpenAddress address : addresses) address.removeFile();
        var closed = new CountDownLatch(listeners.size());
        for (Listening each : listeners) each.listener.close(patienceNanos, closed::countDown);
        onEachLoop(Connections::drain);
        await(closed);
        listeners.clear();
        addresses = List.of();
    }

    /** Cuts what is still open, and waits until it is closed, or given up. */
    void abortAll() {
        onEachLoop(Connections::abortAll);
    }

    /** Connections with something under way. */
    int connectionsAtWork() {
        var count = new AtomicInteger();
        onEachLoop(family -> count.addAndGet(family.countAtWork()));
        return count.get();
    }

    /** Has each loop note the requests that it has under way. */
    void note(RequestList requests) {
        onEachLoop(requests::note);
    }

    /** What each loop counts. Any thread. */
    List<Connections> families() {
        return List.copyOf(families);
    }

    /** Any thread. */
    int openConnections() {
        return open.get();
    }

    /** Of one loop. Any thread. */
    int openConnections(int loop) {
        return families.get(loop).members();
    }

    /** Each, in order. Any thread. */
    List<EventLoop> eachLoop() {
        return families.stream().map(Connections::loop).toList();
    }

    /** Any thread. */
    int loops() {
        return loops.size();
    }

    void close() {
        loops.close();
    }

    private interface OnConnections {
        void run(Connections family);
    }

    private void onEachLoop(OnConnections action) {
        var done = new CountDownLatch(families.size());
        for (Connections family : families) {
            family.loop().execute(() -> {
                try {
                    action.run(family);
                } finally {
                    done.countDown();
                }
            });
        }
        await(done);
    }

    /** A loop that does not answer for so long is stuck in native code; the close goes on without it. */
    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                Complaints.warn("a loop does not answer; closing without it");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
