package org.dormouse.http1;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.http.BadRequest;
import org.dormouse.http.Exchange;
import org.dormouse.http.ExchangeObserver;
import org.dormouse.http.Fields;
import org.dormouse.http.Headers;
import org.dormouse.http.Peer;
import org.dormouse.http.RequestHead;
import org.dormouse.http.Upgrade;
import org.dormouse.http1.ResponseHeadWriter.Framing;
import org.dormouse.http1.ResponseHeadWriter.Persistence;
import org.dormouse.poller.loop.InlineTask;
import org.dormouse.poller.loop.Timeout;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.ProtocolUpgrade;
import org.jspecify.annotations.Nullable;

/**
 * One request over HTTP/1.1 with its response. It has borrowed the connection's input and output from the loop and uses the socket itself,
 * in whatever threads it is used from; {@link #finish} gives both back. Reading state belongs to the reader, writing state to the writer
 * ({@link ResponseOutput}); what the loop and others may touch at the same time is volatile.
 */
final class Http1Exchange extends ResponseOutput implements Exchange {
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final long NOT_WAITING = Long.MIN_VALUE;
    private static final Object NOBODY = new Object();

    /** What becomes of {@code Expect: 100-continue}. */
    private enum Interim {
        NOT_ASKED,
        ASKED,
        SENDING,
        SENT,
        /** The response began before anybody read. */
        FORGONE
    }

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

    private static final VarHandle READER;
    private static final VarHandle WRITER;
    private static final VarHandle GONE;
    private static final VarHandle INTERIM;

