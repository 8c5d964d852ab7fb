package org.dormouse.transport;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.dormouse.poller.loop.EventLoop;
import org.dormouse.poller.loop.Timeout;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections on one loop, as long as the server has room for them. What must wait (too many connections, no descriptors left) waits
 * in the kernel, and is looked for again when a connection of this loop closes, and every {@value #RETRY_MILLIS} ms. Where descriptors lack
 * for longer than that, whoever waits is accepted with one that was kept for this, and sees a clean end: it may try elsewhere. Loop owner,
 * but for what says otherwise.
 */
public final class Listener implements EventLoop.Handler {
    private static final int ACCEPTS_PER_TURN = 64;
    private static final int RETRY_MILLIS = 100;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS);
    private static final long NEVER = -1;

    /** Descriptors are the process's, whatever servers there are. */
    private static final RareWarning NO_DESCRIPTORS = new RareWarning();

    static {
        new Lack(0).line(1); // while there are descriptors to load it with
    }

    private final Entrance own;
    private final Connections family;
    private final ListenSocket socket;
    private final @Nullable LoopChooser chooser; // null: what is accepted here stays here
    private final Runnable resumption = this::resume;
    private final Timeout retry = new Timeout() {
        @Override
        protected void expired() {
            again();
        }
    };

    private long token;
    private boolean begun;
    private boolean registered;
    private boolean closed;
    private boolean paused;
    private boolean asksAgain;
    /** Something was accepted since this loop joined the line of those that wait. */
    private boolean hadTurn;
    /** Since when descriptors lack for those who wait to be accepted. */
    private long lackingSince = NEVER;
    /** Until when those that waited when closing began may be accepted. */
    private long closesAt;

    private @Nullable Runnable whenClosed; // set once closing has begun

    // any thread
    private final CountDownLatch begins = new CountDownLatch(1);
    private volatile @Nullable IOException refusal;

    private Listener(Entrance own, ListenSocket socket, @Nullable LoopChooser chooser) {
        this.own = own;
        this.family = own.family();
        this.socket = socket;
        this.chooser = chooser;
    }

    /**
     * Begins to accept, and becomes the owner of {@code socket}. Any thread.
     *
     * @param protocol makes what is spoken over each connection
     */
    public static Listener start(Connections family, ListenSocket socket, ProtocolUpgrade protocol) {
        return start(new Entrance(family, protocol), socket);
    }

    /** Begins to accept for the loop of {@code own}, and becomes the owner of {@code socket}. Any thread. */
    public static Listener start(Entrance own, ListenSocket socket) {
        return started(new Listener(own, socket, null));
    }

    /**
     * Begins to accept on one loop for all, and becomes the owner of {@code socket}. Any thread.
     *
     * @param loops those among which connections are shared out
     * @param acceptor the index of the one that accepts
     * @param balance one that {@linkplain Balance#hasAcceptor has an acceptor}
     */
    public static Listener startForAll(List<Entrance> loops, int acceptor, ListenSocket socket, Balance balance) {
        return started(new Listener(loops.get(acceptor), socket, LoopChooser.of(balance, loops)));
    }

    private static Listener started(Listener listener) {
        listener.family.loop.execute(listener::register);
        return listener;
    }

    /**
     * Waits until it accepts. Any thread but those of loops.
     *
     * @throws IOException if the poller does not take the socket, which is closed then; or if its loop does not come to it within {@code nanos}
     */
    public void awaitBegun(long nanos) throws IOException {
        try {
            if (!begins.await(nanos, TimeUnit.NANOSECONDS))
                throw new IOException(
                        "loop " + family.loop.index() + " does not answer, so nobody accepts from " + this);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted before " + this + " accepts");
        }
        IOException refused = refusal;
        if (refused != null)
            throw new IOException("nobody accepts from " + this + ": " + refused.getMessage(), refused);
    }

    /** The connections of the loop that accepts. Any thread. */
    public Connections family() {
        return family;
    }

    /** Whether it accepts for other loops too. Any thread. */
    public boolean isForAll() {
        return chooser != null;
    }

    /** Whether other loops accept from the same queue. Any thread. */
    public boolean isShared() {
        return socket.isShared();
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
            else if (begun) acceptSome();
        });
    }

    /**
     * Leaves the socket to another loop, which accepts from it from then on: nobody who waits in the kernel, nor whose handshake is under way,
     * is lost. Any thread; called once, and no {@link #close} after it.
     *
     * @param heir that loop; not one that has a share of the same socket
     * @param whenMoved runs, as the owner of that loop, when it has the socket
     * @return what listens now
     */
    public Listener moveTo(Entrance heir, Runnable whenMoved) {
        var next = new Listener(heir, socket, null);
        family.loop.execute(() -> {
            boolean isLost = closed;
            leave();
            next.family.loop.execute(() -> {
                next.closed = isLost;
                next.register();
                whenMoved.run();
            });
        });
        return next;
    }

    private void register() {
        try {
            tryRegister();
        } finally {
            begins.countDown();
        }
    }

    private void tryRegister() {
        if (closed) {
            if (whenClosed != null) whenClosed.run();
            return;
        }
        begun = true;
        try {
            token = family.loop.register(socket, this);
            registered = true;
            family.whenOneCloses(resumption);
            if (whenClosed != null) acceptSome();
        } catch (IOException e) {
            refuse(e);
            throw new IllegalStateException("the poller refuses the listening socket of port " + socket.port(), e);
        } catch (RuntimeException | Error e) {
            refuse(new IOException(e));
            throw e;
        }
    }

    private void refuse(IOException why) {
        refusal = why;
        closeNow();
    }

    /** This loop has nothing to do with the socket any more. */
    private void leave() {
        closed = true;
        retry.expireAt(Timeout.NEVER);
        family.noMoreWhenOneCloses(resumption);
        if (registered) family.loop.deregister(token);
        registered = false;
    }

    private void closeNow() {
        if (closed) return;
        leave();
        socket.close();
        if (whenClosed != null) whenClosed.run();
    }

    private boolean isOutOfPatience() {
        return whenClosed != null && closesAt <= family.loop.nanoTime();
    }

    @Override
    public void ready(int readiness) {
        if (readiness == 0) asksAgain = false;
        else if (asksAgain) return; // that comes in this turn, or the next
        acceptSome();
    }

    /** Asked for twice, it comes once: or in a flood, where each turn has an edge too, more and more would be accepted in each. */
    private void again() {
        if (asksAgain) return;
        asksAgain = true;
        family.loop.again(this);
    }

    /** A connection could not begin, which is a bug; the others must not wait for an edge that will not come. */
    @Override
    public void failed(Throwable bug) {
        if (!closed) pause();
    }

    private void resume() {
        if (!paused || closed) return;
        paused = false;
        again();
    }

    private void acceptSome() {
        paused = false;
        for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
            if (closed) return;
            if (!family.reserve()) {
                pause();
                return;
            }
            StreamSocket accepted = accept();
            if (accepted != null) open(accepted);
            else if (!goesOn()) return;
        }
        if (isOutOfPatience()) closeNow();
        else again();
    }

    /** What was reserved for it is given back where not even that succeeds. */
    private @Nullable StreamSocket accept() {
        try {
            return socket.accept();
        } catch (RuntimeException | Error e) {
            family.release();
            throw e;
        }
    }

    private void open(StreamSocket accepted) {
        hadTurn = true;
        Entrance chosen = chooser == null ? own : chooser.choose(accepted);
        chosen.family().expect();
        boolean isLast = whenClosed != null;
        if (chosen.family() == family) own.begin(accepted, isLast);
        else chosen.send(accepted, isLast);
    }

    private boolean goesOn() {
        family.release();
        ListenSocket.Outcome outcome = socket.outcome();
        // No switch: it would be a class of its own, to be loaded when there is no descriptor left to read it with.
        if (outcome == ListenSocket.Outcome.EXHAUSTED) return turnsAwayOne();
        if (outcome == ListenSocket.Outcome.ONE_LOST || outcome == ListenSocket.Outcome.ACCEPTED) return true;
        if (lackingSince != NEVER) endOfLack();
        if (whenClosed != null) closeNow();
        else if (hadTurn && socket.isShared()) goToTheEnd();
        return false;
    }

    /** Descriptors may be there again in a moment, so nobody is turned away before the first retry. */
    private boolean turnsAwayOne() {
        long now = family.loop.nanoTime();
        if (lackingSince == NEVER) lackingSince = now;
        NO_DESCRIPTORS.count(family.loop, new Lack(socket.error()));
        if (now - lackingSince >= RETRY_NANOS) {
            if (socket.turnAway(family.loop.readBuffer())) {
                family.counts().countAccepted();
                family.counts().countClosed(ConnectionEnd.NO_DESCRIPTORS);
                return true;
            }
            if (socket.outcome() != ListenSocket.Outcome.EXHAUSTED) return true; // asked again, it tells
        }
        pause();
        return false;
    }

    private void endOfLack() {
        lackingSince = NEVER;
        socket.keepOneBack();
    }

    /**
     * Of the loops that wait for a shared socket the kernel wakes the first one that has time, in the order in which they came. Whoever had
     * its turn comes anew; otherwise a quiet server's connections would all end up on one loop.
     */
    private void goToTheEnd() {
        if (registered) family.loop.deregister(token);
        registered = false;
        try {
            token = family.loop.register(socket, this);
            registered = true;
            hadTurn = false;
        } catch (IOException e) {
            pause(); // the kernel has no memory for the watch: both are tried again
        }
    }

    private void pause() {
        if (isOutOfPatience()) {
            closeNow();
            return;
        }
        paused = true;
        retry.expireAt(family.loop.nanoTime() + RETRY_NANOS);
        family.loop.schedule(retry);
    }

    @Override
    public String toString() {
        return "listener on port " + socket.port();
    }
}
