package org.dormouse.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
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
 * Stands where the real protocol will, until client and server have agreed on their keys. Loop owner; what the engine delegates is an
 * {@link Errand} on another thread, and meanwhile nobody else touches the engine: it would wait for that thread.
 *
 * <pre>
 *   HELLO -> SHAKING -> SENDING -> ENDED      as the peer sends; a client begins with SHAKING; SENDING only if it does not take the last of ours
 *              ^  v
 *           ELSEWHERE, RESTING                an errand on another thread; enough was done in this turn
 *   any -> ENDED                              refused, too late, or the peer left
 * </pre>
 */
abstract class Handshake implements Protocol {
    enum State {
        HELLO,
        SHAKING,
        ELSEWHERE,
        RESTING,
        SENDING,
        ENDED
    }

    /** Calls of the engine in a row; then others of this loop have their turn. An ordinary handshake takes a dozen. */
    private static final int MAX_CALLS = 64;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    static final byte[] NO_BYTES = {};

    /** What a session has for a version before there is one. */
    private static final String NO_PROTOCOL = "NONE";

    static final String TLS_1_3 = "TLSv1.3";

    final Connection connection;
    final Flight flight;
    private final TlsSide side;

    State state = State.HELLO;

    @Nullable
    SSLEngine engine;

    private int receivedBytes;

    /** What is done elsewhere, or was last. */
    private @Nullable Errand errand;

    Handshake(TlsSide side, Connection connection) {
        this.side = side;
        this.connection = connection;
        flight = new Flight(connection);
    }

    /** The first bytes of the peer, before there is an engine; how many were used. */
    abstract int onHello(byte[] bytes, int offset, int length);

    /** Client and server have agreed, and nothing of ours waits. */
    abstract void succeed(byte[] bytes, int offset, int length);

    /** Whether what the engine wants to send can wait for the first answer. */
    abstract boolean hasOnlyTickets(SSLEngine engine);

    /** It has failed; the connection ends. */
    void ended(String why) {}

    /** It is over, and nothing of it is on another thread: what was counted is counted no more. May come twice. */
    abstract void left();

    // --- input

    @Override
    public int received(byte[] bytes, int offset, int length) {
        return switch (state) {
            case HELLO -> onHello(bytes, offset, length);
            case SHAKING -> shake(bytes, offset, length);
            case ELSEWHERE -> onEarlier(bytes, offset, length);
            case RESTING, SENDING -> 0;
            case ENDED -> length;
        };
    }

