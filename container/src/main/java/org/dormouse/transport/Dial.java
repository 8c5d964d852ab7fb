package org.dormouse.transport;

import java.io.IOException;
import java.net.ConnectException;
import java.util.function.Consumer;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.poller.Readiness;
import org.dormouse.poller.loop.EventLoop;
import org.dormouse.poller.loop.FirstUse;
import org.dormouse.poller.socket.SocketError;
import org.dormouse.poller.socket.StreamSocket;

/**
 * A connection that is being made from here: watches a socket whose connecting was begun, until it is connected or will not be. Who began it
 * limits how long that may take, with {@link #cancel}. Loop owner, but for what says otherwise.
 */
public final class Dial implements EventLoop.Handler {
    static {
        FirstUse.of(
                Connection.class,
                ConnectionEnd.class,
                ConnectionEvents.class,
                OutboundQueue.class,
                PeerLeft.class,
                PooledBuffer.class,
                ConnectException.class);
    }

    private final Connections family;
    private final StreamSocket socket;
    private final ProtocolUpgrade protocol;
    private final Consumer<IOException> whenFailed;

    private long token;
    private boolean isRegistered;
    private boolean isOver;

    private Dial(Connections family, StreamSocket socket, ProtocolUpgrade protocol, Consumer<IOException> whenFailed) {
        this.family = family;
        this.socket = socket;
        this.protocol = protocol;
        this.whenFailed = whenFailed;
    }

    /**
     * Begins to watch {@code socket}, which belongs to it from then on. Any thread.
     *
     * @param protocol begins once there is a connection
     * @param whenFailed learns why there will be none, as the loop owner; called once, or never if there is one
     */
    public static Dial start(
            Connections family, StreamSocket socket, ProtocolUpgrade protocol, Consumer<IOException> whenFailed) {
        var dial = new Dial(family, socket, protocol, whenFailed);
        family.loop.execute(dial::register);
        return dial;
    }

    /** Gives it up, unless it has come to its end. Any thread. */
    public void cancel(IOException why) {
        family.loop.execute(() -> fail(why));
    }

    private void register() {
        if (isOver) return;
        try {
            token = family.loop.register(socket, this);
            isRegistered = true;
        } catch (IOException e) {
            isOver = true;
            socket.close();
            whenFailed.accept(e);
        }
    }

    @Override
    public void ready(int readiness) {
        if (isOver || (readiness & (Readiness.OUT | Readiness.GONE)) == 0) return;
        int result = socket.finishConnect();
        if (SocketError.wouldBlock(result)) return;
        if (result < 0) fail(new ConnectException(SocketError.describe(result)));
        else connected();
    }

    @Override
    public void failed(Throwable bug) {
        fail(new IOException("no connection because of a bug: " + bug, bug));
    }

    private void connected() {
        isOver = true;
        family.loop.deregister(token);
        if (!family.reserve()) {
            socket.close();
            whenFailed.accept(new IOException("as many connections as there may be (connections.max)"));
            return;
        }
        family.expect();
        try {
            Connection.open(family, socket, protocol);
        } catch (IOException e) {
            family.release();
            family.notExpected();
            whenFailed.accept(e);
        }
    }

    private void fail(IOException why) {
        if (isOver) return;
        isOver = true;
        if (isRegistered) family.loop.deregister(token);
        socket.close();
        whenFailed.accept(why);
    }
}
