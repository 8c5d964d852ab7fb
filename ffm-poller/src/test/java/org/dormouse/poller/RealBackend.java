package org.dormouse.poller;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.dormouse.poller.backend.Backend;
import org.dormouse.poller.epoll.EpollBackend;
import org.dormouse.poller.kqueue.KqueueBackend;
import org.dormouse.poller.nio.NioBackend;
import org.dormouse.poller.nio.NioSockets;
import org.dormouse.poller.socket.KernelSockets;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;
import org.dormouse.poller.socket.SocketOptions;
import org.dormouse.poller.socket.StreamSocket;
import org.junit.jupiter.api.Assumptions;

/** Every backend with sockets that it can watch: the parameter of tests that all of them must pass. */
public enum RealBackend {
    EPOLL,
    /** Skipped where there is none: on Linux libkqueue.so.0 must be installed. */
    KQUEUE,
    NIO;

    private interface Opening {
        Backend open() throws IOException;
    }

    /** The name by which it is asked for. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Backend open() throws IOException {
        Opening opening = switch (this) {
            case EPOLL -> EpollBackend::open;
            case KQUEUE -> KqueueBackend::open;
            case NIO -> NioBackend::open;
        };
        try {
            return opening.open();
        } catch (UnsupportedOperationException e) {
            return Assumptions.abort(e.getMessage());
        }
    }

    public List<ListenSocket> listen(SocketAddress address, int count) throws IOException {
        return this == NIO
                ? NioSockets.listen(address, SocketOptions.DEFAULT, count)
                : KernelSockets.listen(address, SocketOptions.DEFAULT, count);
    }

    public StreamSocket connect(SocketAddress address) throws IOException {
        return this == NIO
                ? NioSockets.connect(address, SocketOptions.OUTGOING)
                : KernelSockets.connect(address, SocketOptions.OUTGOING);
    }

    /** Whether it tells half-close and hang-up from input. */
    public boolean tellsEnds() {
        return this != NIO;
    }
}