    /**
     * Does what the engine wants next until that is another record of the client.
     *
     * @return how many of the bytes were used
     */
    final int shake(byte[] bytes, int offset, int length) {
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
                        if (receivedBytes > side.settings.maxHandshakeBytes()) return tooLong(length);
                        status = result.getHandshakeStatus();
                        if (status == HandshakeStatus.NEED_WRAP && hasOnlyTickets(present))
                            status = HandshakeStatus.NOT_HANDSHAKING;
                    }
                    case NEED_WRAP -> {
                        SSLEngineResult result = flight.wrap(present);
                        if (result.getStatus() != Status.OK || !isProgress(result, status))
                            return fail("the engine has nothing to send: " + result, length);
                        status = result.getHandshakeStatus();
                    }
                    case NEED_TASK -> {
                        flight.send();
                        compute(at < end);
                        return at - offset;
                    }
                    case FINISHED -> status = present.getHandshakeStatus();
                    case NOT_HANDSHAKING -> {
                        return agreed(bytes, at, end - at) ? length : at - offset;
                    }
                }
            }
        } catch (SSLException e) {
            return fail(String.valueOf(e.getMessage()), length);
        }
        flight.send();
        state = State.RESTING;
        connection.suspendReading();
        connection.execute(this::goOn);
        return at - offset;
    }

    static boolean isProgress(SSLEngineResult result, HandshakeStatus before) {
        return result.bytesConsumed() > 0 || result.bytesProduced() > 0 || result.getHandshakeStatus() != before;
    }

    final SSLEngine present() {
        SSLEngine present = engine;
        if (present == null) throw new IllegalStateException("no handshake in " + state);
        return present;
    }

    private int tooLong(int length) {
        LastWords.provoke(present());
        return fail(
                "handshake of " + receivedBytes + " bytes, limit " + side.settings.maxHandshakeBytes() + " ("
                        + TlsSettings.MAX_HANDSHAKE_BYTES + ")",
                length);
    }

    // --- arithmetic elsewhere

    /** @param bytesWait whether the client has sent more: then the end is to be told, since no event will bring it up */
    private void compute(boolean bytesWait) {
        state = State.ELSEWHERE;
        var made = new Errand(present(), flight, this::computed, bytesWait);
        errand = made;
        if (bytesWait) connection.suspendReading();
        try {
            side.handshakes.compute(made);
        } catch (RejectedExecutionException e) {
            made.abandon();
            fail(String.valueOf(e.getMessage()), 0);
        }
    }

    private Errand errand() {
        Errand present = errand;
        if (present == null) throw new IllegalStateException("no errand in " + state);
        return present;
    }

    /** The client has sent something: usually because the errand is over and its flight has arrived, but nobody told the loop. */
    private int onEarlier(byte[] bytes, int offset, int length) {
        if (errand().tellsOfItsEnd()) {
            connection.suspendReading(); // what comes meanwhile stays in the kernel
            return 0;
        }
        state = State.SHAKING;
        return errand().failure() == null ? shake(bytes, offset, length) : failed(length);
    }

    /** The errand is over, and somebody wanted to know. */
    private void computed() {
        if (state != State.ENDED) {
            goOn();
            return;
        }
        flight.drop();
        left();
    }

    /** What is kept is shown in the next turn; if there is nothing, the engine may have something to say all the same. */
    private void goOn() {
        if (state == State.ENDED) return;
        boolean hasFailed = state == State.ELSEWHERE && errand().failure() != null;
        state = State.SHAKING;
        connection.resumeReading();
        if (hasFailed) failed(0);
        else if (connection.kept() == null) shake(NO_BYTES, 0, 0);
    }

    private int failed(int length) {
        return fail(String.valueOf(errand().failure()), length);
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

    /** What came behind the handshake, for the socket that decrypts it; null if nothing has. */
    final @Nullable PooledBuffer rest(byte[] bytes, int offset, int length) {
        if (length == 0) return null;
        PooledBuffer rest = connection.pool().take(Math.max(length, BufferPool.RECORD_SIZE));
        rest.append(bytes, offset, length);
        return rest;
    }

    /** The engine has failed, or is made to; its alert is sent. */
    private int fail(String why, int length) {
        flight.sendLastWords(present());
        end(ConnectionEnd.HANDSHAKE_FAILED, why);
        return length;
    }

    final void end(ConnectionEnd reason, String why) {
        state = State.ENDED;
        side.log.note(connection, "handshake", why);
        ended(why);
        connection.closeWhenSent(reason);
    }

    @Override
    public void inputEnded() {
        if (state == State.ENDED) return;
        boolean saidNothing = state == State.HELLO && connection.kept() == null;
        end(
                saidNothing ? ConnectionEnd.PEER_CLOSED : ConnectionEnd.HANDSHAKE_FAILED,
                "the peer ended its stream before the handshake did");
    }

    @Override
    public boolean isAtWork() {
        return state != State.HELLO && state != State.ENDED;
    }

    @Override
    public void closed(@Nullable IOException cause) {
        if (cause != null && state != State.ENDED)
            side.log.note(connection, "handshake", String.valueOf(cause.getMessage()));
        state = State.ENDED;
        Errand present = errand;
        if (present != null && present.tellsOfItsEnd()) return;
        flight.drop();
        left();
    }
}
