package org.dormouse;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.http.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * A running server. Safe to use from any thread.
 *
 * <pre>{@code
 * try (var server = Dormouse.builder().port(8080).deploy(WebApp.at("/").servlet("/hello", new HelloServlet())).start()) {
 *     System.out.println(server.port());
 * }
 * }</pre>
 */
public final class Dormouse implements AutoCloseable {
    private final int port;
    private final String host;
    private final Execution execution;

    private Dormouse(int port, String host, Execution execution) {
        this.port = port;
        this.host = host;
        this.execution = execution;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The port it listens on: the one asked for, or the one the kernel chose for 0. */
    public int port() {
        return port;
    }

    public String host() {
        return host;
    }

    /** Where servlets run: what was asked for, or what the default came to in this JVM. */
    public Execution execution() {
        return execution;
    }

    /**
     * Begins to listen, after {@link Builder#prepare}. Does nothing if it listens already.
     *
     * @throws java.io.UncheckedIOException around a {@link java.net.BindException} that names host and port, if they cannot be had; the
     *     applications stay started
     */
    public Dormouse listen() {
        if (port >= 0) throw new IllegalStateException("not assembled yet: " + host + ":" + port);
        return this;
    }

    /**
     * Lets the applications answer an exchange that somebody else's connection carries, as a {@link org.dormouse.http.FedExchange}. Needs
     * no {@link #listen}. Any thread; does not wait. Before the applications have started and after {@link #close}, the answer is 503.
     */
    public void handle(Exchange exchange) {
        if (port >= 0) throw new IllegalStateException("not assembled yet: " + exchange.id());
    }

    /**
     * Stops listening and tells kept-alive connections to close; applications go on with what they are at. Does nothing if it does not
     * listen. {@link #listen} may follow, on the same port if it was asked for by number.
     */
    public void stopListening() {}

    /** Requests whose response is not finished yet, asynchronous ones included. */
    public int requestsInFlight() {
        return 0;
    }

    /**
     * Stops accepting, lets the requests in flight finish, for at most the time of {@link Builder#drainTimeout}, then ends the
     * applications and closes every connection. Does nothing if called again.
     */
    @Override
    public void close() {}

    /** Says how a server shall be. Used by one thread. */
    public static final class Builder {
        private int port = 8080;
        private String host = "0.0.0.0";
        private @Nullable Execution execution;
        private int loops;
        private Duration drainTimeout = Duration.ofSeconds(30);
        private @Nullable String serverHeader;
        private int maxHeadBytes = 16 * 1024;
        private final List<WebApp> applications = new ArrayList<>();

        private Builder() {}

        /**
         * The port to listen on; 8080 if not called.
         *
         * @param port 1 to 65535, or 0 for a free one
         */
        public Builder port(int port) {
            if (port < 0 || port > 65535) throw new IllegalArgumentException("port " + port + " is not in 0 to 65535");
            this.port = port;
            return this;
        }

        /** Name or address of the interface to listen on; {@code 0.0.0.0}, every interface, if not called. */
        public Builder host(String host) {
            this.host = host;
            return this;
        }

        /**
         * Where servlets run. What is asked for here is had, or the server does not start. If not called: {@link Execution#LOOP} where the
         * JVM has the flag it needs, else {@link Execution#VIRTUAL}.
         */
        public Builder execution(Execution execution) {
            this.execution = execution;
            return this;
        }

        /** The number of event loops, 1 to 1024; one per core if not called. */
        public Builder loops(int loops) {
            if (loops < 1 || loops > 1024)
                throw new IllegalArgumentException("loops " + loops + " is not in 1 to 1024");
            this.loops = loops;
            return this;
        }

        /** How long {@link Dormouse#close} waits for requests in flight; 30 seconds if not called. */
        public Builder drainTimeout(Duration timeout) {
            if (timeout.isNegative()) throw new IllegalArgumentException("drainTimeout " + timeout + " is negative");
            this.drainTimeout = timeout;
            return this;
        }

        /** Adds an application. */
        public Builder deploy(WebApp application) {
            applications.add(application);
            return this;
        }

        /** Bytes of request line and fields together, 256 or more; a longer head is answered 431. 16 KiB if not called. */
        public Builder maxHeadBytes(int bytes) {
            if (bytes < 256) throw new IllegalArgumentException("maxHeadBytes " + bytes + " < 256");
            this.maxHeadBytes = bytes;
            return this;
        }

        /** The value of the Server field of every response that sets none itself; without it there is no such field. */
        public Builder serverHeader(String value) {
            this.serverHeader = value;
            return this;
        }

        /**
         * Starts the applications in the order they were added, and binds nothing yet: {@link Dormouse#listen} does, and until then
         * {@link Dormouse#port} is -1.
         *
         * @throws IllegalStateException if an application cannot be started; nothing is left running
         */
        public Dormouse prepare() {
            return start();
        }

        /**
         * Starts the applications in the order they were added, then listens.
         *
         * @throws IllegalStateException if an application cannot be started, or what was asked for cannot be had; nothing is left running
         */
        public Dormouse start() {
            Execution inForce = execution == null ? Execution.VIRTUAL : execution;
            if (loops >= 0) {
                throw new IllegalStateException("not assembled yet: " + host + ":" + port + " " + inForce + " "
                        + drainTimeout + " " + serverHeader + " " + maxHeadBytes + " " + applications);
            }
            return new Dormouse(port, host, inForce);
        }
    }
}
