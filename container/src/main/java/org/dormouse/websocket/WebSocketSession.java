package org.dormouse.websocket;

import jakarta.websocket.CloseReason;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Extension;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import jakarta.websocket.WebSocketContainer;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.dormouse.push.FlowControl;
import org.dormouse.push.Memberships;
import org.dormouse.push.Message;
import org.dormouse.push.Recipient;
import org.dormouse.transport.Connection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One conversation, as the application sees it (Jakarta WebSocket 2.2 §2). Any thread. What most sessions never ask for is made when it is
 * asked for; nothing of the HTTP request is kept but what {@link HandshakeResult} has.
 */
final class WebSocketSession extends SessionHandlers implements FlowControl.Controlled, Recipient {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketSession.class);

    private final DeployedEndpoint endpoint;
    private final Object instance;
    private final WebSocketConnection connection;
    private final @Nullable SessionDeflate deflate; // null where no compression was agreed on

    private volatile int maxTextMessage;
    private volatile int maxBinaryMessage;
    private volatile long idleMillis;
    private volatile long asyncTimeoutMillis;
    private volatile boolean ended;
    private @Nullable Thread caller; // in a callback; read by others, who find that it is not them
    private @Nullable Map<String, Object> userProperties; // guarded by this
    private @Nullable SessionCodecs codecs; // guarded by this
    private @Nullable Runnable atEnd; // guarded by this
    private @Nullable String id; // guarded by this
    private @Nullable Memberships memberships; // guarded by this

    // guarded by the OpenSessions of the endpoint
    @Nullable
    WebSocketSession nextOpen;

    @Nullable
    WebSocketSession previousOpen;

    WebSocketSession(
            DeployedEndpoint endpoint,
            Object instance,
            HandshakeResult handshake,
            Connection transport,
            Executor executor) {
        super(handshake, endpoint.model());
        this.endpoint = endpoint;
        this.instance = instance;
        this.userProperties = handshake.userProperties();
        SessionContainer container = endpoint.container();
        this.deflate = handshake.compression() == null
                ? null
                : new SessionDeflate(container.services().pools(), handshake.compression());
        this.maxTextMessage = container.getDefaultMaxTextMessageBufferSize();
        this.maxBinaryMessage = container.getDefaultMaxBinaryMessageBufferSize();
        this.idleMillis = container.getDefaultMaxSessionIdleTimeout();
        this.asyncTimeoutMillis = container.getDefaultAsyncSendTimeout();
        this.connection = new WebSocketConnection(transport, executor, this, endpoint.role());
    }

    // --- for the connection

    WebSocketConnection connection() {
        return connection;
    }

    WebSocketServices services() {
        return endpoint.container().services();
    }

    WebSocketLimits limits() {
        return endpoint.container().limits();
    }

    boolean isCompressed() {
        return deflate != null;
    }

    /** Only where {@link #isCompressed}. */
    SessionDeflate deflate() {
        if (deflate == null) throw new AssertionError("compression was not agreed on");
        return deflate;
    }

    Object endpointInstance() {
        return instance;
    }

    ClassLoader classLoader() {
        return endpoint.container().classLoader();
    }

    DeployedEndpoint endpoint() {
        return endpoint;
    }

    @Override
    Codecs declaredCodecs() {
        return endpoint.codecs();
    }

    EndpointConfig endpointConfig() {
        return endpoint.role() == Role.CLIENT
                ? endpoint.config()
                : new SessionEndpointConfig(endpoint.server(), this::properties);
    }

    /** 0: never idle for too long. */
    long idleNanos() {
        long millis = idleMillis;
        return millis <= 0 ? 0 : Math.min(millis, Long.MAX_VALUE / 2_000_000) * 1_000_000;
    }

    long asyncTimeoutMillis() {
        return asyncTimeoutMillis;
    }

    void asyncTimeoutMillis(long millis) {
        asyncTimeoutMillis = millis;
    }

    /**
     * Refuses a message by its announced size too: what is refused early need not be read.
     *
     * @throws ProtocolViolation 1009 with size, limit and key
     */
    void checkSize(Receiver target, long present, long more) throws ProtocolViolation {
        if (more > maxSize(target) - present) throw tooBig(target, present + more);
    }

    /** The same for a compressed message, by what nobody needs for one of the largest size, however badly it compresses. */
    void checkCompressedSize(Receiver target, long present, long more) throws ProtocolViolation {
        long limit = maxSize(target);
        if (more > limit + limit / 8 + 256 - present) throw tooBig(target, present + more);
    }

    /** Bytes of a whole message for {@code target}. */
    long maxSize(Receiver target) {
        long own = target.maxMessageSize();
        if (own != Receiver.NO_MAXIMUM) return own;
        return target.kind() == MessageKind.TEXT ? maxTextMessage : maxBinaryMessage;
    }

    /** That a message has at least {@code bytes}, which are too many. */
    ProtocolViolation tooBig(Receiver target, long bytes) {
        String key = target.maxMessageSize() != Receiver.NO_MAXIMUM
                ? "maxMessageSize"
                : target.kind() == MessageKind.TEXT
                        ? WebSocketLimits.MAX_TEXT_MESSAGE
                        : WebSocketLimits.MAX_BINARY_MESSAGE;
        return new ProtocolViolation(
                Breach.MESSAGE_TOO_BIG,
                "message of more than " + (bytes - 1) + " bytes, limit " + maxSize(target) + " (" + key + ")");
    }

    // --- callbacks: the task of this session

    void opened() {
        endpoint.openSessions().add(this);
        caller = Thread.currentThread();
        try {
            endpoint.model().open(this);
        } catch (Throwable t) {
            failed(t);
            closeQuietly(CloseStatus.reason(CloseStatus.UNEXPECTED, "the endpoint failed to open"));
        } finally {
            caller = null;
        }
    }

    void deliver(Receiver receiver, Object message, boolean last) {
        caller = Thread.currentThread();
        try {
            receiver.deliver(this, message, last);
        } catch (Throwable t) {
            boolean isHeard = failed(t) || (message instanceof InboundStream stream && stream.isBroken());
            if (!isHeard) closeQuietly(CloseStatus.reason(CloseStatus.UNEXPECTED, "the endpoint failed"));
        } finally {
            caller = null;
            if (message instanceof InboundStream stream) stream.leave();
        }
    }

    void ended(CloseReason reason) {
        endpoint.openSessions().remove(this);
        caller = Thread.currentThread();
        if (deflate != null) deflate.endInput();
        leaveGroups();
        try {
            endpoint.model().close(this, reason);
        } catch (Throwable t) {
            failed(t);
        }
        SessionCodecs made;
        synchronized (this) {
            made = codecs;
        }
        if (made != null) made.destroy(failure -> LOG.error("A coder of {} failed in destroy", name(), failure));
        endpoint.release(instance);
        Runnable rest;
        synchronized (this) {
            ended = true;
            rest = atEnd;
            atEnd = null;
        }
        caller = null;
        if (rest != null) rest.run();
    }

    /** Before {@code onClose}, which finds the groups as they are without it. */
    private void leaveGroups() {
        Memberships made;
        synchronized (this) {
            made = memberships;
            if (made == null) memberships = Memberships.ENDED;
        }
        if (made != null) made.end();
    }

    // --- for groups

    @Override
    public Executor sender() {
        return connection.connection().loop();
    }

    @Override
    public Delivery deliver(Message message, Runnable droppedLater) {
        return new GroupRemote(this).deliver(message, droppedLater);
    }

    @Override
    public synchronized Memberships memberships() {
        Memberships made = memberships;
        if (made == null) memberships = made = new Memberships();
        return made;
    }

    /** Has {@code last} run when the session has ended, after {@code onClose}; at once if it has. */
    void atEnd(Runnable last) {
        synchronized (this) {
            Runnable before = atEnd;
            if (!ended) {
                atEnd = before == null
                        ? last
                        : () -> {
                            before.run();
                            last.run();
                        };
                return;
            }
        }
        last.run();
    }

    /** Who was logged in when the session was opened is no more (Jakarta WebSocket 2.2 §7.2). */
    void loginEnded() {
        closeByContainer(
                CloseStatus.reason(CloseStatus.POLICY, "the login under which this session was opened has ended"));
    }

    /** Sends what a method returned, and waits until it is sent. */
    void sendResult(Object result) throws Exception {
        new BasicRemote(this).sendAny(result);
    }

    /** Tells the endpoint of an error; returns false if it does not listen to errors. */
    private boolean failed(Throwable error) {
        try {
            if (endpoint.model().error(this, error)) return true;
        } catch (Throwable again) {
            LOG.error("The error handler of {} failed", name(), again);
            return false;
        }
        if (error instanceof IOException
                && (!connection.isOpen() || connection.connection().isBroken())) {
            LOG.debug("{}: the peer left", name(), error);
        } else {
            LOG.error("{} failed and has no error handler", name(), error);
        }
        return false;
    }

    void closeQuietly(CloseReason reason) {
        closeQuietly(reason, reason);
    }

    /**
     * Ends the session because the container wants it to: the peer is told {@code reason}, and {@code onClose} hears 1006 with its phrase, by
     * which the endpoint knows that nobody at either end has closed (Jakarta WebSocket 2.2 §2.1.5).
     */
    void closeByContainer(CloseReason reason) {
        closeQuietly(reason, CloseStatus.byContainer(reason));
    }

    private void closeQuietly(CloseReason reason, CloseReason heard) {
        try {
            connection.close(reason, heard);
        } catch (IOException e) {
            LOG.debug("{}: the peer left before it could be told {}", name(), reason, e);
        }
    }

    /** Runs {@code task}, which calls the application, outside of whatever the caller holds. */
    void executeForApplication(Runnable task) {
        connection.executeForApplication(() -> {
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(classLoader());
            try {
                task.run();
            } catch (Throwable t) {
                failed(t);
            } finally {
                thread.setContextClassLoader(before);
            }
        });
    }

    private String name() {
        return endpoint.endpointClass().getName();
    }

    // --- sending: any thread

    /** The coders of this session, made at the first call. */
    synchronized SessionCodecs codecs() {
        SessionCodecs made = codecs;
        if (made == null) codecs = made = new SessionCodecs(endpoint.codecs(), endpointConfig());
        return made;
    }

    // --- the application's side

    @Override
    public WebSocketContainer getContainer() {
        return open().endpoint.container();
    }

    @Override
    public List<Extension> getNegotiatedExtensions() {
        open();
        return deflate == null ? List.of() : deflate.extensions();
    }

    /**
     * Until the session is over for everybody, {@code onClose} included, so that who waits for that finds all of it done; to its own callbacks
     * no longer than something can be sent.
     */
    @Override
    public boolean isOpen() {
        return Thread.currentThread().equals(caller) ? connection.isOpen() : !ended;
    }

    @Override
    public long getMaxIdleTimeout() {
        return open().idleMillis;
    }

    @Override
    public void setMaxIdleTimeout(long milliseconds) {
        open().idleMillis = milliseconds;
        connection.touch();
        connection.deadlinesChanged();
    }

    @Override
    public void setMaxBinaryMessageBufferSize(int length) {
        open().maxBinaryMessage = atLeastOne(length);
    }

    @Override
    public int getMaxBinaryMessageBufferSize() {
        return open().maxBinaryMessage;
    }

    @Override
    public void setMaxTextMessageBufferSize(int length) {
        open().maxTextMessage = atLeastOne(length);
    }

    @Override
    public int getMaxTextMessageBufferSize() {
        return open().maxTextMessage;
    }

    static int atLeastOne(int length) {
        if (length < 1) throw new IllegalArgumentException("message buffer size " + length + " < 1");
        return length;
    }

    @Override
    public RemoteEndpoint.Async getAsyncRemote() {
        return new AsyncRemote(open());
    }

    @Override
    public RemoteEndpoint.Basic getBasicRemote() {
        return new BasicRemote(open());
    }

    /** The same object each time: there are applications, and tests, that compare it so. */
    @Override
    public synchronized String getId() {
        String known = id;
        if (known == null) id = known = Long.toString(connection.connection().id(), 36);
        return known;
    }

    @Override
    public void close() throws IOException {
        close(CloseStatus.reason(CloseStatus.NORMAL, ""));
    }

    @Override
    public void close(CloseReason reason) throws IOException {
        connection.close(reason, reason);
    }

    @Override
    public Map<String, Object> getUserProperties() {
        return open().properties();
    }

    @Override
    public FlowControl flowControl() {
        return new SessionFlow(connection);
    }

    private synchronized Map<String, Object> properties() {
        Map<String, Object> made = userProperties;
        if (made == null) userProperties = made = Collections.synchronizedMap(new HashMap<>());
        return made;
    }

    @Override
    public Set<Session> getOpenSessions() {
        return open().endpoint.openSessions().of(endpoint);
    }

    @Override
    void requireOpen() {
        if (ended) throw new IllegalStateException("session " + getId() + " is closed");
    }

    private WebSocketSession open() {
        requireOpen();
        return this;
    }
}
