package org.dormouse.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.dormouse.buffer.BufferPool;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * Stands where the real protocol will, until client and server have agreed on their keys. Loop owner; what the engine delegates runs on
 * another thread, and meanwhile nobody else touches the engine: it would wait for that thread.
 *
 * <pre>
 *   HELLO -> SHAKING -> SENDING -> ENDED      as the client sends; SENDING only if it does not take the last of ours
 *              ^  v
 *           ELSEWHERE                         arithmetic on another thread, or enough was done in this turn
 *   any -> ENDED                              refused, too late, or the client left
 * </pre>
 */
final class Handshake implements Protocol, Runnable {
    private enum State {
        HELLO,
        SHAKING,
        ELSEWHERE,
        SENDING,
        ENDED
    }

    /** Calls of the engine in a row; then others of this loop have their turn. An ordinary handshake takes a dozen. */
    private static final int MAX_CALLS = 64;

    /** After a stop, as for a client that has just connected. */
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final byte[] NO_BYTES = {};

    /** What a session has for a version before there is one. */
    private static final String NO_PROTOCOL = "NONE";

    private final TlsProtocol tls;
    private final Connection connection;
    private final Flight flight;

    private State state = State.HELLO;
    private @Nullable TlsHost host;
    private @Nullable SSLEngine engine;
    private @Nullable String serverName;
    private int receivedBytes;
    private boolean isCounted;
    private boolean isComputing;
    private boolean draining;

    Handshake(TlsProtocol tls, Connection connection) {
        this.tls = tls;
        this.connection = connection;
        flight = new Flight(connection);
    }

    // --- input

    @Override
    public int received(byte[] bytes, int offset, int length) {
        return switch (state) {
            case HELLO -> onHello(bytes, offset, length);
            case SHAKING -> shake(bytes, offset, length);
            case ELSEWHERE, SENDING -> 0;
            case ENDED -> length;
        };
    }

    private int onHello(byte[] bytes, int offset, int length) {
        if (PlainHttp.beginsWith(bytes[offset])) {
            refuse(PlainHttp.answer(), "it speaks HTTP without TLS");
            return length;
        }
        ClientHello hello;
        try {
            hello = ClientHello.parse(bytes, offset, length, tls.settings.maxHelloBytes());
        } catch (Alert.Refused e) {
            refuse(e.alert(), String.valueOf(e.getMessage()));
            return length;
        }
        if (hello == null) return 0;
        if (!begin(hello)) return length;
        return shake(bytes, offset, length);
    }

    private boolean begin(ClientHello hello) {
        int most = tls.settings.maxHandshakes();
        if (!tls.handshakes.enter(most)) {
            end(ConnectionEnd.HANDSHAKE_LIMIT, most + " handshakes are under way (" + TlsSettings.MAX_HANDSHAKES + ")");
            return false;
        }
        isCounted = true;
        String name = hello.serverName();
        TlsHost chosen = tls.hosts.host(name);
        if (chosen == null) {
            refuse(
                    Alert.UNRECOGNIZED_NAME,
                    name == null ? "no server_name" : "server_name " + name + " is not served here");
            return false;
        }
        host = chosen;
        serverName = name;
        SSLEngine made = chosen.newEngine();
        engine = made;
        try {
            made.beginHandshake();
        } catch (SSLException e) {
            refuse(Alert.INTERNAL_ERROR, String.valueOf(e.getMessage()));
            return false;
        }
        state = State.SHAKING;
        return true;
    }

