package org.dormouse.http1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.dormouse.buffer.TrackingBufferPool;
import org.dormouse.http.Exchange;
import org.dormouse.http.ExchangeHandler;
import org.dormouse.http.Headers;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.poller.loop.HandClock;
import org.dormouse.poller.loop.ScriptedLoop;
import org.dormouse.server.Configuration;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionLimits;
import org.dormouse.transport.Connections;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP/1.1 over the kernel in memory, turn by turn on the test's thread. Closing it fails if a buffer leaked, a descriptor was left open or
 * used after close, or the loop reported a fault.
 */
final class Http1Server implements AutoCloseable {
    /** What an application does in a thread of its own. */
    interface App {
        void handle(Exchange exchange) throws IOException;
    }

    final ScriptedKernel kernel = new ScriptedKernel();
    final TrackingBufferPool pool = new TrackingBufferPool();
    final ScriptedLoop loop = new ScriptedLoop(kernel, new HandClock());
    final Connections connections;
    final List<Exchange> held = new ArrayList<>();
    final RequestCounts counts = new RequestCounts();
    private final Http1 http1;

    Http1Server(App app) {
        this(app, Http1Limits.DEFAULT);
    }

    Http1Server(App app, Http1Limits limits) {
        this(limits, exchange -> exchange.carrier().execute(() -> run(app, exchange)));
    }

    Http1Server(Http1Limits limits, ExchangeHandler handler) {
        this(limits, handler, () -> LoggerFactory.getLogger("org.dormouse.http1"));
    }

    Http1Server(Http1Limits limits, ExchangeHandler handler, Supplier<Logger> logger) {
        connections = new Connections(loop.loop(), ConnectionLimits.DEFAULT, new AtomicInteger(), pool);
        Clock clock = Clock.fixed(Instant.parse("2026-11-21T10:00:00Z"), ZoneOffset.UTC);
        http1 = new Http1(loop.loop(), handler, limits, null, counts, clock, logger);
    }

    /** The default limits, but for those said: a key, its value, and so on. */
    static Http1Limits limits(String... keysAndValues) {
        var configuration = new Configuration();
        for (int i = 0; i < keysAndValues.length; i += 2) configuration.set(keysAndValues[i], keysAndValues[i + 1]);
        return configuration.http1();
    }

    /** A server whose exchanges wait in {@link #held} until the test does something with them. */
    static Http1Server holding(Http1Limits limits) {
        var holder = new ArrayList<Exchange>();
        var server = new Http1Server(limits, holder::add);
        return server.heldIn(holder);
    }

    private Http1Server heldIn(List<Exchange> holder) {
        heldSource = holder;
        return this;
    }

    private List<Exchange> heldSource = held;

    /** The exchange that came last and was not asked for yet. */
    Exchange next() {
        return heldSource.removeFirst();
    }

    boolean hasNext() {
        return !heldSource.isEmpty();
    }

    private static void run(App app, Exchange exchange) {
        try {
            app.handle(exchange);
        } catch (IOException e) {
            exchange.abort();
            exchange.finish();
        }
    }

    ScriptedPeer connect() {
        ScriptedPeer peer = kernel.connect();
        open(peer);
        return peer;
    }

    void open(ScriptedPeer peer) {
        try {
            Connection.open(connections, peer.socket(), http1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends text with CRLF for line ends, lets everything happen, and returns what came back. */
    String talk(ScriptedPeer peer, String text) {
        peer.send(text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        loop.settle();
        return peer.takeReceivedText();
    }

    void advance(Duration time) {
        loop.advance(time);
    }

    @Override
    public void close() {
        connections.abortAll();
        loop.settle();
        loop.close();
        if (!kernel.misuses().isEmpty()) throw new AssertionError(kernel.misuses());
        if (kernel.openDescriptors() > 0) throw new AssertionError(kernel.openDescriptors() + " descriptors left open");
        pool.close();
    }

    // --- applications

    static final App HELLO = exchange -> answer(exchange, 200, "Hello");

    /** Answers with the request line it saw and the body it read. */
    static final App ECHO = exchange -> {
        String body = new String(readAll(exchange), StandardCharsets.ISO_8859_1);
        answer(
                exchange,
                200,
                exchange.request().method() + " " + exchange.request().rawPath() + " [" + body + "]");
    };

    static void answer(Exchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        exchange.commit(status, null, new Headers(), bytes.length);
        writeAll(exchange, bytes);
        exchange.finish();
    }

    /** Reads the whole body; waits by parking, so only in a thread of its own. */
    static byte[] readAll(Exchange exchange) throws IOException {
        var all = new java.io.ByteArrayOutputStream();
        byte[] buffer = new byte[1000];
        for (int count = exchange.read(buffer, 0, buffer.length); count >= 0; ) {
            if (count == 0) await(exchange::whenReadable);
            all.write(buffer, 0, count);
            count = exchange.read(buffer, 0, buffer.length);
        }
        return all.toByteArray();
    }

    static void writeAll(Exchange exchange, byte[] bytes) throws IOException {
        int sent = 0;
        while (sent < bytes.length) {
            int count = exchange.write(bytes, sent, bytes.length - sent);
            if (count == 0) await(exchange::whenWritable);
            sent += count;
        }
    }

    private static void await(java.util.function.Consumer<Runnable> register) {
        var latch = new java.util.concurrent.CountDownLatch(1);
        register.accept(latch::countDown);
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
