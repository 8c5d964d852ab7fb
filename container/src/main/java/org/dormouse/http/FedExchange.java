package org.dormouse.http;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An exchange over somebody else's connection: a foreign server has read the head, feeds the body and takes the response through a
 * {@link ForeignConnection}. It is the transport-neutral door: what it needs of a connection is in that interface and nowhere else.
 *
 * <pre>
 *   offer*, then end or fail      the request body, by the host, one call at a time
 *   drained                       by the host, any thread, after isFull was true
 *   gone                          by the host, any thread: the client has left
 * </pre>
 *
 * No lock is held while the connection or a callback is called.
 */
public final class FedExchange implements Exchange {
    /** How many bytes of an unread body are held unless the host says otherwise. */
    public static final int DEFAULT_MAX_HELD_BYTES = 64 * 1024;

    private enum Stage {
        OPEN,
        FINISHED,
        ABORTED
    }

    private final long id;
    private final RequestHead request;
    private final Peer peer;
    private final ForeignConnection connection;
    private final FedBody input;

    // any thread
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.OPEN);
    private final AtomicReference<@Nullable Runnable> writableWake = new AtomicReference<>();
    private volatile @Nullable IOException cut;
    // guarded by this
    private @Nullable Runnable goneWake;
    private boolean isGone;

    // writer only, but that it is there may be asked by any thread
    private volatile @Nullable ResponseBody output;

    private @Nullable ExchangeObserver observer;

    // reader only
    private boolean awaitsContinue;

    /**
     * @param id unique among the exchanges of the server it is given to
     * @param maxHeldBytes how many bytes of the body may be offered and not yet read before the host is to stop
     */
    public FedExchange(long id, RequestHead request, Peer peer, ForeignConnection connection, int maxHeldBytes) {
        if (maxHeldBytes < 1024) throw new IllegalArgumentException("maxHeldBytes " + maxHeldBytes + " < 1024");
        this.id = id;
        this.request = request;
        this.peer = peer;
        this.connection = connection;
        this.input = new FedBody(connection, request.contentLength(), maxHeldBytes);
        this.awaitsContinue = request.contentLength() != 0
                && request.version() != Version.HTTP_1_0
                && "100-continue".equalsIgnoreCase(request.fields().first("Expect"));
    }

    // --- the host

    /**
     * Bytes of the request body; {@code bytes} belongs to the exchange from here on. More than the content length fails the body.
     *
     * @return false if the exchange now holds as much as it may: offer nothing more until {@link ForeignConnection#resume}, which may
     *     come from another thread even before this returns
     * @throws IllegalStateException after {@link #end}, or if the host goes on although twice the bound is held
     */
    public boolean offer(byte[] bytes) {
        return input.offer(bytes);
    }

    /** The request body is complete. Fewer bytes than the content length fail it. Does nothing if it has ended already. */
    public void end() {
        input.end();
    }

    /** The request body broke its framing or a limit; the reader is told behind the bytes that were offered before. */
    public void fail(IOException fault) {
        input.fail(fault);
    }

    /** The connection takes bytes of the response again. Calls too many do no harm. */
    public void drained() {
        if (cut == null && connection.isFull()) return;
        wakeWriter();
    }

    /** The client hung up or reset; half-close alone is not that. Does nothing once the response has ended, or if called again. */
    public void gone(IOException cause) {
        if (stage.get() != Stage.OPEN) return;
        Runnable told;
        synchronized (this) {
            if (isGone) return;
            isGone = true;
            told = goneWake;
            goneWake = null;
        }
        cut(cause);
        if (told != null) told.run();
    }

    /** Ends every wait with {@code cause}. */
    private void cut(IOException cause) {
        if (cut == null) cut = cause;
        input.cut(cause);
        wakeWriter();
    }

    private void wakeWriter() {
        Runnable wake = writableWake.getAndSet(null);
        if (wake != null) wake.run();
    }

    // --- the application

    @Override
    public RequestHead request() {
        return request;
    }

    @Override
    public Peer peer() {
        return peer;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public @Nullable ExchangeObserver observer() {
        return observer;
    }

    @Override
    public void observer(ExchangeObserver follower) {
        observer = follower;
    }

    private void tellObserver() {
        ResponseBody body = output;
        if (observer != null) observer.ended(body == null ? 0 : body.status(), body == null ? 0 : body.written());
    }

    @Override
    public Executor carrier() {
        return connection.carrier();
    }

    @Override
    public void beforeWaiting() {
        connection.beforeWaiting();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (awaitsContinue) {
            awaitsContinue = false;
            if (!isCommitted()) connection.sendContinue();
        }
        return input.read(target, offset, length);
    }

    @Override
    public boolean isBodyRead() {
        return input.isRead();
    }

    @Override
    public void whenReadable(Runnable wake) {
        input.whenReadable(wake);
    }

    @Override
    public void commit(int status, @Nullable String reason, Fields fields, long contentLength) {
        requireOpen();
        if (isCommitted()) throw new IllegalStateException("already committed");
        var body = new ResponseBody(request.method(), status, contentLength);
        output = body;
        connection.head(status, reason, ConnectionFields.without(fields), body);
    }

    @Override
    public boolean isCommitted() {
        return output != null;
    }

    @Override
    public int write(byte[] source, int offset, int length) throws IOException {
        ResponseBody body = requireCommitted();
        requireConnected();
        int admitted = body.admits(length);
        if (admitted == 0) return length;
        int taken = connection.write(source, offset, admitted);
        body.wrote(taken);
        return taken == admitted ? length : taken;
    }

    @Override
    public boolean flush() throws IOException {
        if (!isCommitted()) return true;
        requireOpen();
        requireConnected();
        return connection.flush();
    }

    @Override
    public void whenWritable(Runnable wake) {
        writableWake.set(wake);
        // Set before it is asked: a connection that drains in between calls drained() and finds it.
        if (wouldTakeByte()) wakeWriter();
    }

    private boolean wouldTakeByte() {
        ResponseBody body = output;
        return cut != null || (body != null && body.admits(1) == 0) || !connection.isFull();
    }

    @Override
    public void finish() {
        ResponseBody body = output;
        if (body == null) {
            abort(); // there is no response that could end
            return;
        }
        if (!stage.compareAndSet(Stage.OPEN, Stage.FINISHED)) return;
        tellObserver();
        whenGone(null);
        writableWake.set(null);
        connection.end(!body.isShort());
        input.discard();
    }

    @Override
    public void abort() {
        if (!stage.compareAndSet(Stage.OPEN, Stage.ABORTED)) return;
        tellObserver();
        connection.abort();
        cut(new ClientGone("exchange " + id + " was aborted"));
    }

    /** Always refused: only the server whose connection it is could hand it over. */
    @Override
    public void upgrade(Fields fields, Upgrade successor) {
        if (isCommitted()) throw new IllegalStateException("already committed");
        throw new UnsupportedOperationException(
                "the server that carries this exchange cannot upgrade it to " + successor.protocol());
    }

    @Override
    public void whenGone(@Nullable Runnable gone) {
        synchronized (this) {
            goneWake = isGone ? null : gone;
            if (!isGone) return;
        }
        if (gone != null && stage.get() == Stage.OPEN) gone.run();
    }

    @Override
    public Runnable schedule(long delayNanos, Runnable task) {
        return connection.schedule(delayNanos, task);
    }

    private ResponseBody requireCommitted() {
        requireOpen();
        ResponseBody body = output;
        if (body == null) throw new IllegalStateException("not committed");
        return body;
    }

    private void requireOpen() {
        if (stage.get() == Stage.FINISHED) throw new IllegalStateException("already finished");
    }

    private void requireConnected() throws IOException {
        IOException cause = cut;
        if (cause != null) throw cause;
    }
}
