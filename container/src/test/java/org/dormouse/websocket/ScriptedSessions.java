package org.dormouse.websocket;

import jakarta.websocket.DeploymentException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.buffer.BufferPool;
import org.dormouse.buffer.TrackingBufferPool;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.poller.loop.HandClock;
import org.dormouse.poller.loop.ScriptedLoop;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionLimits;
import org.dormouse.transport.Connections;

/** Endpoints over the kernel in memory, with a clock moved by hand; callbacks run in threads carried by the loop. */
final class ScriptedSessions implements AutoCloseable {
    /** As many sessions as a test may want. */
    static final SessionLimits MANY = new SessionLimits(2_000_000, 2_000_000);

    final ScriptedKernel kernel = new ScriptedKernel();
    final ScriptedLoop driver = new ScriptedLoop(kernel, new HandClock());
    final EndpointContainer container;
    final WebSocketServices services;
    Executor executor = driver.loop()::carry;
    private final TrackingBufferPool tracking = new TrackingBufferPool();
    final Connections connections;

    ScriptedSessions(Class<?>... endpoints) {
        this(WebSocketLimits.DEFAULT, endpoints);
    }

    ScriptedSessions(WebSocketLimits limits, Class<?>... endpoints) {
        this(limits, null, endpoints);
    }

    ScriptedSessions(SessionLimits sessions, EndpointHost host, Class<?>... endpoints) {
        this(WebSocketServices.of(WebSocketLimits.DEFAULT, sessions), host, null, endpoints);
    }

    /** With a pool that does not keep track, and so costs no memory of its own. */
    static ScriptedSessions withPlainPool(Class<?>... endpoints) {
        return new ScriptedSessions(WebSocketLimits.DEFAULT, new BufferPool(64), endpoints);
    }

    private ScriptedSessions(WebSocketLimits limits, BufferPool pool, Class<?>... endpoints) {
        this(WebSocketServices.of(limits, MANY), EndpointHost.NOBODY, pool, endpoints);
    }

    ScriptedSessions(WebSocketServices services, BufferPool pool, Class<?>... endpoints) {
        this(services, EndpointHost.NOBODY, pool, endpoints);
    }

    private ScriptedSessions(WebSocketServices services, EndpointHost host, BufferPool pool, Class<?>... endpoints) {
        this.services = services;
        connections = new Connections(
                driver.loop(), ConnectionLimits.DEFAULT, new AtomicInteger(), pool == null ? tracking : pool);
        container = new EndpointContainer(
                services,
                ScriptedSessions.class.getClassLoader(),
                (request, response, config, parameters) -> {
                    throw new UnsupportedOperationException("no servlets here");
                },
                host,
                () -> {},
                (endpoint, uri) -> {
                    throw new UnsupportedOperationException("no network here");
                });
        try {
            for (Class<?> endpoint : endpoints) container.addEndpoint(endpoint);
        } catch (DeploymentException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A client whose handshake has been accepted. */
    Client connect(String path) {
        return connect(path, new OpeningRequestOf("ws://localhost" + path));
    }

    Client connect(String path, OpeningRequestOf request) {
        Client client = open(path, request);
        driver.settle();
        return client;
    }

    /** Like {@link #connect}, without a turn of the loop. */
    Client open(String path, OpeningRequestOf request) {
        try {
            EndpointMatch match = container.find(path.split("\\?", 2)[0]);
            if (match == null) throw new AssertionError("no endpoint at " + path);
            ScriptedPeer peer = kernel.connect();
            open(peer, match.accept(request, executor));
            return new Client(peer);
        } catch (HandshakeRefused e) {
            throw new IllegalArgumentException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client whose handshake was accepted before. */
    Client connected(WebSocketUpgrade upgrade) throws IOException {
        ScriptedPeer peer = kernel.connect();
        open(peer, upgrade);
        driver.settle();
        return new Client(peer);
    }

    /** Lets {@code upgrade} begin on a connection that is there already. */
    void open(ScriptedPeer peer, WebSocketUpgrade upgrade) throws IOException {
        Connection.open(connections, peer.socket(), upgrade);
    }

    void advance(Duration time) {
        driver.advance(time);
    }

    /** Fails if a session, open or not, has a buffer now: what is idle owns none. */
    @Override
    public void close() {
        driver.settle();
        driver.close();
        tracking.close();
        services.close();
    }

    final class Client {
        final ScriptedPeer peer;
        private final ServerFrames frames = new ServerFrames();

        Client(ScriptedPeer peer) {
            this.peer = peer;
        }

        /** Sends the frames and lets the server do what it has to. */
        Client send(ClientFrames given) {
            peer.send(given.bytes());
            driver.settle();
            return this;
        }

        /** What has come, as it was sent. */
        byte[] bytes() {
            return peer.takeReceived();
        }

        List<String> received() {
            return frames.read(peer.takeReceived());
        }
    }
}
