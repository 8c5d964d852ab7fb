package org.dormouse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dormouse.http.Exchange;
import org.dormouse.server.Configuration;
import org.dormouse.server.LoopView;
import org.dormouse.server.RequestInFlight;
import org.dormouse.server.Server;
import org.dormouse.websocket.WebSocketCounts;
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
    private final Server server;
    private final Assembly assembly;
    private final String host;
    private final Execution execution;

    Dormouse(Server server, Assembly assembly, String host, Execution execution) {
        this.server = server;
        this.assembly = assembly;
        this.host = host;
        this.execution = execution;
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * The port it listens on: the one asked for, or the one the kernel chose for 0; with several, the first. -1 while it does not listen, or
     * on no port.
     */
    public int port() {
        return server.port();
    }

    /** The port it listens on for HTTPS; with several, the first. -1 while it does not listen, or for HTTPS on no port. */
    public int httpsPort() {
        return server.tlsPort();
    }

    /**
     * Reads certificates, keys, authorities and revocation lists anew, which also happens by itself when their files change. The next
     * handshakes get the new ones; connections that are there live on.
     *
     * @throws IllegalStateException if they cannot be had, with file and reason: the present ones stay; or if nothing is encrypted
     */
    public void reloadCertificates() {
        server.reloadCertificates();
    }

    /** The host of the first address to listen on. */
    public String host() {
        return host;
    }

    /** What it listens on, written as for {@link Builder#listen}, with the ports in use; empty while it does not listen. */
    public List<String> addresses() {
        return server.addresses();
    }

    /**
     * Lets one event loop come to rest while the others go on: it takes no new connections, idle ones end, and those with a request under way
     * end after it. Waits only until nobody is accepted any more; {@link #openConnections} tells how many are left. The next
     * {@link #listen} after {@link #stopListening} brings it back.
     *
     * @param loop 0 to the number of loops less one
     * @throws IllegalStateException if the server does not listen, or no other loop would be left
     */
    public void drainLoop(int loop) {
        server.drainLoop(loop);
    }

    /** Open connections of one event loop, idle ones included. */
    public int openConnections(int loop) {
        return server.openConnections(loop);
    }

    /**
     * The context paths of the applications in the order they were added, decoded, {@code ""} for the root. Of {@link WebApp#atOwnPath},
     * where it came to be.
     */
    public List<String> contextPaths() {
        return server.contextPaths();
    }

    /**
     * Adds an application while the server runs, listening or not: it is started, and gets its requests from then on. Waits for the start.
     *
     * @throws IllegalStateException if it cannot be started, its context path is taken or the server is closed; it is stopped then, and
     *     the other applications go on
     */
    public void deploy(WebApp application) {
        server.add(assembly.host(application));
    }

    /**
     * Takes an application away while the server runs: new requests to its path are answered as if it had never been there, those under way
     * may finish, for at most the time of {@link Builder#drainTimeout}, then it is stopped. Waits for that. Must not be called by a request
     * of the application, which would wait for itself.
     *
     * @param contextPath one of {@link #contextPaths}
     * @throws IllegalArgumentException if no application is there
     */
    public void undeploy(String contextPath) {
        server.remove(contextPath);
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
     * @throws IllegalStateException for {@link Execution#HOST}, or after {@link #close}
     */
    public Dormouse listen() {
        if (execution == Execution.HOST) throw new IllegalStateException("a server with execution HOST cannot listen");
        try {
            server.listen();
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        return this;
    }

    /**
     * Lets the applications answer an exchange that somebody else's connection carries, as a {@link org.dormouse.http.FedExchange}. Needs
     * no {@link #listen}. Any thread; does not wait. After {@link #close}, the answer is 503.
     */
    public void handle(Exchange exchange) {
        server.handle(exchange);
    }

    /**
     * Stops listening and tells kept-alive connections to close; applications go on with what they are at. Does nothing if it does not
     * listen. {@link #listen} may follow, on the same port if it was asked for by number.
     */
    public void stopListening() {
        server.stopListening();
    }

    /** Requests whose response is not finished yet, asynchronous ones included. */
    public int requestsInFlight() {
        return server.requestsInFlight();
    }

    /**
     * The requests whose response is not finished yet, with their age, thread and stack; the oldest first. Shows what a thread dump does not:
     * virtual threads that wait. Asks every loop and samples the stack of each thread: for people, not for the fast path. WebSocket sessions
     * and exchanges of {@link #handle} are not among them.
     */
    public List<RequestInFlight> listRequests() {
        return server.listRequests();
    }

    /** What each event loop has done so far, to be read at any time and as often as you like; empty before the first {@link #listen}. */
    public List<LoopView> loops() {
        return server.loops();
    }

    /** What the peers of WebSocket sessions did wrong so far, to be read at any time and as often as you like. */
    public WebSocketCounts webSocketCounts() {
        return assembly.webSockets().counts();
    }

    /**
     * Stops accepting, lets the requests in flight finish, for at most the time of {@link Builder#drainTimeout}, then ends the
     * applications and closes every connection. Does nothing if called again.
     */
    @Override
    public void close() {
        server.close();
        assembly.webSockets().close();
    }

    /**
     * Says how a server shall be. Used by one thread. What has no method here is set by its key: {@link #set}, with docs/configuration.md
     * for the list.
     */
    public static final class Builder {
        private final Configuration configuration = new Configuration();
        private final List<WebApp> applications = new ArrayList<>();
        private final List<String> listen = new ArrayList<>();
        private @Nullable Execution execution;

        private Builder() {}

        /**
         * The port to listen on; 8080 if not called.
         *
         * @param port 1 to 65535, or 0 for a free one
         */
        public Builder port(int port) {
            if (port < 0 || port > 65535) throw new IllegalArgumentException("port " + port + " is not in 0 to 65535");
            return set("server.port", port);
        }

        /**
         * The port to listen on for HTTPS, beside {@link #port} if that was called too.
         *
         * @param port 1 to 65535, or 0 for a free one
         * @param tls the certificates, and what else there is to say of them
         */
        public Builder https(int port, Tls tls) {
            if (port < 0 || port > 65535) throw new IllegalArgumentException("port " + port + " is not in 0 to 65535");
            return tls(tls).set("server.https-port", port);
        }

        /** The certificates for addresses of {@link #listen} that have {@code tls} behind them. */
        public Builder tls(Tls tls) {
            tls.settings().forEach(this::set);
            return this;
        }

        /** Name or address of the interface to listen on; {@code 0.0.0.0}, every interface, if not called. */
        public Builder host(String host) {
            return set("server.host", host);
        }

        /**
         * Addresses to listen on instead of {@link #host} and {@link #port}: {@code 127.0.0.1:8080}, {@code [::1]:0}, {@code unix:/run/a.sock},
         * {@code unix:@name}, {@code systemd:NAME}, {@code fd:3}; with options behind it, {@code 0.0.0.0:8443 tls}. Called again, it adds
         * more.
         */
        public Builder listen(String... addresses) {
            for (String address : addresses) {
                if (address.indexOf(',') >= 0) throw new IllegalArgumentException("a comma in address " + address);
                listen.add(address);
            }
            return set("server.listen", String.join(",", listen));
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
            return set("server.loops", loops);
        }

        /** Requests whose servlet may be at work at once; more wait for their turn ({@code server.queue-length}). 10,000 if not called. */
        public Builder maxRequestsInFlight(int limit) {
            if (limit < 1) throw new IllegalArgumentException("maxRequestsInFlight " + limit + " < 1");
            return set("server.max-requests-in-flight", limit);
        }

        /** How long {@link Dormouse#close} waits for requests in flight; 30 seconds if not called. */
        public Builder drainTimeout(Duration timeout) {
            if (timeout.isNegative()) throw new IllegalArgumentException("drainTimeout " + timeout + " is negative");
            return set("server.drain-timeout", timeout.toMillis() + "ms");
        }

        /** Bytes of request line and fields together, 256 or more; a longer head is answered 431. 16 KiB if not called. */
        public Builder maxHeadBytes(int bytes) {
            if (bytes < 256) throw new IllegalArgumentException("maxHeadBytes " + bytes + " < 256");
            return set("http.max-head-bytes", bytes);
        }

        /** The value of the Server field of every response that sets none itself; without it there is no such field. */
        public Builder serverHeader(String value) {
            return set("http.server-header", value);
        }

        /**
         * Sets what docs/configuration.md lists under {@code key}.
         *
         * @throws IllegalArgumentException if there is no such key, or the value cannot be read
         */
        public Builder set(String key, String value) {
            configuration.set(key, value);
            return this;
        }

        private Builder set(String key, int value) {
            return set(key, Integer.toString(value));
        }

        /** Adds an application. */
        public Builder deploy(WebApp application) {
            applications.add(application);
            return this;
        }

        /**
         * Starts the applications in the order they were added, and binds nothing yet: {@link Dormouse#listen} does, and until then
         * {@link Dormouse#port} is -1.
         *
         * @throws IllegalStateException if an application cannot be started, or what was asked for cannot be had; nothing is left running
         * @throws IllegalArgumentException if a setting is out of its range
         */
        public Dormouse prepare() {
            return new Assembly(configuration, execution, applications).assemble();
        }

        /**
         * Starts the applications in the order they were added, then listens.
         *
         * @throws IllegalStateException as {@link #prepare}
         * @throws IllegalArgumentException as {@link #prepare}
         * @throws java.io.UncheckedIOException as {@link Dormouse#listen}; nothing is left running
         */
        public Dormouse start() {
            Dormouse prepared = prepare();
            try {
                return prepared.listen();
            } catch (RuntimeException | Error e) {
                prepared.close();
                throw e;
            }
        }
    }
}
