package org.dormouse.poller;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import org.dormouse.poller.backend.Backend;
import org.dormouse.poller.epoll.EpollBackend;
import org.dormouse.poller.kqueue.KqueueBackend;
import org.dormouse.poller.nio.NioBackend;
import org.dormouse.poller.nio.NioSockets;
import org.dormouse.poller.socket.GivenSockets;
import org.dormouse.poller.socket.KernelSockets;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.SocketOptions;
import org.dormouse.poller.socket.StreamSocket;
import org.dormouse.poller.socket.UnixAddress;
import org.dormouse.poller.socket.UnixSockets;

/**
 * One readiness queue, of the kernel or of java.nio. Everything except {@link #wakeUp} belongs to whoever holds the loop.
 */
public final class Poller implements AutoCloseable {
    /** The platform's own backend, or {@code nio} where it cannot be had. */
    public static final String AUTO = "auto";

    private final Backend backend;

    private Poller(Backend backend) {
        this.backend = backend;
    }

    /**
     * Opens a queue.
     *
     * @param name {@link #AUTO}, or the name of the backend that must be had
     * @throws UnsupportedOperationException if it cannot be had here
     * @throws IOException if the kernel refuses
     */
    public static Poller open(String name) throws IOException {
        return over(
                switch (BackendChoice.of(name).name()) {
                    case EpollBackend.NAME -> EpollBackend.open();
                    case KqueueBackend.NAME -> KqueueBackend.open();
                    default -> NioBackend.open();
                });
    }

    /** A poller over a queue that exists already, such as one in memory. */
    public static Poller over(Backend backend) {
        return new Poller(backend);
    }

    /**
     * Opens listening sockets that this poller, and others with the same backend, can watch: {@code count} on one address, among which
     * connections are spread.
     *
     * @param address port 0 picks a free one
     * @throws java.net.BindException if the address is in use, not of this machine, or not allowed
     * @throws IOException if an option cannot be had, with its name
     */
    public List<ListenSocket> listen(SocketAddress address, SocketOptions options, int count) throws IOException {
        return isOfChannels()
                ? NioSockets.listen(address, options, count)
                : KernelSockets.listen(address, options, count);
    }

    /** As {@link #listen(SocketAddress, SocketOptions, int)}, but {@code count} over one descriptor: whoever comes first accepts. */
    public List<ListenSocket> listenShared(SocketAddress address, SocketOptions options, int count) throws IOException {
        return isOfChannels()
                ? NioSockets.listen(address, options, count)
                : KernelSockets.listenShared(address, options, count);
    }

    /** Opens a listening Unix domain socket; {@code IOException} as {@link UnixSockets#listen}, or if the backend has none. */
    public UnixSockets.Opened listen(UnixAddress address, Set<PosixFilePermission> permissions, int backlog, int count)
            throws IOException {
        checkHasDescriptors("Unix domain sockets");
        return UnixSockets.listen(address, permissions, backlog, count);
    }

    /**
     * Begins to connect to {@code address}, without waiting; a poller with this backend can watch the socket. Any thread.
     *
     * @return a socket that is ready for output, or gone, when {@link StreamSocket#finishConnect} has something to tell
     * @throws java.net.ConnectException if it is refused at once
     * @throws IOException if there is no socket to be had, or an option cannot be, with its name
     */
    public StreamSocket connect(SocketAddress address, SocketOptions options) throws IOException {
        return isOfChannels() ? NioSockets.connect(address, options) : KernelSockets.connect(address, options);
    }

    /** Takes over a listening socket; {@code IOException} as {@link GivenSockets#listening}, or if the backend cannot. */
    public List<ListenSocket> adoptListening(int descriptor, int count) throws IOException {
        checkHasDescriptors("descriptors opened elsewhere");
        return GivenSockets.listening(descriptor, count);
    }

    /** Takes over a connection; {@code IOException} as {@link GivenSockets#connected}, or if the backend cannot. */
    public StreamSocket adopt(int descriptor) throws IOException {
        checkHasDescriptors("descriptors opened elsewhere");
        return GivenSockets.connected(descriptor);
    }

    /** {@link SocketOptions#shortfalls}; none where the JDK keeps the descriptor to itself. */
    public List<String> shortfalls(SocketOptions options, ListenSocket socket) {
        return isOfChannels() ? List.of() : options.shortfalls(socket);
    }

    private boolean isOfChannels() {
        return backend().equals(NioBackend.NAME);
    }

    private void checkHasDescriptors(String what) throws BindException {
        if (isOfChannels()) throw new BindException("backend " + backend() + " has no " + what);
    }

    /** The name of the backend in force. */
    public String backend() {
        return backend.name();
    }

    /**
     * Watches {@code descriptor}, edge-triggered, until {@link #remove} or its close.
     *
     * @param token not negative; comes back with each event
     */
    public void add(int descriptor, Interest interest, long token) throws IOException {
        backend.add(descriptor, interest.bits(), token);
    }

    /** Ends the watch; events taken already may still show the token. */
    public void remove(int descriptor) throws IOException {
        backend.remove(descriptor);
    }

    /** Takes the events that have come; a negative wait has no end, 0 does not wait. See {@link #token} and {@link #readiness}. */
    public int await(long nanos) throws IOException {
        return backend.await(nanos);
    }

    /** The token of event {@code index} of the last {@link #await}; negative for a wake-up. */
    public long token(int index) {
        return backend.token(index);
    }

    /** Bits of {@link Readiness} of event {@code index}. */
    public int readiness(int index) {
        return backend.readiness(index);
    }

    /** Ends a running or the next {@link #await}. Any thread, even after {@link #close}. */
    public void wakeUp() {
        backend.wakeUp();
    }

    @Override
    public void close() {
        backend.close();
    }
}