    /**
     * Does what the engine wants next until that is another record of the client.
     *
     * @return how many of the bytes were used
     */
    private int shake(byte[] bytes, int offset, int length) {
        SSLEngine present = present();
        int end = offset + length;
        int at = offset;
        try {
            HandshakeStatus status = present.getHandshakeStatus();
            for (int calls = 0; calls < MAX_CALLS; calls++) {
                switch (status) {
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                        int record = Records.ready(bytes, at, end - at);
                        if (record == 0) {
                            flight.send();
                            return at - offset;
                        }
                        SSLEngineResult result = present.unwrap(ByteBuffer.wrap(bytes, at, record), NOTHING);
                        if (result.getStatus() != Status.OK || !isProgress(result, status))
                            return fail("the engine is stuck with a record: " + result, length);
                        at += result.bytesConsumed();
                        receivedBytes += result.bytesConsumed();
                        if (receivedBytes > tls.settings.maxHandshakeBytes()) return tooLong(length);
                        status = result.getHandshakeStatus();
                    }
                    case NEED_WRAP -> {
                        SSLEngineResult result = flight.wrap(present);
                        if (result.getStatus() != Status.OK || !isProgress(result, status))
                            return fail("the engine has nothing to send: " + result, length);
                        status = result.getHandshakeStatus();
                    }
                    case NEED_TASK -> {
                        compute();
                        return at - offset;
                    }
                    case FINISHED -> status = present.getHandshakeStatus(); // a ticket may follow
                    case NOT_HANDSHAKING -> {
                        return agreed(bytes, at, end - at) ? length : at - offset;
                    }
                }
            }
        } catch (SSLException e) {
            return fail(String.valueOf(e.getMessage()), length);
        }
        flight.send();
        elsewhere();
        connection.execute(this::computed);
        return at - offset;
    }

    private static boolean isProgress(SSLEngineResult result, HandshakeStatus before) {
        return result.bytesConsumed() > 0 || result.bytesProduced() > 0 || result.getHandshakeStatus() != before;
    }

    private SSLEngine present() {
        SSLEngine present = engine;
        if (present == null) throw new IllegalStateException("no handshake in " + state);
        return present;
    }

    private int tooLong(int length) {
        LastWords.provoke(present());
        return fail(
                "handshake of " + receivedBytes + " bytes, limit " + tls.settings.maxHandshakeBytes() + " ("
                        + TlsSettings.MAX_HANDSHAKE_BYTES + ")",
                length);
    }

    // --- arithmetic elsewhere

    private void compute() {
        flight.send();
        elsewhere();
        isComputing = true;
        try {
            tls.handshakes.compute(this);
        } catch (RejectedExecutionException e) {
            isComputing = false;
            fail(String.valueOf(e.getMessage()), 0);
        }
    }

    /** What comes meanwhile stays in the kernel. */
    private void elsewhere() {
        state = State.ELSEWHERE;
        connection.suspendReading();
    }

    /** On the other thread. What fails here the engine tells its next caller. */
    @Override
    public void run() {
        try {
            SSLEngine present = engine;
            if (present == null) return; // the connection ended before its turn came
            for (Runnable task = present.getDelegatedTask(); task != null; task = present.getDelegatedTask())
                task.run();
        } finally {
            connection.execute(this::computed);
        }
    }

    private void computed() {
        isComputing = false;
        if (state == State.ENDED) leave();
        else goOn();
    }

    /** What is kept is shown in the next turn; if there is nothing, the engine may have something to say all the same. */
    private void goOn() {
        if (state == State.ENDED) return;
        state = State.SHAKING;
        connection.resumeReading();
        if (connection.kept() == null) shake(NO_BYTES, 0, 0);
    }

    // --- how it ends

    /**
     * Client and server have agreed.
     *
     * @return whether the bytes behind the last record of the handshake were taken over
     */
    private boolean agreed(byte[] bytes, int offset, int length) {
        flight.send();
        if (connection.isBroken()) return false;
        if (present().getSession().getProtocol().equals(NO_PROTOCOL)) {
            fail("the engine has given up", length);
            return true;
        }
        if (connection.isBlocked()) {
            state = State.SENDING;
            connection.suspendReading();
            return false;
        }
        succeed(bytes, offset, length);
        return true;
    }

    @Override
    public void writable() {
        if (state == State.SENDING && !connection.isBlocked()) goOn();
    }

    private void succeed(byte[] bytes, int offset, int length) {
        TlsHost chosen = host;
        if (chosen == null) throw new IllegalStateException("no host in " + state);
        PooledBuffer rest = null;
        if (length > 0) {
            rest = connection.pool().take(Math.max(length, BufferPool.RECORD_SIZE));
            rest.append(bytes, offset, length);
        }
        ServedAuthority served = chosen.servesEveryName() ? null : new ServedAuthority(chosen);
        var secret = new TlsSocket.Secret(present(), served, tls.sharedName(serverName), tls.log);
        PooledBuffer ciphertext = rest;
        state = State.ENDED;
        leave();
        connection.deadline(0);
        connection.encrypt(plain -> new TlsSocket(connection, plain, secret, ciphertext));
        Protocol real = tls.next.begin(connection);
        connection.become(real);
        if (draining) real.drain();
    }

    private void refuse(Alert alert, String why) {
        refuse(alert.record(), why + ", alert " + alert.name().toLowerCase(Locale.ROOT));
    }

    private void refuse(byte[] lastWords, String why) {
        flight.send(PooledBuffer.sharing(lastWords, 0, lastWords.length));
        end(ConnectionEnd.HANDSHAKE_FAILED, why);
    }

    /** The engine has failed, or is made to; its alert is sent. */
    private int fail(String why, int length) {
        flight.sendLastWords(present());
        end(ConnectionEnd.HANDSHAKE_FAILED, why);
        return length;
    }

    private void end(ConnectionEnd reason, String why) {
        state = State.ENDED;
        tls.log.note(connection, "handshake", why);
        connection.closeWhenSent(reason);
    }

    private void leave() {
        if (!isCounted) return;
        isCounted = false;
        tls.handshakes.leave();
    }

    @Override
    public void inputEnded() {
        if (state == State.ENDED) return;
        boolean saidNothing = state == State.HELLO && connection.kept() == null;
        end(
                saidNothing ? ConnectionEnd.PEER_CLOSED : ConnectionEnd.HANDSHAKE_FAILED,
                "client ended its stream before the handshake did");
    }

    @Override
    public void deadline() {
        if (state == State.ENDED) return;
        state = State.ENDED;
        if (draining) {
            connection.abort(ConnectionEnd.DRAINED);
            return;
        }
        tls.log.note(
                connection,
                "handshake",
                "not complete after " + tls.settings.handshakeTimeout() + " (" + TlsSettings.HANDSHAKE_TIMEOUT + ")");
        connection.abort(ConnectionEnd.HANDSHAKE_TIMEOUT);
    }

    @Override
    public void drain() {
        draining = true;
        long left = connection.expiresAt() - connection.loop().nanoTime();
        connection.deadline(Math.clamp(left, 1, DRAIN_NANOS));
    }

    @Override
    public boolean isAtWork() {
        return state != State.HELLO && state != State.ENDED;
    }

    @Override
    public void closed(@Nullable IOException cause) {
        if (cause != null && state != State.ENDED)
            tls.log.note(connection, "handshake", String.valueOf(cause.getMessage()));
        state = State.ENDED;
        flight.drop();
        if (!isComputing) leave();
    }
}