    static {
        try {
            var lookup = MethodHandles.lookup();
            READER = lookup.findVarHandle(Http1Exchange.class, "reader", Runnable.class);
            WRITER = lookup.findVarHandle(Http1Exchange.class, "writer", Runnable.class);
            GONE = lookup.findVarHandle(Http1Exchange.class, "gone", Runnable.class);
            INTERIM = lookup.findVarHandle(Http1Exchange.class, "interim", Interim.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Http1Connection owner;
    private final long id;

    // reader
    private final @Nullable RequestBody body;
    private long readWaited;

    // writer
    private @Nullable PooledBuffer leftOver;
    private @Nullable ProtocolUpgrade successor;

    // the thread that serves; whoever lists requests reads it and may come a moment too late
    private @Nullable Object
            servant; // null: nobody has begun; then the thread, and NOBODY when it has returned; or Followed with that

    // any thread
    private volatile @Nullable Runnable reader;
    private volatile @Nullable Runnable writer;
    private volatile @Nullable Runnable gone;
    private volatile Interim interim;
    private volatile long readWaitsSince = NOT_WAITING;
    private volatile long writeWaitsSince = NOT_WAITING;
    private volatile boolean bodyTimedOut;
    private volatile boolean last;

    Http1Exchange(Http1 http1, Http1Connection owner, RequestHeadBytes head, boolean holdsOutput) {
        super(http1, owner.connection, head, holdsOutput);
        this.owner = owner;
        this.id = http1.nextExchangeId();
        this.body = head.contentLength == 0 ? null : new RequestBody(head.contentLength, http1.limits);
        this.interim = head.expectsContinue ? Interim.ASKED : Interim.NOT_ASKED;
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

    // --- request body

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        RequestBody incoming = body;
        if (incoming == null) return -1;
        if (hasEnded()) throw new IllegalStateException("read after finish");
        if (length == 0) return 0;
        if (interim == Interim.ASKED && !incoming.isEnded()) sendContinue();
        if (bodyTimedOut) throw timedOut(incoming);
        boolean wasRefused = incoming.isRefused();
        try {
            int count = incoming.read(connection, target, offset, length);
            if (count != 0) stopWaitingForInput();
            return count;
        } catch (BadRequest e) {
            if (!wasRefused) http1.log.refused(connection, e);
            closeBehind();
            throw e;
        }
    }

    private void stopWaitingForInput() {
        long began = readWaitsSince;
        if (began == NOT_WAITING) return;
        readWaited += http1.loop.nanoTime() - began;
        readWaitsSince = NOT_WAITING;
    }

    private BadRequest timedOut(RequestBody incoming) {
        closeBehind();
        return tooSlow(incoming);
    }

    private BadRequest tooSlow(RequestBody incoming) {
        return new BadRequest(
                408,
                "body stopped after " + incoming.received() + " bytes for longer than " + http1.limits.bodyTimeout()
                        + " (http.body-timeout) or came slower than " + http1.limits.minRate()
                        + " bytes a second (http.min-rate)");
    }

    @Override
    public boolean isBodyRead() {
        RequestBody incoming = body;
        return incoming == null || incoming.isEnded();
    }

    @Override
    public Fields trailers() {
        RequestBody incoming = body;
        return incoming != null && incoming.isEnded() ? incoming.trailers() : new Headers();
    }

    @Override
    public void whenReadable(Runnable wake) {
        RequestBody incoming = body;
        if (incoming == null || incoming.isEnded() || incoming.isBroken()) {
            wake.run();
            return;
        }
        if (interim == Interim.ASKED) sendContinue();
        reader = wake;
        // Set before the look at the word, which the loop changes before it looks here: one of the two sees the other.
        if (connection.kept() != null || connection.mayHaveInput() || bodyTimedOut) {
            wakeReader();
            return;
        }
        boolean first = readWaitsSince == NOT_WAITING && writeWaitsSince == NOT_WAITING;
        if (readWaitsSince == NOT_WAITING) readWaitsSince = http1.loop.nanoTime();
        if (first) connection.execute(owner::watchWait);
    }

    void wakeReader() {
        if (reader != null) run((Runnable) READER.getAndSet(this, null));
    }

    private static void run(@Nullable Runnable callback) {
        if (callback != null) callback.run();
    }

    // --- 100 Continue

    /** The reader sends it unless the writer has committed, which it may do at the same moment in another thread. */
    private void sendContinue() {
        if (isCommitted() || !INTERIM.compareAndSet(this, Interim.ASKED, Interim.SENDING)) return;
        boolean borrows = !holdsOutput();
        if (!borrows || borrowFromLoop()) {
            connection.copyIn(CONTINUE, 0, CONTINUE.length);
            connection.flush();
            while (borrows && !connection.giveBackOutput()) connection.flush();
        }
        interim = Interim.SENT;
    }

    /** The loop has the output only while it sends what is left of the answers before: microseconds. False if the client has left. */
    private boolean borrowFromLoop() {
        while (!connection.borrowOutput()) {
            if (connection.isBroken()) return false;
            Thread.onSpinWait();
        }
        return true;
    }

    /** A lock of a few microseconds, taken only if reader and writer are two threads and the first bytes of both meet. */
    @Override
    void awaitInterim() {
        while (true) {
            Interim now = interim;
            if (now == Interim.SENDING) Thread.onSpinWait();
            else if (now != Interim.ASKED || INTERIM.compareAndSet(this, now, Interim.FORGONE)) return;
        }
    }

    /** Whether the client still waits to be asked for its body, which it may then never send. */
    boolean awaitsContinue() {
        Interim now = interim;
        return now == Interim.ASKED || now == Interim.FORGONE;
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
        boolean first = readWaitsSince == NOT_WAITING && writeWaitsSince == NOT_WAITING;
        writeWaitsSince = http1.loop.nanoTime(); // before the callback is there to be run, which takes it back
        writer = wake;
        if (mayWrite() || connection.mayHaveRoom()) {
            wakeWriter();
            return;
        }
        if (first) connection.execute(owner::watchWait);
    }

    void wakeWriter() {
        writeWaitsSince = NOT_WAITING;
        if (writer != null) run((Runnable) WRITER.getAndSet(this, null));
    }

    @Override
    public void finish() {
        if (hasEnded()) return;
        end();
        if (servant instanceof Followed followed) followed.observer.ended(status(), written());
        awaitInterim();
        gone = null;
        PooledBuffer rest = takeBuffer();
        if (!isCommitted()) connection.abort();
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

    @Override
    public void abort() {
        connection.abort();
    }

    @Override
    public void upgrade(Fields fields, Upgrade next) {
        if (isCommitted()) throw new IllegalStateException("response is committed already");
        if (!(next instanceof ProtocolUpgrade begins)) {
            throw new UnsupportedOperationException(next.protocol() + " does not say how to begin on a connection");
        }
        if (!head.asksUpgrade || !isBodyRead()) {
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

    // --- while nobody reads or writes

    @Override
    public void whenGone(@Nullable Runnable task) {
        gone = task;
        if (task != null && connection.isBroken()) tellGone();
    }

    private void tellGone() {
        if (gone != null) run((Runnable) GONE.getAndSet(this, null));
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
    RequestBody body() {
        return body;
    }

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

    boolean hasBodyTimedOut() {
        return bodyTimedOut;
    }

    void clientGone() {
        tellGone();
        wakeReader();
        wakeWriter();
    }

    /** When the present wait for the client has lasted too long; {@link Timeout#NEVER} while nobody waits. */
    long waitEndsAt() {
        long reading = readWaitsSince;
        long writing = writeWaitsSince;
        long readEnd = reading == NOT_WAITING ? Timeout.NEVER : reading + readAllowance();
        long writeEnd = writing == NOT_WAITING ? Timeout.NEVER : writing + http1.writeNanos;
        return Math.min(readEnd, writeEnd);
    }

    /** The timeout, or what the minimum rate leaves of it after the waits before. The reader waits, so its fields are still. */
    private long readAllowance() {
        RequestBody incoming = body;
        if (incoming == null) return http1.bodyNanos;
        long earned = incoming.received() * (1_000_000_000L / http1.limits.minRate());
        return Math.clamp(http1.bodyNanos + earned - readWaited, 0, http1.bodyNanos);
    }

    /** Loop owner. */
    void waitedTooLong(long now) {
        long writing = writeWaitsSince;
        if (writing != NOT_WAITING && writing + http1.writeNanos <= now) {
            http1.log.left(connection, http1.writeTimedOut());
            connection.abort(ConnectionEnd.WRITE_TIMEOUT);
            return;
        }
        RequestBody incoming = body;
        if (incoming != null) http1.log.refused(connection, tooSlow(incoming));
        bodyTimedOut = true;
        readWaitsSince = NOT_WAITING;
        wakeReader();
    }
}
