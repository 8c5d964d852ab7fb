package org.dormouse.http1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.http.CertificateRequest;
import org.dormouse.http.ClientWatch;
import org.dormouse.http.Exchange;
import org.dormouse.http.ExchangeObserver;
import org.dormouse.http.Fields;
import org.dormouse.http.Headers;
import org.dormouse.http.Peer;
import org.dormouse.http.RequestHead;
import org.dormouse.http.StreamUpgrade;
import org.dormouse.http.Upgrade;
import org.dormouse.http1.ResponseHeadWriter.Framing;
import org.dormouse.http1.ResponseHeadWriter.Persistence;
import org.dormouse.poller.loop.InlineTask;
import org.dormouse.poller.loop.Timeout;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.Encryption;
import org.dormouse.transport.ProtocolUpgrade;
import org.jspecify.annotations.Nullable;

/**
 * One request over HTTP/1.1 with its response. It has borrowed the connection's input and output from the loop and uses the socket itself,
 * in whatever threads it is used from; {@link #finish} gives both back. Reading state belongs to the reader ({@link RequestInput}), writing
 * state to the writer ({@link ResponseOutput}); what the loop and others may touch at the same time is volatile.
 */
final class Http1Exchange extends RequestInput implements Exchange {
    private static final Object NOBODY = new Object();

    /** Who serves, where somebody follows: few exchanges are followed, and the others shall have no field for it. */
    private static final class Followed {
        final ExchangeObserver observer;

        @Nullable
        Object servant;

        Followed(ExchangeObserver observer, @Nullable Object servant) {
            this.observer = observer;
            this.servant = servant;
        }
    }

    private static final VarHandle GONE;

