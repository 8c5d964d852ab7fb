package org.dormouse.push;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server-Sent Events to one client (HTML Living Standard §9.2). The servlet that opens it returns; events are sent from any thread, directly or
 * by a {@link Group}, and nothing waits for the client.
 *
 * <pre>{@code
 * protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
 *     EventStream stream = EventStream.open(request, response);
 *     stream.onClose(() -> log("gone"));
 *     Hub.of(getServletContext()).group("prices").join(stream);
 * }
 * }</pre>
 *
 * <p>A client that goes away is noticed at once, without anything being sent: by a reset or a hang-up, and by a failed write. What merely closes
 * its sending side may still read, so it is sent a comment, which a client that is gone answers with a reset. A stream that ends leaves its
 * groups.
 */
public final class EventStream implements Recipient, AutoCloseable {
    /** What an {@link AsyncContext} of this server is: one that tells more than {@link AsyncListener}s learn. */
    public interface Watched {
        /** Has {@code watch} told, by threads of the application, one at a time. */
        void watch(Watch watch);
    }

    /** Told what may become of a long response. */
    public interface Watch {
        /** The client has closed its sending side: it may be gone, or not. */
        void clientFinished();

        /** The server stops, and waits for this response. */
        void serverStops();
    }

    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

    /** All streams of a group are sent to by one task, which never waits. */
    private static final Executor SENDER =
            task -> Thread.ofVirtual().name("event-streams").start(task);

    /** One form of a message: its name and its id are part of it. */
    private record Form(@Nullable String name, @Nullable String id) {}

    private final AsyncContext async;
    private final StreamOptions options;
    private final String lastEventId;
    private final @Nullable Hub hub;
    private final StreamOutput output;
    private final Heartbeat heartbeat;

    // guarded by this
    private @Nullable Memberships memberships;
    private @Nullable Runnable onClose;
    private boolean hasEnded;

    private EventStream(
            AsyncContext async, ServletOutputStream out, StreamOptions options, String lastEventId, @Nullable Hub hub) {
        HubLimits limits = hub == null ? HubLimits.DEFAULT : hub.limits();
        Duration pause = options.heartbeat();
        this.async = async;
        this.options = options;
        this.lastEventId = lastEventId;
        this.hub = hub;
        this.output =
                new StreamOutput(out, options.budget() == 0 ? limits.streamBudget() : options.budget(), this::complete);
        this.heartbeat = new Heartbeat(this, pause == null ? limits.heartbeat() : pause, SENDER);
    }

    /** {@link #open(HttpServletRequest, HttpServletResponse, StreamOptions)} as it is by default. */
    public static EventStream open(HttpServletRequest request, HttpServletResponse response) throws IOException {
        return open(request, response, StreamOptions.DEFAULT);
    }

    /**
     * Answers {@code request} with a stream of events, which begins at once: status, fields, and {@code retry} if there is one. The request is
     * asynchronous from then on, without a timeout; nobody else writes to the response.
     *
     * @throws IOException if the client has left
     * @throws IllegalStateException if the request cannot be asynchronous, or the response is committed
     */
    public static EventStream open(HttpServletRequest request, HttpServletResponse response, StreamOptions options)
            throws IOException {
        if (response.isCommitted()) throw new IllegalStateException("the response is committed already");
        AsyncContext async = request.startAsync(request, response);
        async.setTimeout(0);
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no"); // nginx and what follows it would collect events
        response.flushBuffer();
        Hub hub = request.getServletContext().getAttribute(Hub.ATTRIBUTE) instanceof Hub present ? present : null;
        var stream = new EventStream(async, response.getOutputStream(), options, lastEventId(request), hub);
        stream.begin();
        return stream;
    }

