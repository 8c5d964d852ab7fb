package org.dormouse.http1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import org.dormouse.buffer.BufferPool;
import org.dormouse.http.Exchange;
import org.dormouse.poller.ScriptedKernel;
import org.dormouse.poller.ScriptedPeer;
import org.dormouse.poller.loop.HandClock;
import org.dormouse.poller.loop.ScriptedLoop;
import org.dormouse.transport.Connection;
import org.dormouse.transport.ConnectionLimits;
import org.dormouse.transport.Connections;
import org.slf4j.LoggerFactory;

/** HTTP/1.1 over the kernel in memory for measurements: nothing keeps track, so nothing costs memory of its own. */
final class IdleHttp {
    private static final byte[] REQUEST =
            "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    final ScriptedKernel kernel = new ScriptedKernel();
    final ScriptedLoop driver = new ScriptedLoop(kernel, new HandClock());
    final Connections connections;
    final Http1 http1;

    IdleHttp() {
        var defaults = ConnectionLimits.DEFAULT;
        var limits = new ConnectionLimits(
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                defaults.maxLingerBytes(),
                defaults.lingerTimeout(),
                defaults.closeTimeout(),
                defaults.minRate());
        connections = new Connections(driver.loop(), limits, new AtomicInteger(), new BufferPool(64));
        http1 = new Http1(
                driver.loop(),
                exchange -> exchange.carrier().execute(() -> answer(exchange)),
                Http1Limits.DEFAULT,
                null,
                new RequestCounts(),
                Clock.systemUTC(),
                () -> LoggerFactory.getLogger("org.dormouse.http1"));
    }

    private static void answer(Exchange exchange) {
        try {
            Http1Server.HELLO.handle(exchange);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A connection that has had one exchange. */
    ScriptedPeer connectAndAsk() throws IOException {
        ScriptedPeer peer = kernel.connect();
        Connection.open(connections, peer.socket(), http1);
        ask(peer);
        return peer;
    }

    void ask(ScriptedPeer peer) {
        peer.send(REQUEST);
        driver.settle();
        String answer = peer.takeReceivedText();
        if (!answer.endsWith("Hello")) throw new IllegalStateException("this came for an answer: " + answer);
    }
}