    static {
        try {
            GONE = MethodHandles.lookup().findVarHandle(Http1Exchange.class, "gone", Runnable.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Http1Connection owner;
    private final long id;

    // writer
    private @Nullable PooledBuffer leftOver;
    private @Nullable ProtocolUpgrade successor;

    // the thread that serves; whoever lists requests reads it and may come a moment too late
    private @Nullable Object
            servant; // null: nobody has begun; then the thread, and NOBODY when it has returned; or Followed with that

    // any thread
    private volatile @Nullable Runnable gone;
    /** No other request follows: the server stops, or this one was aborted. */
    private volatile boolean last;

    Http1Exchange(Http1 http1, Http1Connection owner, RequestHeadBytes head, boolean holdsOutput) {
        super(http1, owner.connection, head, holdsOutput);
        this.owner = owner;
        this.id = http1.nextExchangeId();
    }

    @Override
    public RequestHead request() {
        return head;
    }

    @Override
    public Peer peer() {
        return new ConnectionPeer(connection);
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public boolean mayAskForCertificate() {
        Encryption encryption = connection.encryption();
        return encryption != null && !isCommitted() && !owner.hasComeEarly() && encryption.mayAskForCertificate();
    }

    /** Whoever sends more requests before one is answered has made them without the certificate, and is not asked; not with the last one either. */
    @Override
    public @Nullable CertificateRequest askForCertificate() {
        Encryption encryption = connection.encryption();
        if (encryption == null || !mayAskForCertificate() || !isBodyRead() || connection.kept() != null) return null;
        if (!borrowsOutput() || connection.unsentBytes() > 0) return null;
        return new AskedCertificate(this, connection, encryption.askForCertificate());
    }

    @Override
    public @Nullable ExchangeObserver observer() {
        return servant instanceof Followed followed ? followed.observer : null;
    }

    @Override
    public void observer(ExchangeObserver follower) {
        servant = new Followed(follower, servant());
    }

    @Override
    public Executor carrier() {
        return http1.carrier;
    }

    @Override
    public void servedBy(@Nullable Thread thread) {
        Object present = thread == null ? NOBODY : thread;
        if (servant instanceof Followed followed) followed.servant = present;
        else servant = present;
    }

    private @Nullable Object servant() {
        Object present = servant;
        return present instanceof Followed followed ? followed.servant : present;
    }

    /** Any thread. */
    ExchangeAtWork atWork(long beganNanos) {
        Object present = servant();
        Thread thread = present instanceof Thread alive ? alive : null;
        String client = connection.remoteAddress() + ":" + connection.remotePort();
        return new ExchangeAtWork(this, beganNanos, present != null, thread, client);
    }

    @Override
    public Executor loop() {
        return http1.inline;
    }

    @Override
    public void beforeWaiting() {
        InlineTask.aboutToBlock();
    }

    @Override
    public boolean isOverdue() {
        return connection.loop().isOverdue();
    }

    // --- response

    @Override
    boolean mustClose() {
        return last || (awaitsContinue() && !isBodyRead());
    }

    void becomeLast() {
        last = true;
    }

    @Override
    public void whenWritable(Runnable wake) {
        ClientWaits waiting = waits();
        boolean first = waiting.beginWriting(wake);
        if (mayWrite() || connection.mayHaveRoom()) {
            waiting.wakeWriter();
            return;
        }
        if (first) watchWaits();
    }

    @Override
    void watchWaits() {
        connection.execute(owner::watchWait);
    }

    @Override
    public void finish() {
        if (hasEnded()) return;
        end();
        if (servant instanceof Followed followed) followed.observer.ended(status(), written());
        awaitInterim();
        gone = null;
        PooledBuffer rest = takeBuffer();
        if (!isCommitted()) connection.abortIfOpen(ConnectionEnd.ABORTED);
        if (isBodyRead() && persists() && !last && connection.kept() == null && successor == null) {
            if (passOn(rest) && giveBackIdle()) return;
        } else if (successor == null && borrowsOutput() && connection.kept() != null && isBodyRead() && persists()) {
            if (rest != null)
                connection.enqueue(rest); // more requests wait: their answers leave together with this one
        } else {
            passOn(rest);
        }
        connection.giveBack(holdsOutput());
    }

    /** True if everything is sent; else it is enqueued, or left for the loop if the output is not ours. */
    private boolean passOn(@Nullable PooledBuffer rest) {
        if (!borrowsOutput()) {
            leftOver = rest;
            return false;
        }
        return rest == null ? connection.flush() : connection.send(rest);
    }

    private boolean giveBackIdle() {
        owner.becomeIdle();
        if (connection.giveBackIdle()) return true;
        owner.becomeHandling(this);
        return false;
    }

    /**
     * Whoever aborts may come too late, when the connection serves the next request already. So the loop looks whose it is; and an exchange
     * that is aborted first does not give the connection back in one step, behind which the loop could not tell any more.
     */
    @Override
    public void abort() {
        abort(ConnectionEnd.ABORTED);
    }

    @Override
    void abort(ConnectionEnd why) {
        last = true;
        connection.execute(() -> owner.abort(this, why));
    }

    @Override
    public boolean mayUpgrade() {
        return !isCommitted() && head.asksUpgrade && isBodyRead();
    }

    @Override
    public void upgrade(Fields fields, Upgrade next) {
        if (isCommitted()) throw new IllegalStateException("response is committed already");
        ProtocolUpgrade begins = beginning(next);
        if (!mayUpgrade()) {
            throw new UnsupportedOperationException("the request asks for no upgrade, or has a body");
        }
        var all = new Headers();
        all.add("Upgrade", next.protocol());
        for (int i = 0; i < fields.size(); i++) {
            if (!fields.name(i).equalsIgnoreCase("Upgrade")) all.add(fields.name(i), fields.value(i));
        }
        commitUpgrade(ResponseHeadWriter.write(
                connection.pool(), 101, null, all, http1.date.bytes(all), Framing.NONE, -1, Persistence.UPGRADE));
        successor = begins;
        finish();
    }

    private ProtocolUpgrade beginning(Upgrade next) {
        return switch (next) {
            case ProtocolUpgrade begins -> begins;
            case StreamUpgrade streams -> at -> UpgradedStream.begin(http1, at, streams);
            default ->
                throw new UnsupportedOperationException(next.protocol() + " does not say how to begin on a connection");
        };
    }

    // --- while nobody reads or writes

    @Override
    public void whenGone(@Nullable Runnable task) {
        gone = task;
        if (task != null && connection.isBroken()) tellGone();
        else if (task instanceof ClientWatch watch && connection.hasPeerFinished()) watch.finishedSending();
    }

    private void tellGone() {
        Runnable told = gone == null ? null : (Runnable) GONE.getAndSet(this, null);
        if (told != null) told.run();
    }

    @Override
    public Runnable schedule(long delayNanos, Runnable task) {
        var timeout = new ExchangeTimeout(http1.loop, task);
        long now = http1.loop.nanoTime();
        long due = now + Math.min(delayNanos, Timeout.NEVER - now); // Long.MAX_VALUE is a usual way to say: never
        connection.execute(() -> timeout.start(due));
        return timeout;
    }

    // --- for the connection, loop owner

    @Nullable
    ProtocolUpgrade successor() {
        return successor;
    }

    @Nullable
    PooledBuffer takeLeftOver() {
        PooledBuffer rest = leftOver;
        leftOver = null;
        return rest;
    }

    void clientFinished() {
        if (gone instanceof ClientWatch watch) watch.finishedSending();
    }

    void draining() {
        if (gone instanceof ClientWatch watch) watch.draining();
    }

    void clientGone() {
        tellGone();
        wakeReader();
        wakeWriter();
    }
}