    /** Bytes of a field are shown as ISO 8859-1; clients send UTF-8. */
    private static String lastEventId(HttpServletRequest request) {
        String field = request.getHeader("Last-Event-ID");
        return field == null ? "" : new String(field.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private void begin() {
        async.addListener(new End());
        if (async instanceof Watched watched) watched.watch(new Followed());
        if (hub != null) hub.opened(this);
        Duration retry = options.retry();
        if (retry != null) offer(EventText.retry(retry.toMillis()), EventStream::nobodyAsks);
        output.begin();
        heartbeat.begin();
    }

    /** What the client had last before it lost a stream like this one; empty if nothing. */
    public String lastEventId() {
        return lastEventId;
    }

    public boolean isOpen() {
        return output.isOpen();
    }

    /** Bytes that wait for the client. */
    public int waitingBytes() {
        return output.waitingBytes();
    }

    /**
     * Has {@code task} run once when the stream has ended, however that came: the client left, {@link #close}, or the application stopped. At once
     * if it has ended.
     */
    public void onClose(Runnable task) {
        synchronized (this) {
            if (!hasEnded) {
                Runnable before = onClose;
                onClose = before == null
                        ? task
                        : () -> {
                            before.run();
                            task.run();
                        };
                return;
            }
        }
        task.run();
    }

    /** {@link #send(Message)} of a text. */
    public boolean send(String text) {
        return send(Message.text(text));
    }

    /**
     * Sends an event; does not wait.
     *
     * @return false if it was left out: the stream has ended, or the budget is used up
     * @throws IllegalArgumentException if the message is binary
     */
    public boolean send(Message message) {
        if (!message.isText()) throw new IllegalArgumentException("a " + message + " cannot be an event");
        return deliver(message, EventStream::nobodyAsks) == Delivery.SENT;
    }

    /** Sends a comment, which no script of the client sees. False if it was left out. */
    public boolean comment(String text) {
        return offer(EventText.comment(text), EventStream::nobodyAsks) == Delivery.SENT;
    }

    /**
     * Ends the stream when the client has got what waits for it. It has left its groups when this returns. A client that takes nothing is cut
     * after {@code http.write-timeout}.
     */
    @Override
    public void close() {
        output.close();
        ended();
    }

    /** Ends it without what waits. */
    private void cut() {
        output.drop();
        complete();
        ended();
    }

    private void complete() {
        try {
            async.complete();
        } catch (IllegalStateException e) {
            LOG.debug("An event stream is over already", e);
        }
    }

    private void ended() {
        Memberships left;
        Runnable task;
        synchronized (this) {
            if (hasEnded) return;
            hasEnded = true;
            left = memberships;
            if (left == null) memberships = Memberships.ENDED;
            task = onClose;
            onClose = null;
        }
        heartbeat.end();
        if (hub != null) hub.ended(this);
        if (left != null) left.end();
        if (task != null) task.run();
    }

    // --- for groups

    @Override
    public Executor sender() {
        return SENDER;
    }

    @Override
    public Delivery deliver(Message message, Runnable droppedLater) {
        if (!message.isText()) return isOpen() ? Delivery.DROPPED : Delivery.GONE;
        String name = message.name();
        String id = message.id();
        return offer(message.form(new Form(name, id), data -> EventText.event(name, id, data)), droppedLater);
    }

    private static void nobodyAsks() {}

    private Delivery offer(byte[] bytes, Runnable droppedLater) {
        heartbeat.touch();
        Delivery delivery = output.offer(bytes, options.slowPeer(), droppedLater);
        if (delivery == Delivery.DROPPED && options.slowPeer() == SlowPeer.CLOSE) cut();
        return delivery;
    }

    @Override
    public synchronized Memberships memberships() {
        Memberships made = memberships;
        if (made == null) memberships = made = new Memberships();
        return made;
    }

    private final class Followed implements Watch {
        @Override
        public void clientFinished() {
            if (options.endsOnHalfClose()) cut();
            else comment("");
        }

        @Override
        public void serverStops() {
            close();
        }
    }

    /** However it ends, the container tells it here. */
    private final class End implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            output.drop();
            ended();
        }

        @Override
        public void onError(AsyncEvent event) {
            cut();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            complete();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
