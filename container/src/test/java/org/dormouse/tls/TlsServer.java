package org.dormouse.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.dormouse.buffer.TrackingBufferPool;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.poller.loop.HandClock;
import org.dormouse.poller.loop.ScriptedLoop;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.ConnectionLimits;
import org.dormouse.transport.Connections;
import org.dormouse.transport.Protocol;
import org.dormouse.transport.ProtocolUpgrade;

/**
 * TLS over the kernel in memory, turn by turn on the test's thread; behind it every byte is sent back. Closing it fails if a buffer leaked, a
 * handshake is still counted, a descriptor was left open or used after close, or the loop reported a fault.
 */
final class TlsServer implements AutoCloseable {
    static final List<String> BOTH = List.of("TLSv1.3", "TLSv1.2");
    static final TlsHost HOST = host(ClientAuthentication.NONE);

    final ScriptedKernel kernel = new ScriptedKernel();
    final ScriptedLoop loop = new ScriptedLoop(kernel, new HandClock());
    final TrackingBufferPool pool = new TrackingBufferPool();
    final Connections connections = new Connections(loop.loop(), ConnectionLimits.DEFAULT, new AtomicInteger(), pool);
    final List<String> notes = new ArrayList<>();
    final ArrayDeque<Runnable> delegated = new ArrayDeque<>();
    final Handshakes handshakes = new Handshakes(this::compute);
    final List<Echo> echoes = new ArrayList<>();

    /** Whether what engines delegate waits in {@link #delegated} until the test runs it. */
    boolean holdsTasks;

    private final TlsProtocol protocol;

    TlsServer() {
        this(TlsSettings.DEFAULT, name -> HOST);
    }

    TlsServer(TlsSettings settings, TlsHosts hosts) {
        this(settings, hosts, null);
    }

    TlsServer(TlsSettings settings, TlsHosts hosts, ProtocolUpgrade next) {
        ProtocolUpgrade inside = next == null ? this::echo : next;
        protocol = new TlsProtocol(settings, hosts, inside, handshakes, new TlsLog() {
            @Override
            void note(Connection connection, String what, String detail) {
                notes.add(what + ": " + detail);
            }
        });
    }

    static TlsHost host(ClientAuthentication clients, String... applicationProtocols) {
        return new TlsHost(
                TestCertificates.serverContext(TestCertificates.SERVER_EC, TestCertificates.SERVER_RSA),
                BOTH,
                null,
                clients,
                List.of(applicationProtocols));
    }

    private void compute(Runnable task) {
        if (holdsTasks) delegated.add(task);
        else task.run();
    }

    private Protocol echo(Connection connection) {
        var made = new Echo(connection);
        echoes.add(made);
        return made;
    }

    Echo lastEcho() {
        return echoes.getLast();
    }

    ScriptedPeer connect() {
        ScriptedPeer peer = kernel.connect();
        try {
            Connection.open(connections, peer.socket(), protocol);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return peer;
    }

    /** Lets client and server talk until neither has more to say. */
    void talk(ScriptedPeer peer, EngineClient client) throws SSLException {
        talk(peer, client, new byte[0]);
    }

    /** The same, with {@code first} on the way. */
    void talk(ScriptedPeer peer, EngineClient client, byte[] first) throws SSLException {
        byte[] next = first;
        for (int i = 0; i < 100; i++) {
            if (next.length > 0) peer.send(next);
            loop.settle();
            byte[] came = peer.takeReceived();
            next = client.advance(came);
            if (came.length == 0 && next.length == 0) return;
        }
        throw new AssertionError("they do not come to an end");
    }

    /** A client that has shaken hands. */
    EngineClient shake(ScriptedPeer peer, String version) throws SSLException {
        EngineClient client = EngineClient.of(version);
        talk(peer, client);
        if (!client.isFinished()) throw new AssertionError("no handshake: " + notes);
        return client;
    }

    long ended(ConnectionEnd reason) {
        return connections.counts().closed(reason);
    }

    void advance(Duration time) {
        loop.advance(time);
    }

    @Override
    public void close() {
        for (Runnable task = delegated.poll(); task != null; task = delegated.poll()) task.run();
        connections.abortAll();
        loop.settle();
        loop.close();
        if (!kernel.misuses().isEmpty()) throw new AssertionError(kernel.misuses());
        if (kernel.openDescriptors() > 0) throw new AssertionError(kernel.openDescriptors() + " descriptors left open");
        if (handshakes.underWay() != 0)
            throw new AssertionError(handshakes.underWay() + " handshakes are still counted");
        pool.close();
    }

    /** Sends back what comes, and remembers it. */
    static final class Echo implements Protocol {
        final Connection connection;
        final StringBuilder seen = new StringBuilder();
        boolean answers = true;
        boolean sawEnd;
        boolean closesAtEnd = true;
        boolean drained;
        IOException cause;

        Echo(Connection connection) {
            this.connection = connection;
        }

        @Override
        public int received(byte[] bytes, int offset, int length) {
            seen.append(new String(bytes, offset, length, java.nio.charset.StandardCharsets.ISO_8859_1));
            if (answers) send(bytes, offset, length);
            return length;
        }

        void send(byte[] bytes, int offset, int length) {
            if (!connection.borrowOutput()) throw new IllegalStateException("output is lent");
            connection.copyIn(bytes, offset, length);
            connection.flush();
            boolean given = connection.giveBackOutput();
            while (!given) given = connection.giveBackOutput();
        }

        @Override
        public void inputEnded() {
            sawEnd = true;
            if (closesAtEnd) connection.closeWhenSentAtOnce(ConnectionEnd.PEER_CLOSED);
        }

        @Override
        public void writable() {}

        @Override
        public void deadline() {}

        @Override
        public void drain() {
            drained = true;
        }

        @Override
        public void closed(IOException cause) {
            this.cause = cause;
        }
    }
}
