package org.dormouse.poller;

import java.io.IOException;
import java.util.Locale;
import org.dormouse.poller.backend.Backend;
import org.dormouse.poller.epoll.EpollBackend;

/**
 * One readiness queue of the kernel. Everything except {@link #wakeUp} belongs to whoever holds the loop.
 */
public final class Poller implements AutoCloseable {
    /** The platform's own backend. */
    public static final String AUTO = "auto";

    private final Backend backend;

    private Poller(Backend backend) {
        this.backend = backend;
    }

    /**
     * Opens a queue.
     *
     * @param name {@link #AUTO}, or the name of the backend that must be had
     * @throws UnsupportedOperationException if this platform does not have it
     * @throws IOException if the kernel refuses
     */
    public static Poller open(String name) throws IOException {
        String system = System.getProperty("os.name", "");
        boolean isLinux = system.toLowerCase(Locale.ROOT).startsWith("linux");
        return switch (name) {
            case AUTO, EpollBackend.NAME -> {
                if (!isLinux)
                    throw new UnsupportedOperationException("backend " + name + ": there is none for " + system
                            + " yet; the only one is " + EpollBackend.NAME + ", of Linux");
                yield over(EpollBackend.open());
            }
            default ->
                throw new UnsupportedOperationException(
                        "backend " + name + " is unknown; there are: " + AUTO + ", " + EpollBackend.NAME);
        };
    }

    /** A poller over a queue that exists already, such as one in memory. */
    public static Poller over(Backend backend) {
        return new Poller(backend);
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
