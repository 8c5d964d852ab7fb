package org.dormouse.websocket.client;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLEngine;
import org.dormouse.buffer.PooledBuffer;
import org.dormouse.poller.loop.FirstUse;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.StreamSocket;
import org.dormouse.tls.TlsClient;
import org.dormouse.tls.TlsSettings;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionEnd;
import org.dormouse.transport.Connections;
import org.dormouse.transport.Dial;
import org.dormouse.transport.Protocol;
import org.dormouse.transport.ProtocolUpgrade;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server, or to a proxy, as long as the handshake lasts: what is asked over it is answered by a head. One step at a time,
 * each asked for by the thread that connects, which waits, and done by the loop.
 *
 * <pre>
 *   connect -> (ask -> secure)? -> ask -> become           with a proxy, the first ask is CONNECT
 * </pre>
 */
final class Line implements Protocol, ProtocolUpgrade {
    static {
        FirstUse.of(ResponseHead.class, ResponseHead.Malformed.class, BadAnswer.class, EOFException.class);
    }

    /** Begins to connect; of the kernel, or of one in memory. */
    interface Opener {
        StreamSocket connect(SocketAddress address) throws IOException;
    }

    private final Connections family;
    private final int maxHeadBytes;
    private final Patience patience;

    // any thread
    private volatile @Nullable Dial dial;
    private volatile @Nullable Connection connection;

    // loop owner
    private @Nullable CompletableFuture<@Nullable ResponseHead> step;
    private boolean isReading;
    private @Nullable IOException failure;

    Line(Connections family, int maxHeadBytes, Patience patience) {
        this.family = family;
        this.maxHeadBytes = maxHeadBytes;
        this.patience = patience;
    }

    // --- the thread that connects

    /**
     * Connects to the first of these addresses that can be had.
     *
     * @throws IOException why the last one could not
     */
    void connect(Opener opener, List<SocketAddress> addresses, Patience connecting) throws IOException {
        IOException last = null;
        for (SocketAddress address : addresses) {
            if (last != null && connecting.isOver()) break;
            var connected = new CompletableFuture<@Nullable ResponseHead>();
            try {
                StreamSocket socket = opener.connect(address);
                dial = Dial.start(family, socket, begun -> begin(begun, connected), connected::completeExceptionally);
                connecting.await(connected);
                return;
            } catch (IOException e) {
                Dial begun = dial;
                if (begun != null) begun.cancel(e);
                if (e instanceof Patience.Over || e instanceof java.io.InterruptedIOException) {
                    close();
                    throw e;
                }
                last = new IOException(address + ": " + e.getMessage(), e);
            }
        }
        throw last == null ? new IOException("there is no address to connect to") : last;
    }

    /** Sends a head and waits for that of the answer. */
    ResponseHead ask(String head) throws IOException {
        byte[] bytes = head.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        ResponseHead answer = take(answered -> send(bytes));
        if (answer == null) throw new AssertionError("no head");
        return answer;
    }

    /** Puts TLS in front; {@code engine} is in client mode, and its handshake begun. */
    void secure(SSLEngine engine) throws IOException {
        take(secured -> {
            Connection plain = connected();
            var settings = TlsSettings.DEFAULT;
            var tls = new TlsClient(
                    settings,
                    engine,
                    encrypted -> {
                        secured.complete(null);
                        return this;
                    },
                    why -> secured.completeExceptionally(
                            new javax.net.ssl.SSLHandshakeException("handshake of TLS failed: " + why)));
            plain.resumeReading();
            plain.become(tls.begin(plain));
        });
    }

    /** Leaves the connection to what was agreed upon; bytes behind the last head are shown to it first. */
    void become(ProtocolUpgrade upgrade) throws IOException {
        take(become -> {
            Connection own = connected();
            own.deadline(0);
            own.become(upgrade.begin(own));
            own.resumeReading();
            become.complete(null);
        });
    }

    /** Cuts the connection, if there is one; not after {@link #become}. Any thread. */
    void close() {
        Dial begun = dial;
        if (begun != null) begun.cancel(new IOException("given up"));
        family.loop().execute(() -> {
            Connection present = connection;
            if (present != null) present.closeWhenSentAtOnce(ConnectionEnd.ANSWERED);
        });
    }

    private interface Step {
        void begin(CompletableFuture<@Nullable ResponseHead> end);
    }

    private @Nullable ResponseHead take(Step what) throws IOException {
        var end = new CompletableFuture<@Nullable ResponseHead>();
        family.loop().execute(() -> {
            IOException lost = failure;
            step = end;
            if (lost == null) what.begin(end);
            else end.completeExceptionally(lost);
        });
        return patience.await(end);
    }

    // --- loop owner

    private Connection connected() {
        Connection present = connection;
        if (present == null) throw new IllegalStateException("not connected");
        return present;
    }

    private Protocol begin(Connection begun, CompletableFuture<@Nullable ResponseHead> connected) {
        connection = begun;
        begun.suspendReading();
        connected.complete(null);
        return this;
    }

    /** After TLS, the same once more. */
    @Override
    public Protocol begin(Connection begun) {
        return this;
    }

    private void send(byte[] bytes) {
        Connection own = connected();
        if (own.borrowOutput()) {
            own.send(PooledBuffer.sharing(bytes, 0, bytes.length));
            boolean given = own.giveBackOutput();
            while (!given) given = own.giveBackOutput();
        }
        isReading = true;
        own.resumeReading();
    }

    @Override
    public int received(byte[] bytes, int offset, int length) {
        if (!isReading) {
            connected().suspendReading();
            return 0;
        }
        int at = offset;
        try {
            while (true) {
                int head = ResponseHead.length(bytes, at, offset + length - at, maxHeadBytes);
                if (head < 0) return at - offset;
                ResponseHead answer = ResponseHead.parse(bytes, at, head);
                at += head;
                if (answer.isInterim()) continue;
                isReading = false;
                connected().suspendReading();
                CompletableFuture<@Nullable ResponseHead> waiting = step;
                if (waiting != null) waiting.complete(answer);
                return at - offset;
            }
        } catch (ResponseHead.Malformed e) {
            fail(new BadAnswer("the answer is malformed: " + e.getMessage()));
            connected().abort(ConnectionEnd.REFUSED);
            return length;
        }
    }

    /** What a server answered is none of the answers it may give. */
    static final class BadAnswer extends IOException {
        private static final long serialVersionUID = 1;

        BadAnswer(String detail) {
            super(detail);
        }
    }

    private void fail(IOException why) {
        if (failure == null) failure = why;
        CompletableFuture<@Nullable ResponseHead> waiting = step;
        if (waiting != null) waiting.completeExceptionally(why);
    }

    @Override
    public void inputEnded() {
        fail(new EOFException("the connection was ended before the answer"));
        connected().closeWhenSentAtOnce(ConnectionEnd.PEER_CLOSED);
    }

    @Override
    public void writable() {}

    @Override
    public void deadline() {}

    @Override
    public void drain() {
        connected().abort(ConnectionEnd.DRAINED);
    }

    @Override
    public void closed(@Nullable IOException cause) {
        fail(cause == null ? new EOFException("the connection was closed before the answer") : cause);
        connection = null;
    }
}
