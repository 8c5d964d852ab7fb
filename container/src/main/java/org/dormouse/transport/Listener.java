package org.dormouse.transport;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.dormouse.poller.loop.EventLoop;
import org.dormouse.poller.loop.Timeout;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections on one loop, as long as the server has room for them. What must wait (too many connections, no descriptors left) waits
 * in the kernel, and is looked for again when a connection of this loop closes, and every {@value #RETRY_MILLIS} ms. Loop owner, but for
 * what says otherwise.
 */
public final class Listener implements EventLoop.Handler {
    private static final int ACCEPTS_PER_TURN = 64;
    private static final int RETRY_MILLIS = 100;

    private final Connections family;
    private final ListenSocket socket;
    private final ProtocolUpgrade protocol;
    private final Timeout retry = new Timeout() {
        @Override
        protected void expired() {
            acceptSome();
        }
    };

    private long token;
    private boolean registered;
    private boolean closed;
    private boolean paused;
    /** Until when those that waited when closing began may be accepted. */
    private long closesAt;

    private @Nullable Runnable whenClosed; // set once closing has begun

    private Listener(Connections family, ListenSocket socket, ProtocolUpgrade protocol) {
        this.family = family;
        this.socket = socket;
        this.protocol = protocol;
    }

    /**
     * Begins to accept, and becomes the owner of {@code socket}. Any thread.
     *
     * @param protocol makes what is spoken over each connection
     */
    public static Listener start(Connections family, ListenSocket socket, ProtocolUpgrade protocol) {
        var listener = new Listener(family, socket, protocol);
        family.loop.execute(listener::register);
        return listener;
    }

    /** The port in use. Any thread. */
    public int port() {
        return socket.port();
    }

    /**
     * Stops accepting; connections go on. Those that wait in the kernel have been promised an answer by its handshake: they are accepted,
     * asked to end after their first request ({@link Protocol#drain}), and only then the socket closes. Any thread; called once.
     *
     * @param patienceNanos for how long that may take, if there are no descriptors or connections left or more and more come; who waits then
     *     is reset
     * @param whenClosed runs, as the loop owner, when the socket is closed
     */
    public void close(long patienceNanos, Runnable whenClosed) {
        family.loop.execute(() -> {
            closesAt = family.loop.nanoTime() + patienceNanos;
            this.whenClosed = whenClosed;
            if (closed) whenClosed.run();
            else acceptSome();
        });
    }

    private void register() {
        if (closed) return;
        try {
            token = family.loop.register(socket, this);
            registered = true;
            family.whenOneCloses(this::resume);
        } catch (IOException e) {
            closeNow();
            throw new IllegalStateException("the poller refuses the listening socket of port " + socket.port(), e);
        }
    }

    private void closeNow() {
        if (closed) return;
        closed = true;
        retry.expireAt(Timeout.NEVER);
        if (registered) family.loop.deregister(token);
        socket.close();
        if (whenClosed != null) whenClosed.run();
    }

    private boolean isOutOfPatience() {
        return whenClosed != null && closesAt <= family.loop.nanoTime();
    }

    @Override
    public void ready(int readiness) {
        acceptSome();
    }

    /** A connection could not begin, which is a bug; the others must not wait for an edge that will not come. */
    @Override
    public void failed(Throwable bug) {
        if (!closed) family.loop.again(this);
    }

    private void resume() {
        if (!paused || closed) return;
        paused = false;
        family.loop.again(this);
    }

    private void acceptSome() {
        paused = false;
        for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
            if (closed) return;
            if (!family.reserve()) {
                pause();
                return;
            }
            StreamSocket accepted = socket.accept();
            if (accepted != null) open(accepted);
            else if (!goesOn()) return;
        }
        if (isOutOfPatience()) closeNow();
        else family.loop.again(this);
    }

    private void open(StreamSocket accepted) {
        try {
            Connection opened = Connection.open(family, accepted, protocol);
            if (whenClosed != null) opened.drain();
        } catch (IOException e) {
            family.release(); // the poller is full: the client sees its connection closed
        }
    }

    private boolean goesOn() {
        family.release();
        return switch (socket.outcome()) {
            case ONE_LOST, ACCEPTED -> true;
            case NONE_WAITING, CLOSED -> {
                if (whenClosed != null) closeNow();
                yield false;
            }
            case EXHAUSTED -> {
                pause();
                yield false;
            }
        };
    }

    private void pause() {
        if (isOutOfPatience()) {
            closeNow();
            return;
        }
        paused = true;
        retry.expireAt(family.loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS));
        family.loop.schedule(retry);
    }

    @Override
    public String toString() {
        return "listener on port " + socket.port();
    }
}
