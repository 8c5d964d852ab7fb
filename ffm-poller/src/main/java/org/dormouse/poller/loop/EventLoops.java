package org.dormouse.poller.loop;

import java.io.IOException;
import java.util.List;
import org.dormouse.poller.socket.ListenSocket;
import org.dormouse.poller.socket.SocketAddress;

/** The loops of one server, with the threads that run them. */
@SuppressWarnings("DoNotCallSuggester")
public final class EventLoops implements AutoCloseable {
    private EventLoops() {}

    /**
     * Opens the pollers and starts the threads.
     *
     * @throws IOException if the kernel refuses a poller
     * @throws UnsupportedOperationException if the backend or the carried threads that were asked for cannot be had
     */
    public static EventLoops start(LoopSettings settings) throws IOException {
        throw new UnsupportedOperationException();
    }

    public int size() {
        throw new UnsupportedOperationException();
    }

    public EventLoop loop(int index) {
        throw new UnsupportedOperationException();
    }

    /** The backend in force, such as {@code epoll}. */
    public String backend() {
        throw new UnsupportedOperationException();
    }

    /**
     * Opens one listening socket per loop on the same address; the kernel spreads connections over them. Port 0 picks a free one.
     *
     * @param backlog how many connections may wait to be accepted on each
     * @return the socket of each loop, in the loops' order, not registered yet
     * @throws java.net.BindException if the address is in use, by another Dormouse too, or not of this machine
     */
    public List<ListenSocket> listen(SocketAddress address, int backlog) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Stops the loops. Who is still carried, or woken later, goes on elsewhere; tasks that come later run elsewhere too. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
